// SPDX-License-Identifier: Apache-2.0
#include "cli/getopt_long.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace mailhaul::cli {
namespace {

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& letter : result)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
    return result;
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Digits with `_` anywhere among them, at least one digit; removed from the front of `text` and appended to `digits`.
bool take_digits(std::string_view& text, std::string& digits) {
    bool any = false;
    while (!text.empty() && (is_digit(text.front()) || text.front() == '_')) {
        if (text.front() != '_') digits += text.front();
        any = any || is_digit(text.front());
        text.remove_prefix(1);
    }
    return any;
}

void take_sign(std::string_view& text, std::string& number) {
    if (text.empty() || (text.front() != '-' && text.front() != '+')) return;
    if (text.front() == '-') number = "-";
    text.remove_prefix(1);
}

std::optional<std::string> integer(std::string_view text) {
    std::string sign;
    std::string digits;
    take_sign(text, sign);
    if (!take_digits(text, digits) || !text.empty()) return std::nullopt;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return digits == "0" ? digits : sign + digits;
}

std::optional<std::string> real(std::string_view text) {
    std::string number;
    take_sign(text, number);
    const bool whole = take_digits(text, number);
    bool fraction = false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        number += '.';
        fraction = take_digits(text, number);
    }
    if (!whole && !fraction) return std::nullopt;
    if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
        text.remove_prefix(1);
        std::string exponent;
        take_sign(text, exponent);
        if (!take_digits(text, exponent)) return std::nullopt;
        number += "e" + exponent;
    }
    return text.empty() ? std::optional(number) : std::nullopt;
}

/// What one spelling stands for.
struct Meaning {
    std::string spelling;  // in full
    const LongOption* option = nullptr;
    bool negated = false;

    [[nodiscard]] std::string name() const { return (negated ? "no" : "") + option->spellings.front(); }
};

class LongParser {
public:
    LongParser(std::span<const std::string> arguments, std::span<const LongOption> options) : arguments_(arguments) {
        for (const LongOption& option : options)
            for (const std::string& spelling : option.spellings) {
                meanings_[spelling] = {spelling, &option, false};
                if (!option.negatable) continue;
                meanings_["no" + spelling] = {"no" + spelling, &option, true};
                meanings_["no-" + spelling] = {"no-" + spelling, &option, true};
            }
    }

    ParsedLine parse() {
        while (next_ < arguments_.size()) {
            const std::string& argument = arguments_[next_++];
            if (argument == "--") break;
            const bool dashed = argument.size() > 1 && (argument.front() == '-' || argument.front() == '+');
            if (dashed) read_option(std::string_view(argument).substr(argument.starts_with("--") ? 2 : 1));
            else line_.words.push_back(argument);
        }
        line_.words.insert(line_.words.end(), arguments_.begin() + static_cast<std::ptrdiff_t>(next_), arguments_.end());
        return std::move(line_);
    }

private:
    void read_option(std::string_view text) {
        const std::size_t equals = text.find('=', 1);
        const std::string written = lower(text.substr(0, equals));
        const auto attached =
            equals == std::string_view::npos ? std::nullopt : std::optional(std::string(text.substr(equals + 1)));
        const auto meaning = look_up(written);
        if (!meaning) return;
        const std::string& name = meaning->option->spellings.front();
        if (meaning->option->kind != ValueKind::none) return read_value(*meaning, attached);
        if (attached) mistake("Option " + meaning->spelling + " does not take an argument");
        else line_.given.push_back({name, {}, meaning->negated ? "0" : "1"});
    }

    /// The meaning of an exact spelling or a unique beginning; several spellings of one option count as one.
    std::optional<Meaning> look_up(const std::string& written) {
        if (const auto exact = meanings_.find(written); exact != meanings_.end()) return exact->second;
        std::vector<std::string> hits;
        std::set<std::string> names;
        Meaning meaning;
        for (auto it = meanings_.lower_bound(written); it != meanings_.end() && it->first.starts_with(written); ++it) {
            hits.push_back(it->first);
            names.insert(it->second.name());
            meaning = it->second;
        }
        if (written.empty() || hits.empty()) {
            mistake("Unknown option: " + written);
            return std::nullopt;
        }
        if (hits.size() > 1) meaning.spelling = *names.begin();
        if (names.size() == 1) return meaning;
        std::string list;
        for (const std::string& hit : hits) list += (list.empty() ? "" : ", ") + hit;
        mistake("Option " + written + " is ambiguous (" + list + ")");
        return std::nullopt;
    }

    void read_value(const Meaning& meaning, const std::optional<std::string>& attached) {
        const LongOption& option = *meaning.option;
        const std::string& name = meaning.spelling;
        if (attached ? attached->empty() : next_ == arguments_.size())
            return mistake("Option " + name + " requires an argument");
        std::string value = attached ? *attached : arguments_[next_++];
        std::string key;
        if (option.keyed) {
            const std::size_t equals = value.find('=');
            if (equals == std::string::npos) return mistake("Option " + name + ", key \"" + value + "\", requires a value");
            key = value.substr(0, equals);
            value.erase(0, equals + 1);
        }
        if (option.kind != ValueKind::text) {
            const auto number = option.kind == ValueKind::integer ? integer(value) : real(value);
            const std::string wanted = option.kind == ValueKind::integer ? "number" : "real number";
            if (!number) return mistake("Value \"" + value + "\" invalid for option " + name + " (" + wanted + " expected)");
            value = *number;
        }
        line_.given.push_back({option.spellings.front(), key, value});
    }

    void mistake(std::string words) { line_.mistakes.push_back(std::move(words)); }

    std::span<const std::string> arguments_;
    std::map<std::string, Meaning, std::less<>> meanings_;
    std::size_t next_ = 0;
    ParsedLine line_;
};

}  // namespace

LongOption read_specification(std::string_view specification) {
    LongOption option;
    const std::size_t end = specification.find_first_of("=!");
    std::string_view names = specification.substr(0, end);
    while (!names.empty()) {
        const std::size_t bar = names.find('|');
        option.spellings.push_back(lower(names.substr(0, bar)));
        names.remove_prefix(bar == std::string_view::npos ? names.size() : bar + 1);
    }
    if (end == std::string_view::npos) return option;
    const std::string_view type = specification.substr(end);
    option.negatable = type == "!";
    if (type.starts_with("=s")) option.kind = ValueKind::text;
    if (type.starts_with("=i")) option.kind = ValueKind::integer;
    if (type.starts_with("=f")) option.kind = ValueKind::real;
    option.keyed = type.ends_with('%');
    return option;
}

ParsedLine parse_getopt_long(std::span<const std::string> arguments, std::span<const LongOption> options) {
    return LongParser(arguments, options).parse();
}

}  // namespace mailhaul::cli
