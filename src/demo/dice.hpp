// SPDX-License-Identifier: Apache-2.0
// Dice: chance that is the same everywhere for the same seed (the standard's distributions are not).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace mailhaul::demo {

/// SplitMix64. Not for secrets.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t roll() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBU;
        return mixed ^ mixed >> 31U;
    }
    /// 0 .. bound-1. Precondition: bound > 0.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(roll() % bound); }
    std::size_t between(std::size_t least, std::size_t most) { return least + below(most - least + 1); }
    bool chance(std::size_t percent) { return below(100) < percent; }

    template <typename List>
    const auto& pick(const List& list) {
        return list[below(std::size(list))];
    }

private:
    std::uint64_t state_;
};

}  // namespace mailhaul::demo
