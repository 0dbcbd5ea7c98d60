// SPDX-License-Identifier: Apache-2.0
#include "govern/width.hpp"

#include <algorithm>

namespace mailhaul::govern {
namespace {

constexpr std::chrono::seconds window{2};
constexpr std::chrono::seconds hold{30};
constexpr std::chrono::minutes wall_lasts{10};
constexpr double worth_it = 1.05;

}  // namespace

void Width::note_progress(std::uint64_t done, std::uint32_t open, Time now) {
    // Before all of them are at work, or after some have run out of it, there is nothing to be learned.
    if (!window_began_ || open < wanted(now)) {
        begin_window(done, now);
        return;
    }
    const std::chrono::duration<double> passed = now - *window_began_;
    if (passed < window) return;
    const double rate = static_cast<double>(done - std::min(done, done_before_)) / passed.count();
    begin_window(done, now);
    const bool was_in_vain = is_trial_ && rate < rate_before_ * worth_it;
    is_trial_ = false;
    if (was_in_vain) {
        --width_;
        hold_until_ = now + hold;
        return;
    }
    if (is_settled(now)) return;
    rate_before_ = rate;
    is_trial_ = true;
    ++width_;
}

void Width::begin_window(std::uint64_t done, Time now) {
    window_began_ = now;
    done_before_ = done;
}

void Width::take_over(std::uint32_t first, Time now) {
    if (now < hold_until_ || first <= width_) return;
    width_ = std::min(first, most_);
    is_trial_ = false;
    window_began_.reset();
}

void Width::note_refused(std::uint32_t open, Time now) {
    wall_ = std::max(open, 1U);
    wall_ends_ = now + wall_lasts;
    width_ = std::min(width_, *wall_);
    is_trial_ = false;
    window_began_.reset();
}

void Width::note_throttled(Time now) {
    width_ = std::max(width_ / 2, 1U);
    hold_until_ = now + hold;
    is_trial_ = false;
    window_began_.reset();
}

std::uint32_t Width::wanted(Time now) const { return std::min(width_, wall(now).value_or(most_)); }

bool Width::is_settled(Time now) const {
    return !is_trial_ && (now < hold_until_ || width_ >= std::min(most_, wall(now).value_or(most_)));
}

std::optional<std::uint32_t> Width::wall(Time now) const { return now < wall_ends_ ? wall_ : std::nullopt; }

}  // namespace mailhaul::govern
