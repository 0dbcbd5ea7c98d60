// SPDX-License-Identifier: Apache-2.0
// A tree: \L, \U and \Q hold what follows them up to \E, \l and \u as well: of what that gives they change the first octet.
#include "perl/replacement.hpp"

#include <utility>

#include "perl/escapes.hpp"
#include "perl/quoted.hpp"
#include "perl/variables.hpp"

namespace mailhaul::perl {
namespace {

constexpr int deepest = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

}  // namespace

class ReplacementParser {
public:
    using Kind = Replacement::Kind;
    using Piece = Replacement::Piece;

    ReplacementParser(std::string_view text, const RegularExpression& pattern, const Variables& variables)
        : text_(text), pattern_(pattern), variables_(variables) {}

    Result<Piece> parse() {
        MH_TRY(root, sequence({}));
        while (at_ < text_.size()) {  // \E with nothing to end
            at_ += 2;
            MH_TRY(more, sequence({}));
            root.children.push_back(std::move(more));
        }
        return root;
    }

private:
    [[nodiscard]] char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }
    [[nodiscard]] bool at_escape(std::string_view letters) const {
        return text_[at_] == '\\' && at_ + 1 < text_.size() && letters.contains(next());
    }

    /// Up to \E, to the end, or to another case than `open`, which ends it.
    Result<Piece> sequence(std::string_view open) {
        Piece all;
        while (at_ < text_.size()) {
            if (at_escape("E")) return all;
            if (at_escape("LU") && open.find_first_of("LU") != std::string_view::npos) return all;
            MH_TRY(piece, one(open));
            all.children.push_back(std::move(piece));
        }
        return all;
    }

    Result<Piece> one(std::string_view open) {
        if (at_escape("LUQ")) return cased(open);
        if (at_escape("lu")) return first_cased(open);
        if (text_[at_] == '$') return dollar();
        return plain();
    }

    Result<Piece> cased(std::string_view open) {
        if (++depth_ > deepest) return refusal("\\L, \\U and \\Q are nested too deep");
        Piece piece;
        const char letter = next();
        piece.kind = letter == 'L' ? Kind::lower : letter == 'U' ? Kind::upper : Kind::quoted;
        at_ += 2;
        // \L\u is \u\L to Perl.
        const bool swaps = at_ < text_.size() && letter != 'Q' && at_escape("lu");
        Piece first;
        if (swaps) {
            first.kind = next() == 'l' ? Kind::first_lower : Kind::first_upper;
            at_ += 2;
        }
        MH_TRY(inside, sequence(std::string(open) + letter));
        if (at_ < text_.size() && at_escape("E")) at_ += 2;
        --depth_;
        piece.children.push_back(std::move(inside));
        if (!swaps) return piece;
        first.children.push_back(std::move(piece));
        return first;
    }

    Result<Piece> first_cased(std::string_view open) {
        if (++depth_ > deepest) return refusal("\\l and \\u are nested too deep");
        Piece piece;
        piece.kind = next() == 'l' ? Kind::first_lower : Kind::first_upper;
        at_ += 2;
        MH_TRY(inside, sequence(open));
        piece.children.push_back(std::move(inside));
        --depth_;
        return piece;
    }

    Result<Piece> plain() {
        Piece piece;
        piece.kind = Kind::text;
        while (at_ < text_.size() && text_[at_] != '$') {
            if (text_[at_] == '@' && (is_letter(next()) || next() == '_' || next() == '{' || next() == ':' || next() == '$'))
                return refusal("@ begins a list of Perl's: write \\@ where the sign is meant");
            if (text_[at_] != '\\') {
                piece.text += text_[at_++];
                continue;
            }
            if (at_escape("ELUQlu")) break;
            if (is_group_escape()) {
                if (!piece.text.empty()) break;
                piece.kind = Kind::group;
                piece.number = static_cast<std::size_t>(next() - '0');
                at_ += 2;
                break;
            }
            MH_TRY(escape, read_escape(text_, at_));
            piece.text += escape.octet;
            at_ += escape.length;
        }
        return piece;
    }

    /// `\1`, which means `$1` where no further digit follows.
    [[nodiscard]] bool is_group_escape() const {
        const bool is_one = next() >= '1' && next() <= '9';
        return is_one && (at_ + 2 >= text_.size() || !is_digit(text_[at_ + 2]));
    }

