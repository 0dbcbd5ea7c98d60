// SPDX-License-Identifier: Apache-2.0
// Pace: at most so much a second, without bursts, whoever uses it. Time that was not used is not saved up.
//
// Holds no clock and waits for nothing: who uses something is told until when to wait before using more.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace mailhaul {

class Pace {
public:
    using Clock = std::chrono::steady_clock;

    /// `per_second` above 0. The first `free` of it cost no time.
    explicit Pace(double per_second, std::uint64_t free = 0) : per_second_(per_second), free_(free) {}

    /// `amount` is used at `now`; more may be used from the time returned on.
    Clock::time_point use(std::uint64_t amount, Clock::time_point now) {
        const std::uint64_t unpaid = amount - std::min(amount, free_);
        free_ -= amount - unpaid;
        const std::chrono::duration<double> cost(static_cast<double>(unpaid) / per_second_);
        free_from_ = std::max(free_from_, now) + std::chrono::duration_cast<Clock::duration>(cost);
        return free_from_;
    }

    /// How much may be used at once so that the wait after it is not above `longest`; at least 1.
    [[nodiscard]] std::uint64_t portion(std::chrono::milliseconds longest) const {
        const double units = per_second_ * std::chrono::duration<double>(longest).count();
        return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::min(units, 1e15)));
    }

private:
    double per_second_;
    std::uint64_t free_;
    Clock::time_point free_from_{};
};

}  // namespace mailhaul
