// SPDX-License-Identifier: Apache-2.0
// BootClock: never set by anybody, and goes on while the computer is suspended, which steady_clock on Linux does not.
#pragma once

#include <chrono>
#include <ctime>

namespace mailhaul {

struct BootClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<BootClock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept {
        timespec time{};
        clock_gettime(CLOCK_BOOTTIME, &time);
        return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
    }
};

}  // namespace mailhaul