    Result<Piece> dollar() {
        Piece piece;
        piece.kind = Kind::group;
        const char c = next();
        const bool is_braced = c == '{' && at_ + 2 < text_.size() && is_digit(text_[at_ + 2]);
        if (is_digit(c) || is_braced) return numbered(is_braced);
        if (c == '+' && at_ + 2 < text_.size() && text_[at_ + 2] == '{') return named();
        const bool names_another = c == '\'' && at_ + 2 < text_.size() && (is_letter(text_[at_ + 2]) || text_[at_ + 2] == '_');
        if (c == '&' || c == '`' || (c == '\'' && !names_another)) {
            piece.kind = c == '&' ? Kind::group : c == '`' ? Kind::before : Kind::after;
            at_ += 2;
            return piece;
        }
        const auto variable = read_variable(text_, at_);
        if (!variable)
            return refusal(std::string("$") + (c == '\0' ? "" : std::string(1, c)) +
                           " is not understood: write \\$ where a dollar sign is meant");
        MH_TRY(value, value_of(*variable, variables_));
        at_ += variable->length;
        MH_TRY_VOID(refuse_element());
        piece.kind = Kind::text;
        piece.text = std::move(value);
        return piece;
    }

    Result<Piece> numbered(bool is_braced) {
        Piece piece;
        piece.kind = Kind::group;
        at_ += is_braced ? 2 : 1;
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_]) && at_ - begin < 5)
            piece.number = piece.number * 10 + static_cast<std::size_t>(text_[at_++] - '0');
        if (at_ < text_.size() && is_digit(text_[at_])) return refusal("a group of such a number is not in the pattern");
        if (piece.number == 0) return refusal("$0 is the name of a program: $& is the whole match");
        if (is_braced && (at_ >= text_.size() || text_[at_] != '}')) return refusal("no } after ${");
        if (is_braced) ++at_;
        if (!is_braced) MH_TRY_VOID(refuse_element());
        return piece;
    }

    Result<Piece> named() {
        const auto variable = read_variable(text_, at_ + 1);
        if (!variable) return refusal("$+{ without a name and } after it");
        const auto number = pattern_.group_named(variable->name);
        if (!number) return refusal("$+{" + variable->name + "}: the pattern has no group of that name");
        at_ += 1 + variable->length;
        Piece piece;
        piece.kind = Kind::group;
        piece.number = *number;
        return piece;
    }

    /// `$1[0]` is another variable to Perl.
    Result<void> refuse_element() {
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with('[') || rest.starts_with('{') || rest.starts_with("->[") || rest.starts_with("->{"))
            return refusal("[ or { after a variable is an element of it: write ${1} in place of $1");
        return {};
    }

    std::string_view text_;
    const RegularExpression& pattern_;
    const Variables& variables_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

Result<Replacement> Replacement::parse(std::string_view text, const RegularExpression& pattern, const Variables& variables) {
    MH_TRY(root, ReplacementParser(text, pattern, variables).parse());
    Replacement replacement;
    replacement.root_ = std::move(root);
    return replacement;
}

Replacement Replacement::verbatim(std::string text) {
    Replacement replacement;
    replacement.root_.kind = Kind::text;
    replacement.root_.text = std::move(text);
    return replacement;
}

void Replacement::append_to(std::string& result, const Found& found) const { append(root_, result, found); }

void Replacement::append(const Piece& piece, std::string& result, const Found& found) {
    const std::size_t begin = result.size();
    switch (piece.kind) {
        case Kind::text: result += piece.text; return;
        case Kind::group: result += found.group(piece.number); return;
        case Kind::before: result += found.before(); return;
        case Kind::after: result += found.after(); return;
        default: break;
    }
    for (const Piece& child : piece.children) append(child, result, found);
    if (piece.kind == Kind::lower || piece.kind == Kind::upper) {
        for (std::size_t i = begin; i < result.size(); ++i)
            result[i] = piece.kind == Kind::lower ? lower(result[i]) : upper(result[i]);
    } else if (piece.kind == Kind::quoted) {
        std::string quoted;
        for (const char c : result.substr(begin)) {
            if (!is_letter(c) && !is_digit(c) && c != '_') quoted += '\\';
            quoted += c;
        }
        result.replace(begin, std::string::npos, quoted);
    } else if (piece.kind != Kind::sequence && begin < result.size()) {
        result[begin] = piece.kind == Kind::first_lower ? lower(result[begin]) : upper(result[begin]);
    }
}

}  // namespace mailhaul::perl
