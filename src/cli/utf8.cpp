// SPDX-License-Identifier: Apache-2.0
#include "cli/utf8.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace mailhaul::cli {
namespace {

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

std::size_t columns_of(CodePoint point) {
    if (is_in(combining, point.value)) return 0;
    return is_in(wide, point.value) ? 2 : 1;
}

}  // namespace mailhaul::cli
