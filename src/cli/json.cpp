// SPDX-License-Identifier: Apache-2.0
#include "cli/json.hpp"

#include <array>
#include <cstdio>

namespace mailhaul::cli {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// Octets of the well-formed UTF-8 sequence at the start of `text` (RFC 3629 section 4); 0 where there is none.
std::size_t utf8_length(std::string_view text) {
    const auto octet = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    const auto tail = [&](std::size_t at, unsigned low = 0x80, unsigned high = 0xBF) {
        return octet(at) >= low && octet(at) <= high;
    };
    const unsigned first = octet(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first == 0xE0) return tail(1, 0xA0) && tail(2) ? 3 : 0;
    if (first == 0xED) return tail(1, 0x80, 0x9F) && tail(2) ? 3 : 0;  // no surrogates
    if (first >= 0xE1 && first <= 0xEF) return tail(1) && tail(2) ? 3 : 0;
    if (first == 0xF0) return tail(1, 0x90) && tail(2) && tail(3) ? 4 : 0;
    if (first >= 0xF1 && first <= 0xF3) return tail(1) && tail(2) && tail(3) ? 4 : 0;
    if (first == 0xF4) return tail(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : 0;  // up to U+10FFFF
    return 0;
}

std::string escaped_ascii(char letter) {
    switch (letter) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: break;
    }
    if (static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7F) return {letter};
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(letter));
    return text.data();
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string quoted = "\"";
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 1) quoted += escaped_ascii(text.front());
        else if (length == 0) quoted += replacement_character;
        else quoted += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return quoted + '"';
}

std::string json_array(const std::vector<std::string>& values) {
    std::string text = "[";
    for (const std::string& value : values) {
        if (text.size() > 1) text += ',';
        text += value;
    }
    return text + ']';
}

JsonObject& JsonObject::texts(std::string_view key, const std::vector<std::string>& values) {
    std::vector<std::string> quoted;
    quoted.reserve(values.size());
    for (const std::string& value : values) quoted.push_back(json_string(value));
    return json(key, json_array(quoted));
}

JsonObject& JsonObject::json(std::string_view key, std::string_view value) {
    if (!fields_.empty()) fields_ += ',';
    fields_ += json_string(key);
    fields_ += ':';
    fields_ += value;
    return *this;
}

}  // namespace mailhaul::cli
