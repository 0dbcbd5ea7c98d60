// SPDX-License-Identifier: Apache-2.0
// The cursor's readers.
#include "imap/codec/lexer.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "imap/codec/number.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

/// How far the end of a string is sought beyond a quote that looks unescaped; bounds the work on hostile lines.
constexpr std::size_t resync_octets = 256;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::uint64_t number_from_float(std::string_view word) {
    double value = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), value).ec == std::errc::result_out_of_range)
        return word.contains('-') ? 0 : highest_number;  // only an exponent can be negative here
    if (!(value > 0)) return 0;
    return value >= 9.2e18 ? highest_number : static_cast<std::uint64_t>(value);
}

}  // namespace

void Lexer::skip_blanks() {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
}

bool Lexer::accept(char wanted) {
    skip_blanks();
    if (at_end() || text_[position_] != wanted) return false;
    ++position_;
    return true;
}

bool Lexer::accept_word(std::string_view word) {
    skip_blanks();
    if (!starts_with_ignoring_case(rest(), word)) return false;
    const std::size_t end = position_ + word.size();
    if (end < text_.size() && is_atom_char(text_[end]) && text_[end] != '[') return false;
    position_ = end;
    return true;
}

std::string_view Lexer::take_word(std::string_view stops) {
    skip_blanks();
    const std::size_t start = position_;
    std::size_t end = start;
    while (end < text_.size()) {
        const char c = text_[end];
        if (is_blank(c) || c == '\r' || c == '\n' || stops.find(c) != std::string_view::npos) break;
        ++end;
    }
    position_ = end;
    return text_.substr(start, end - start);
}

std::string_view Lexer::take_rest() { return text_.substr(std::exchange(position_, text_.size())); }

std::optional<std::uint64_t> Lexer::number() {
    skip_blanks();
    const std::size_t start = position_;
    const std::string_view word = take_word("()[]\"<>,:");
    const bool negative = word.starts_with('-');
    const std::string_view unsigned_word = word.substr(negative ? 1 : 0);
    if (unsigned_word.empty() || !is_digit(unsigned_word.front())) {
        position_ = start;
        return std::nullopt;
    }
    if (negative) return 0;
    if (const auto value = number_from(word)) return value;
    return std::ranges::all_of(word, is_digit) ? highest_number : number_from_float(word);
}

std::optional<std::uint32_t> Lexer::number32() {
    const auto value = number();
    if (!value) return std::nullopt;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(*value, std::numeric_limits<std::uint32_t>::max()));
}

// string = quoted / literal / literal8
std::optional<Lexer::String> Lexer::string() {
    skip_blanks();
    if (peek() != '"') return literal();
    auto text = quoted();
    if (!text) return std::nullopt;
    const std::uint64_t size = text->size();
    return String{std::move(*text), size};
}

std::optional<std::string> Lexer::astring() {
    skip_blanks();
    if (auto value = string()) return value->streamed ? std::nullopt : std::optional(std::move(value->text));
    if (peek() == '"' || peek() == '{') return std::nullopt;
    const std::string_view word = take_word();
    return word.empty() ? std::nullopt : std::optional(std::string(word));
}

bool Lexer::accept_nil() { return accept_word("NIL"); }

// What follows a string in RFC 9051: SP, `)`, `]`, `>` or the end; `(` and `"` only where a blank was forgotten.
bool Lexer::can_follow_string(std::size_t position) const {
    return position == text_.size() || std::string_view(" )]>\t\r\n").find(text_[position]) != std::string_view::npos;
}

/// Offset of the closing quote of the string that begins at the cursor.
std::optional<std::size_t> Lexer::end_of_quoted() const {
    std::optional<std::size_t> suspect;
    for (std::size_t at = position_ + 1; at < text_.size(); ++at) {
        const char c = text_[at];
        if (c == '\n') break;
        if (suspect && at - *suspect > resync_octets) break;
        if (c == '\\' && at + 1 < text_.size() && (text_[at + 1] == '"' || text_[at + 1] == '\\')) {
            if (text_[at + 1] == '"' && at + 2 == text_.size() && !suspect) return at + 1;  // `"C:\"`, never escaped
            ++at;
        } else if (c == '"') {
            if (can_follow_string(at + 1)) return at;
            if (!suspect) suspect = at;
        }
    }
    return suspect;
}

// quoted = DQUOTE *QUOTED-CHAR DQUOTE. Only `\"` and `\\` are escapes; another backslash stands for itself.
std::optional<std::string> Lexer::quoted() {
    const auto end = end_of_quoted();
    if (!end) return std::nullopt;
    const std::string_view inside = text_.substr(position_ + 1, *end - position_ - 1);
    position_ = *end + 1;
    std::string out;
    for (std::size_t at = 0; at < inside.size();) {
        const auto run = std::min(inside.find('\\', at), inside.size());
        out += inside.substr(at, run - at);
        at = run;
        if (at == inside.size()) break;
        const bool escapes = at + 1 < inside.size() && (inside[at + 1] == '"' || inside[at + 1] == '\\');
        out += inside[escapes ? at + 1 : at];
        at += escapes ? 2 : 1;
    }
    return out;
}

// literal = "{" number64 ["+"] "}" CRLF *CHAR8 / literal8 = "~{" number64 "}" CRLF *OCTET
std::optional<Lexer::String> Lexer::literal() {
    std::string_view head = rest();
    const auto take = [&](char wanted) {
        const bool there = head.starts_with(wanted);
        if (there) head.remove_prefix(1);
        return there;
    };
    take('~');
    if (!take('{')) return std::nullopt;
    const std::string_view digits = head.substr(0, head.find_first_not_of("0123456789"));
    head.remove_prefix(digits.size());
    take('+');
    const auto size = number_from(digits);
    if (!size || !take('}')) return std::nullopt;
    while (take('\r')) {
    }
    if (!take('\n')) return std::nullopt;
    const std::size_t at = text_.size() - head.size();
    if (std::ranges::binary_search(streamed_, at)) {
        position_ = at;
        return String{{}, *size, true};
    }
    if (*size > text_.size() - at) return std::nullopt;
    position_ = at + static_cast<std::size_t>(*size);
    return String{std::string(text_.substr(at, static_cast<std::size_t>(*size))), *size};
}

bool Lexer::skip_value() {
    const std::size_t start = position_;
    int depth = 0;
    do {
        skip_blanks();
        const char next = peek();
        bool taken = true;
        if (next == '(') {
            taken = ++depth <= nesting_;
            ++position_;
        } else if (next == ')' && depth > 0) {
            --depth;
            ++position_;
        } else if (!string()) {
            taken = next != '"' && !take_word().empty();
        }
        if (!taken) {
            if (depth > nesting_) fail("at most " + std::to_string(nesting_) + " open parentheses");
            position_ = start;
            return false;
        }
    } while (depth > 0 && !at_end());
    return true;
}

std::nullopt_t Lexer::fail(std::string_view wanted) {
    if (!reason_.empty()) return std::nullopt;
    constexpr std::size_t shown = 40;
    reason_ = "at octet " + std::to_string(position_) + ": saw ";
    if (at_end()) {
        reason_ += "the end";
    } else {
        reason_ += '"';
        for (const char c : text_.substr(position_, shown)) reason_ += c >= ' ' && c < 0x7F ? c : '?';
        reason_ += '"';
    }
    reason_.append(", wanted ").append(wanted);
    return std::nullopt;
}

}  // namespace mailhaul::imap
