// SPDX-License-Identifier: Apache-2.0
// Finding header fields: lines end at LF, a CR before it belongs to the end; all else is content.
#include "message/header_scan.hpp"

#include <algorithm>

namespace mailhaul::message {
namespace {

/// The first line of `text` with its end, LF or the end of the text.
std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n') + (text.contains('\n') ? 1 : 0)); }

/// `line` without LF or CRLF at its end.
std::string_view without_end(std::string_view line) {
    if (line.ends_with('\n')) {
        line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
    }
    return line;
}

bool is_continuation(std::string_view text) { return text.starts_with(' ') || text.starts_with('\t'); }

/// The first line of `text` together with the lines that continue it.
std::string_view first_folded_line(std::string_view text) {
    std::size_t length = first_line(text).size();
    while (is_continuation(text.substr(length))) length += first_line(text.substr(length)).size();
    return text.substr(0, length);
}

bool is_name_octet(char octet) { return octet > ' ' && octet <= '~' && octet != ':'; }

/// RFC 5322 section 4.5: blanks between name and colon are obsolete, and still written.
std::optional<HeaderField> field_of(std::string_view folded) {
    const auto end_of_name = static_cast<std::size_t>(std::ranges::find_if_not(folded, is_name_octet) - folded.begin());
    const std::size_t colon = folded.find_first_not_of(" \t", end_of_name);
    if (end_of_name == 0 || colon == std::string_view::npos || folded[colon] != ':') return std::nullopt;
    return HeaderField{folded.substr(0, end_of_name), without_end(folded.substr(colon + 1))};
}

char lower(char octet) { return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet + ('a' - 'A')) : octet; }

}  // namespace

FieldReader::FieldReader(std::string_view header) : rest_(header) {
    if (rest_.starts_with("From ") || rest_.starts_with(">From ")) rest_.remove_prefix(first_line(rest_).size());
}

std::optional<HeaderField> FieldReader::next() {
    while (!rest_.empty() && !without_end(first_line(rest_)).empty()) {
        const std::string_view folded = first_folded_line(rest_);
        rest_.remove_prefix(folded.size());
        if (auto field = field_of(folded)) return field;
    }
    rest_ = {};
    return std::nullopt;
}

std::vector<HeaderField> scan_header(std::string_view header, std::size_t max_fields) {
    std::vector<HeaderField> fields;
    FieldReader reader(header);
    while (fields.size() < max_fields) {
        const auto field = reader.next();
        if (!field) break;
        fields.push_back(*field);
    }
    return fields;
}

std::size_t header_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size()) {
        const std::string_view line = first_line(text.substr(length));
        length += line.size();
        if (without_end(line).empty()) break;
    }
    return length;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_whitespace(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_whitespace(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace mailhaul::message
