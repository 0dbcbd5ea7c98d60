// SPDX-License-Identifier: Apache-2.0
#include "perl/operators.hpp"

#include <optional>
#include <utility>

#include "perl/quoted.hpp"
#include "perl/regular_expression.hpp"
#include "perl/replacement.hpp"
#include "perl/transliteration.hpp"
#include "perl/variables.hpp"

namespace mailhaul::perl {
namespace {

constexpr std::string_view taken_modifiers = "imsxngoap";  // o, a and p change nothing here

std::string spell(std::string_view option, std::string_view text) { return std::string(option) + " " + std::string(text); }

Error named(Error error, const std::string& spelling) {
    error.message = spelling + ": " + error.message;
    return error;
}

Result<void> refuse_modifiers(const Quoted& quoted) {
    if (quoted.modifiers.contains('e'))
        return refusal(
            "the modifier e makes the replacement a program, which is never run: write what it shall give, such as $1");
    const std::size_t at = quoted.modifiers.find_first_not_of(taken_modifiers);
    if (at == std::string::npos) return {};
    return refusal(std::string("modifier ") + quoted.modifiers[at] + " is not understood: wanted some of g i m s x n");
}

bool is_anchor_before(std::string_view rest) { return rest.empty() || std::string_view("()| \r\n\t").contains(rest.front()); }

/// `pattern` with its variables filled in. A `$` before `)`, `|`, white space and the end is an anchor, as in Perl.
Result<std::string> interpolated(const Quoted& quoted, const Variables& variables) {
    if (quoted.first_delimiter == '\'') return quoted.first;
    const std::string_view pattern = quoted.first;
    std::string made;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char c = pattern[at];
        if (c == '\\' && at + 1 < pattern.size()) {
            made += c;
            made += pattern[++at];
            continue;
        }
        const std::string_view rest = pattern.substr(at + 1);
        const auto variable = c == '$' || c == '@' ? read_variable(pattern, at) : std::nullopt;
        if (c == '@' && variable) return refusal("@ begins a list of Perl's: write \\@ where the sign is meant");
        if (c == '$' && variable) {
            MH_TRY(value, value_of(*variable, variables));
            made += value;
            at += variable->length - 1;
            continue;
        }
        if (c == '$' && !is_anchor_before(rest))
            return refusal(std::string("$") + rest.front() +
                           " is a variable of Perl's: write \\$ for a dollar sign, (?:$) for the end of a line");
        made += c;
    }
    return made;
}

/// A recipe that is published for --regexflag, and means no more than `$1`.
bool is_defined_or_nothing(std::string text) {
    std::erase(text, ' ');
    return text == "defined($1)?$1:q()" || text == "defined$1?$1:q()";
}

}  // namespace

struct Match::Parsed {
    std::string spelling;
    RegularExpression pattern;
};

Result<Match> Match::parse(std::string_view option, std::string_view text, const Variables& variables) {
    const std::string spelling = spell(option, text);
    const auto parse = [&]() -> Result<Match> {
        MH_TRY(quoted, read_quoted(text));
        if (quoted.kind != Operator::match) return refusal("wanted a match such as m/pattern/");
        MH_TRY_VOID(refuse_modifiers(quoted));
        MH_TRY(pattern, interpolated(quoted, variables));
        MH_TRY(compiled, RegularExpression::compile(pattern, quoted.modifiers));
        return Match(std::make_shared<const Parsed>(spelling, std::move(compiled)));
    };
    auto parsed = parse();
    if (!parsed.ok()) return named(std::move(parsed).error(), spelling);
    return parsed;
}

Result<bool> Match::matches(std::string_view subject) const {
    auto found = parsed_->pattern.find(subject, 0, false);
    if (!found.ok()) return named(std::move(found).error(), parsed_->spelling);
    return found.value().has_value();
}

const std::string& Match::spelling() const { return parsed_->spelling; }

struct Substitution::Parsed {
    std::string spelling;
    std::optional<Transliteration> transliteration;  // or, where empty, the others:
    std::optional<RegularExpression> pattern;
    Replacement replacement;
    bool everywhere = false;

