// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <array>
#include <cstdio>

#include "base/utf8.hpp"

namespace mailhaul {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

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
        const auto point = first_code_point(text);
        if (!point) quoted += replacement_character;
        else if (point->octets == 1) quoted += escaped_ascii(text.front());
        else quoted += text.substr(0, point->octets);
        text.remove_prefix(point ? point->octets : 1);
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

}  // namespace mailhaul
