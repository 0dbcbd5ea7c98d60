// SPDX-License-Identifier: Apache-2.0
// What a report shows of a message: one line of valid UTF-8 that no terminal and no JSON reader stumbles over.
#include <algorithm>

#include "message/charset.hpp"
#include "message/encoded_words.hpp"
#include "message/header_scan.hpp"

namespace mailhaul::message {
namespace {

constexpr std::size_t longest_value = 16'384;    // octets looked at, however long the field is
constexpr std::size_t longest_message_id = 998;  // code points shown: a line of RFC 5322 section 2.1.1

/// The value of the first field of this name, cut to what is worth looking at.
std::string_view value_of(std::string_view header, std::string_view name) {
    FieldReader reader(header);
    while (const auto field = reader.next()) {
        if (same_name(field->name, name)) return field->value.substr(0, longest_value);
    }
    return {};
}

/// C0 and C1 controls, DEL, and the marks that turn the direction of the text after them.
bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 ||
           c == 0x2029;
}

/// `text` (valid UTF-8) on one line: whitespace in one blank each, controls as `?`, cut to `max` code points with `…`.
std::string one_line(std::string_view text, std::size_t max) {
    std::string line;
    std::size_t count = 0;
    std::size_t cut_at = 0;  // where the line is cut to leave room for the mark
    text = trimmed(text);
    while (const auto code_point = first_code_point(text)) {
        const bool whitespace = is_whitespace(text.front());
        text.remove_prefix(code_point->octets);
        if (whitespace && is_whitespace(text.front())) continue;
        if (count + 1 == max) cut_at = line.size();
        if (count++ == max) {
            line.resize(cut_at);
            return max == 0 ? std::string() : line + "…";
        }
        const char32_t shown = whitespace ? U' ' : is_control(code_point->value) ? U'?' : code_point->value;
        append_utf8(line, shown);
    }
    return line;
}

}  // namespace

std::string display_subject(std::string_view header, std::size_t max) {
    return one_line(utf8_from_encoded_words(value_of(header, "Subject")), max);
}

std::string display_message_id(std::string_view header) {
    return one_line(utf8_from_undeclared(value_of(header, "Message-ID")), longest_message_id);
}

}  // namespace mailhaul::message
