// SPDX-License-Identifier: Apache-2.0
#include "perl/variables.hpp"

#include <algorithm>

#include "perl/quoted.hpp"

namespace mailhaul::perl {
namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

std::string_view word_at(std::string_view text, std::size_t at) {
    if (at >= text.size() || !begins_name(text[at])) return {};
    const auto rest = text.substr(at);
    const auto end = std::ranges::find_if_not(rest, is_word);
    return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

/// `{ name }`, where it stands at `at`.
std::optional<VariableName> read_braced(std::string_view text, std::size_t at) {
    const std::size_t begin = at;
    if (at >= text.size() || text[at] != '{') return std::nullopt;
    ++at;
    while (at < text.size() && text[at] == ' ') ++at;
    const std::string_view word = word_at(text, at);
    at += word.size();
    while (at < text.size() && text[at] == ' ') ++at;
    if (word.empty() || at >= text.size() || text[at] != '}') return std::nullopt;
    return VariableName{std::string(word), at + 1 - begin};
}

}  // namespace

std::optional<VariableName> read_variable(std::string_view text, std::size_t at) {
    if (auto braced = read_braced(text, at + 1)) {
        ++braced->length;
        return braced;
    }
    const std::string_view word = word_at(text, at + 1);
    if (word.empty()) return std::nullopt;
    if ((word == "sync" || word == "mysync") && text.substr(at + 1 + word.size()).starts_with("->")) {
        if (auto member = read_braced(text, at + 3 + word.size())) {
            member->length += 3 + word.size();
            return member;
        }
    }
    VariableName variable{std::string(word), 1 + word.size()};
    const std::string_view rest = text.substr(at + variable.length);
    const bool goes_on = rest.starts_with("::") || (rest.starts_with('\'') && rest.size() > 1 && begins_name(rest[1]));
    if (goes_on) variable.name += rest.substr(0, 2);  // of a package: none that is known
    return variable;
}

Result<std::string> value_of(const VariableName& variable, const Variables& variables) {
    if (const auto found = variables.find(variable.name); found != variables.end()) return found->second;
    std::string known;
    for (const auto& [name, value] : variables) known += (known.empty() ? "$" : ", $") + name;
    return refusal("$" + variable.name + " is no variable known here" + (known.empty() ? "" : " (those are " + known + ")") +
                   ": write \\$ where a dollar sign is meant");
}

}  // namespace mailhaul::perl
