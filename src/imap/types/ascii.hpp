// SPDX-License-Identifier: Apache-2.0
// Letter case as IMAP knows it: ASCII only, whatever the locale (RFC 9051 section 9, note 1).
#pragma once

#include <algorithm>
#include <compare>
#include <string>
#include <string_view>

namespace mailhaul::imap {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return ascii_upper(c) >= 'A' && ascii_upper(c) <= 'Z'; }

inline std::string upper_from(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), ascii_upper);
    return upper;
}

inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

/// Order of the lower-case spellings; equivalent where they differ in case only.
inline std::weak_ordering order_ignoring_case(std::string_view a, std::string_view b) {
    const auto [in_a, in_b] = std::ranges::mismatch(a, b, {}, ascii_lower, ascii_lower);
    if (in_a == a.end() || in_b == b.end()) return a.size() <=> b.size();
    return static_cast<unsigned char>(ascii_lower(*in_a)) <=> static_cast<unsigned char>(ascii_lower(*in_b));
}

inline bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

inline bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
    return text.size() >= suffix.size() && equal_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

/// ATOM-CHAR (RFC 9051 section 9): 7-bit, no control octet, none of the specials.
constexpr bool is_atom_char(char c) {
    return c > ' ' && c < 0x7f && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

}  // namespace mailhaul::imap
