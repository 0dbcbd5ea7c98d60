// SPDX-License-Identifier: Apache-2.0
// utf8proc speaks C; nothing beyond this file does.
#include "sync/mapping/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace mailhaul::sync {
namespace {

const utf8proc_uint8_t* octets(std::string_view text) { return reinterpret_cast<const utf8proc_uint8_t*>(text.data()); }

std::string transformed(std::string_view utf8, utf8proc_option_t options) {
    utf8proc_uint8_t* made = nullptr;
    const utf8proc_ssize_t size = utf8proc_map(octets(utf8), static_cast<utf8proc_ssize_t>(utf8.size()), &made, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(made, &std::free);
    if (size < 0) return std::string(utf8);
    return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
}

}  // namespace

std::string composed(std::string_view utf8) {
    if (std::ranges::all_of(utf8, [](char c) { return c > '\0'; })) return std::string(utf8);  // ASCII has no other form
    return transformed(utf8, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
}

std::string folded(std::string_view utf8) {
    return transformed(utf8, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
}

std::u32string code_points(std::string_view utf8) {
    std::u32string text;
    while (!utf8.empty()) {
        utf8proc_int32_t code_point = 0;
        const utf8proc_ssize_t taken = utf8proc_iterate(octets(utf8), static_cast<utf8proc_ssize_t>(utf8.size()), &code_point);
        text += taken > 0 ? static_cast<char32_t>(code_point) : U'\uFFFD';
        utf8.remove_prefix(taken > 0 ? static_cast<std::size_t>(taken) : 1);
    }
    return text;
}

std::string utf8_from(std::u32string_view code_points) {
    std::string text;
    for (const char32_t code_point : code_points) {
        std::array<utf8proc_uint8_t, 4> encoded{};
        const utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), encoded.data());
        text.append(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size));
    }
    return text;
}

bool is_letter_or_digit(char32_t code_point) {
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ND: return true;
        default: return false;
    }
}

}  // namespace mailhaul::sync
