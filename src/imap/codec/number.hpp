// SPDX-License-Identifier: Apache-2.0
// Numbers as the wire spells them: decimal, at most 63 bits (RFC 9051 section 9, `number64`).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mailhaul::imap {

inline constexpr std::uint64_t highest_number = 0x7FFF'FFFF'FFFF'FFFF;

/// Empty where `digits` is empty, holds anything but digits, or exceeds 63 bits.
constexpr std::optional<std::uint64_t> number_from(std::string_view digits) {
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (highest_number - digit) / 10) return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

}  // namespace mailhaul::imap
