// SPDX-License-Identifier: Apache-2.0
#include "govern/line_rate.hpp"

#include <algorithm>

namespace mailhaul::govern {
namespace {

constexpr std::uint64_t least_ahead = 512 * 1024;
constexpr std::uint64_t telling = 32 * 1024;  // fewer octets tell of the round trip, not of the line
constexpr LineRate::Duration long_enough{0.02};  // answers that are read together say nothing one by one
constexpr double most_ahead = 1e12;
constexpr double seconds_ahead = 1;

}  // namespace

void LineRate::note(std::uint64_t octets, Duration time) {
    if (octets < telling) return;
    octets_ += octets;
    time_ += time;
    if (time_ < long_enough) return;
    const double rate = static_cast<double>(octets_) / time_.count();
    rate_ = rate_ ? (*rate_ + rate) / 2 : rate;
    octets_ = 0;
    time_ = Duration{0};
}

std::uint64_t LineRate::ahead() const {
    const double worth = std::min(rate_.value_or(0) * seconds_ahead, most_ahead);
    return std::max(least_ahead, static_cast<std::uint64_t>(worth));
}

}  // namespace mailhaul::govern
