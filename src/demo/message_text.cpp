// SPDX-License-Identifier: Apache-2.0
#include "demo/message_text.hpp"

#include <algorithm>

#include "imap/types/ascii.hpp"

namespace mailhaul::demo {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

struct Field {
    std::string_view name;
    std::string_view octets;  // name, colon, value and line ends
};

// A field begins at a line that does not begin with a blank and goes on over lines that do.
std::vector<Field> fields_of(std::string_view message) {
    std::vector<Field> fields;
    std::string_view rest = header_of(message);
    while (!rest.empty() && rest.front() != '\r' && rest.front() != '\n') {
        std::size_t end = 0;
        do {
            end = rest.find('\n', end);
            end = end == std::string_view::npos ? rest.size() : end + 1;
        } while (end < rest.size() && (rest[end] == ' ' || rest[end] == '\t'));
        const std::string_view octets = rest.substr(0, end);
        fields.push_back(Field{trimmed(octets.substr(0, octets.find(':'))), octets});
        rest.remove_prefix(end);
    }
    return fields;
}

}  // namespace

std::string_view header_of(std::string_view message) {
    if (message.starts_with("\r\n")) return message.substr(0, 2);
    const auto crlf = message.find("\r\n\r\n");
    const auto lf = message.find("\n\n");
    if (crlf == std::string_view::npos && lf == std::string_view::npos) return message;
    return crlf < lf ? message.substr(0, crlf + 4) : message.substr(0, lf + 2);
}

std::string_view text_of(std::string_view message) { return message.substr(header_of(message).size()); }

std::string header_fields(std::string_view message, const std::vector<std::string>& names, FieldChoice choice) {
    std::string chosen;
    for (const Field& field : fields_of(message)) {
        const bool named =
            std::ranges::any_of(names, [&](const auto& name) { return imap::equal_ignoring_case(name, field.name); });
        if (named == (choice == FieldChoice::named)) chosen += field.octets;
    }
    return chosen + "\r\n";
}

std::vector<std::string> field_values(std::string_view message, std::string_view name) {
    std::vector<std::string> values;
    for (const Field& field : fields_of(message)) {
        const auto colon = field.octets.find(':');
        if (colon == std::string_view::npos || !imap::equal_ignoring_case(field.name, name)) continue;
        std::string value(trimmed(field.octets.substr(colon + 1)));
        std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });
        values.push_back(std::move(value));
    }
    return values;
}

bool holds_ignoring_case(std::string_view text, std::string_view wanted) {
    const auto same = [](char a, char b) { return imap::ascii_lower(a) == imap::ascii_lower(b); };
    return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), same) != text.end() || wanted.empty();
}

}  // namespace mailhaul::demo