    static Result<Parsed> read(std::string_view text, const Variables& variables);
    [[nodiscard]] Result<std::string> substituted(const std::string& subject) const;
};

Result<Substitution::Parsed> Substitution::Parsed::read(std::string_view text, const Variables& variables) {
    MH_TRY(quoted, read_quoted(text));
    Parsed parsed;
    if (quoted.kind == Operator::match) return refusal("wanted s/old/new/ or tr/abc/xyz/");
    if (quoted.kind == Operator::transliterate) {
        MH_TRY(made, Transliteration::parse(quoted));
        parsed.transliteration = made;
        return parsed;
    }
    if (quoted.modifiers.contains('e') && is_defined_or_nothing(quoted.second)) {
        quoted.second = "$1";
        std::erase(quoted.modifiers, 'e');
    }
    MH_TRY_VOID(refuse_modifiers(quoted));
    MH_TRY(pattern, interpolated(quoted, variables));
    MH_TRY(compiled, RegularExpression::compile(pattern, quoted.modifiers));
    if (quoted.second_delimiter == '\'') {
        if (quoted.second.contains('\\')) return refusal("a backslash between ' and ': use another delimiter");
        parsed.replacement = Replacement::verbatim(quoted.second);
    } else {
        MH_TRY(replacement, Replacement::parse(quoted.second, compiled, variables));
        parsed.replacement = std::move(replacement);
    }
    parsed.pattern = std::move(compiled);
    parsed.everywhere = quoted.modifiers.contains('g');
    return parsed;
}

/// Empty matches are found once at each place, and not where the match before ended in none.
Result<std::string> Substitution::Parsed::substituted(const std::string& subject) const {
    std::string result;
    std::size_t kept = 0;  // of the subject, what is in the result
    bool was_empty = false;
    for (std::size_t from = 0;;) {
        MH_TRY(found, pattern->find(subject, from, was_empty));
        if (!found) break;
        result.append(subject, kept, found->begin() - kept);
        replacement.append_to(result, *found);
        if (result.size() > longest_result) return refusal("makes more than " + std::to_string(longest_result) + " octets");
        kept = from = found->end();
        was_empty = found->begin() == found->end();
        if (!everywhere) break;
    }
    if (kept == 0 && result.empty()) return subject;
    result.append(subject, kept);
    return result;
}

Result<Substitution> Substitution::parse(std::string_view option, std::string_view text, const Variables& variables) {
    std::string spelling = spell(option, text);
    auto parsed = Parsed::read(text, variables);
    if (!parsed.ok()) return named(std::move(parsed).error(), spelling);
    parsed.value().spelling = std::move(spelling);
    return Substitution(std::make_shared<const Parsed>(std::move(parsed).value()));
}

Result<std::string> Substitution::apply(std::string subject) const {
    if (parsed_->transliteration) return parsed_->transliteration->apply(subject);
    auto made = parsed_->substituted(subject);
    if (!made.ok()) return named(std::move(made).error(), parsed_->spelling);
    return made;
}

const std::string& Substitution::spelling() const { return parsed_->spelling; }

Result<std::vector<Substitution>> parse_substitutions(std::string_view option, const std::vector<std::string>& texts,
                                                      const Variables& variables) {
    std::vector<Substitution> all;
    for (const std::string& text : texts) {
        MH_TRY(one, Substitution::parse(option, text, variables));
        all.push_back(std::move(one));
    }
    return all;
}

Result<std::vector<Match>> parse_matches(std::string_view option, const std::vector<std::string>& texts,
                                         const Variables& variables) {
    std::vector<Match> all;
    for (const std::string& text : texts) {
        MH_TRY(one, Match::parse(option, text, variables));
        all.push_back(std::move(one));
    }
    return all;
}

Result<std::string> apply_all(std::span<const Substitution> substitutions, std::string subject) {
    for (const Substitution& substitution : substitutions) {
        MH_TRY(made, substitution.apply(std::move(subject)));
        subject = std::move(made);
    }
    return subject;
}

}  // namespace mailhaul::perl
