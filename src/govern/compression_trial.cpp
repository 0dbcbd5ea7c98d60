// SPDX-License-Identifier: Apache-2.0
#include "govern/compression_trial.hpp"

#include <algorithm>

namespace mailhaul::govern {
namespace {

constexpr std::chrono::seconds window{3};
constexpr double slow_line = 8e6;  // octets a second; above it the processor of the server would be the limit
constexpr double worth_it = 1.1;
constexpr double shortest = 1e-3;  // seconds to divide by

}  // namespace

CompressionTrial::Advice CompressionTrial::note(std::uint64_t done, bool are_alike, Time now) {
    if (step_ == Step::decided) return Advice::go_on;
    if (!are_alike) {
        window_began_.reset();
        return Advice::go_on;
    }
    const std::optional<double> measured = rate(done, now);
    if (!measured) return Advice::go_on;
    if (step_ == Step::plain) {
        is_fast_ = *measured > slow_line;
        if (*measured <= 0 || is_fast_) return Advice::go_on;
        plain_rate_ = *measured;
        step_ = Step::compressed;
        return Advice::compress;
    }
    step_ = Step::decided;
    if (*measured < plain_rate_ * worth_it) return Advice::go_back;
    gain_ = *measured / plain_rate_;
    return Advice::go_on;
}

std::optional<double> CompressionTrial::rate(std::uint64_t done, Time now) {
    if (!window_began_) {
        window_began_ = now;
        done_before_ = done;
        return std::nullopt;
    }
    const std::chrono::duration<double> passed = now - *window_began_;
    const double octets = static_cast<double>(done - std::min(done, done_before_));
    const bool is_clear = step_ == Step::plain && octets > slow_line * std::chrono::duration<double>(window).count();
    if (passed < window && !is_clear) return std::nullopt;
    window_began_.reset();
    return octets / std::max(passed.count(), shortest);
}

}  // namespace mailhaul::govern
