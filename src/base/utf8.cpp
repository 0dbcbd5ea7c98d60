// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.hpp"

#include <algorithm>
#include <array>

namespace mailhaul {
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

}  // namespace mailhaul
