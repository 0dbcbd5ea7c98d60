// SPDX-License-Identifier: Apache-2.0
#include "cli/utf8.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace mailhaul::cli {
namespace {

/// What may follow a first octet: how many octets there are in all, and where the second one may lie.
struct Lead {
    std::uint8_t first, last;
    std::uint8_t octets;
    std::uint8_t second_low = 0x80, second_high = 0xBF;
};

constexpr std::array leads{
    Lead{0x00, 0x7F, 1},
    Lead{0xC2, 0xDF, 2},
    Lead{0xE0, 0xE0, 3, 0xA0},
    Lead{0xE1, 0xEC, 3},
    Lead{0xED, 0xED, 3, 0x80, 0x9F},
    Lead{0xEE, 0xEF, 3},
    Lead{0xF0, 0xF0, 4, 0x90},
    Lead{0xF1, 0xF3, 4},
    Lead{0xF4, 0xF4, 4, 0x80, 0x8F},
};

struct Range {
    std::uint32_t first, last;
};

// The scripts that mail folders and subjects are written in; not all of Unicode.
constexpr std::array combining{
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x0610, 0x061A}, Range{0x064B, 0x065F},
    Range{0x0900, 0x0902}, Range{0x093C, 0x093C}, Range{0x0941, 0x0948}, Range{0x094D, 0x094D}, Range{0x0E31, 0x0E31},
    Range{0x0E34, 0x0E3A}, Range{0x0E47, 0x0E4E}, Range{0x1AB0, 0x1AFF}, Range{0x200B, 0x200F}, Range{0x202A, 0x202E},
    Range{0x20D0, 0x20FF}, Range{0x3099, 0x309A}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF},
};
constexpr std::array wide{
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x4DBF},   Range{0x4E00, 0xA4CF}, Range{0xAC00, 0xD7A3},
    Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD},
};

bool is_in(std::span<const Range> ranges, std::uint32_t value) {
    return std::ranges::any_of(ranges, [value](const Range& range) { return value >= range.first && value <= range.last; });
}

}  // namespace

std::optional<CodePoint> first_code_point(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto octet = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const auto lead =
        std::ranges::find_if(leads, [&](const Lead& one) { return octet(0) >= one.first && octet(0) <= one.last; });
    if (lead == leads.end() || text.size() < lead->octets) return std::nullopt;
    if (lead->octets == 1) return CodePoint{octet(0), 1};
    if (octet(1) < lead->second_low || octet(1) > lead->second_high) return std::nullopt;
    std::uint32_t value = octet(0) & (0x7FU >> lead->octets);
    for (std::size_t at = 1; at < lead->octets; ++at) {
        if ((octet(at) & 0xC0U) != 0x80U) return std::nullopt;
        value = value << 6U | (octet(at) & 0x3FU);
    }
    return CodePoint{value, lead->octets};
}

std::size_t columns_of(CodePoint point) {
    if (is_in(combining, point.value)) return 0;
    return is_in(wide, point.value) ? 2 : 1;
}

}  // namespace mailhaul::cli
