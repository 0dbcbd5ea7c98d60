// SPDX-License-Identifier: Apache-2.0
#include "perl/escapes.hpp"

#include <charconv>
#include <string>

#include "perl/quoted.hpp"

namespace mailhaul::perl {
namespace {

bool is_digit_of(char c, int base) {
    if (base == 8) return c >= '0' && c <= '7';
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string_view digits_at(std::string_view text, std::size_t at, std::size_t most, int base) {
    std::size_t end = at;
    while (end < text.size() && end - at < most && is_digit_of(text[end], base)) ++end;
    return text.substr(at, end - at);
}

Result<Escape> octet_of(std::string_view digits, int base, std::size_t length) {
    unsigned value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    const bool fits = digits.empty() || (read.ec == std::errc{} && value <= 0xFF);
    if (!fits) return refusal("character " + std::string(digits) + " is above FF: messages and names are octets here");
    return Escape{static_cast<char>(value), length};
}

/// `{41}` after `\x`, `{101}` after `\o`; `at` is that of the brace.
Result<Escape> braced_octet(std::string_view text, std::size_t at, int base) {
    const std::string_view digits = digits_at(text, at + 1, 8, base);
    const std::size_t end = at + 1 + digits.size();
    if (end >= text.size() || text[end] != '}') return refusal("no number between braces after \\x or \\o");
    return octet_of(digits, base, end + 1);
}

}  // namespace

Result<Escape> read_escape(std::string_view text, std::size_t at) {
    if (at + 1 >= text.size()) return refusal("a backslash at the very end");
    const char c = text[at + 1];
    const bool is_braced = at + 2 < text.size() && text[at + 2] == '{';
    switch (c) {
        case 'n': return Escape{'\n', 2};
        case 'r': return Escape{'\r', 2};
        case 't': return Escape{'\t', 2};
        case 'f': return Escape{'\f', 2};
        case 'a': return Escape{'\a', 2};
        case 'e': return Escape{'\x1B', 2};
        case 'x': {
            if (!is_braced) {
                const std::string_view digits = digits_at(text, at + 2, 2, 16);
                return octet_of(digits, 16, 2 + digits.size());
            }
            MH_TRY(escape, braced_octet(text, at + 2, 16));
            return Escape{escape.octet, escape.length - at};
        }
        case 'o': {
            if (!is_braced) return refusal("\\o without braces");
            MH_TRY(escape, braced_octet(text, at + 2, 8));
            return Escape{escape.octet, escape.length - at};
        }
        case '0': {
            const std::string_view digits = digits_at(text, at + 1, 3, 8);
            return octet_of(digits, 8, 1 + digits.size());
        }
        default: break;
    }
    if (digits_at(text, at + 1, 3, 8).size() > 1) {
        const std::string_view digits = digits_at(text, at + 1, 3, 8);
        return octet_of(digits, 8, 1 + digits.size());
    }
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_word) return refusal(std::string("\\") + c + " is not understood here");
    return Escape{c, 2};
}

}  // namespace mailhaul::perl
