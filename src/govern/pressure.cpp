// SPDX-License-Identifier: Apache-2.0
#include "govern/pressure.hpp"

#include <algorithm>

namespace mailhaul::govern {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_wait = std::chrono::minutes(15);
constexpr milliseconds margin = std::chrono::milliseconds(200);  // clocks of two machines
constexpr int most_in_a_row = 8;

}  // namespace

std::optional<Pressure::Time> Pressure::note_refusal(std::optional<milliseconds> asked, Time now) {
    if (now < closed_until_) return closed_until_;  // another connection heard the same
    if (in_a_row_ >= most_in_a_row || asked.value_or(first_wait_) > longest_wait) return std::nullopt;
    const milliseconds wait = asked ? *asked + margin : std::min(first_wait_ * (1 << in_a_row_), longest_wait);
    ++in_a_row_;
    waited_ += wait;
    closed_until_ = now + wait;
    return closed_until_;
}

}  // namespace mailhaul::govern
