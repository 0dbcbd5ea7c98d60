// SPDX-License-Identifier: Apache-2.0
#include "govern/line_rate.hpp"

#include <algorithm>

namespace mailhaul::govern {
namespace {

constexpr std::uint64_t least_ahead = 512 * 1024;
constexpr std::uint64_t telling = 32 * 1024;  // fewer octets tell of the round trip, not of the line
constexpr double most_ahead = 1e12;
constexpr double seconds_ahead = 1;

}  // namespace

void LineRate::note(std::uint64_t octets, Duration time) {
    if (octets < telling) return;
    const double rate = static_cast<double>(octets) / std::max(time.count(), 1e-6);
    rate_ = rate_ ? (*rate_ + rate) / 2 : rate;
}

std::uint64_t LineRate::ahead() const {
    const double worth = std::min(rate_.value_or(0) * seconds_ahead, most_ahead);
    return std::max(least_ahead, static_cast<std::uint64_t>(worth));
}

}  // namespace mailhaul::govern
