// SPDX-License-Identifier: Apache-2.0
#include "cli/plain_text.hpp"

#include "cli/utf8.hpp"

namespace mailhaul::cli {
namespace {

struct Sign {
    std::size_t octets = 1;
    std::size_t columns = 1;
};

/// What the terminal shows first of `text`; one sign for an octet that is not UTF-8.
Sign first_sign(std::string_view text) {
    const auto point = first_code_point(text);
    return point ? Sign{point->octets, columns_of(*point)} : Sign{};
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if (octet == '\t') {
            result += ' ';
        } else if (octet < 0x20 || octet == 0x7F) {
            result += '?';
        } else if (octet == 0xC2 && next >= 0x80 && next <= 0x9F) {  // C1 in UTF-8
            result += '?';
            ++i;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Sign sign = first_sign(text);
        columns += sign.columns;
        text.remove_prefix(sign.octets);
    }
    return columns;
}

std::string fitted(const std::string& text, std::size_t columns) {
    if (columns_of(text) <= columns) return text;
    if (columns == 0) return {};
    std::size_t taken = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        const Sign sign = first_sign(std::string_view(text).substr(end));
        if (taken + sign.columns + 1 > columns) break;
        taken += sign.columns;
        end += sign.octets;
    }
    return text.substr(0, end) + "~";
}

std::string padded_right(std::string text, std::size_t columns) {
    const std::size_t taken = columns_of(text);
    if (taken < columns) text.append(columns - taken, ' ');
    return text;
}

std::string padded_left(const std::string& text, std::size_t columns) {
    const std::size_t taken = columns_of(text);
    return taken < columns ? std::string(columns - taken, ' ') + text : text;
}

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
    return text;
}

std::string counted(std::uint64_t number, std::string_view noun) {
    return grouped(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

}  // namespace mailhaul::cli
