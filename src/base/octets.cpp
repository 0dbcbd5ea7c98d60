// SPDX-License-Identifier: Apache-2.0
#include "base/octets.hpp"

#include <array>
#include <cstdio>

namespace mailhaul {

std::string spell(Octets octets) {
    if (octets.value() < 1000) return std::to_string(octets.value()) + " B";
    constexpr std::array units{"kB", "MB", "GB", "TB", "PB"};
    double amount = static_cast<double>(octets.value()) / 1000;
    std::size_t unit = 0;
    while (amount >= 999.95 && unit + 1 < units.size()) {
        amount /= 1000;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", amount, units.at(unit));
    return text.data();
}

std::string spell_messages(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " message" : " messages"); }

}  // namespace mailhaul
