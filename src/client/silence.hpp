// SPDX-License-Identifier: Apache-2.0
// Silence: how long a peer has not been heard, when this computer may have slept meanwhile. Pure: time is a parameter.
//
// Sleep counts: a connection rarely outlives it, and a dead one is not to cost another whole deadline. But what a living
// peer said meanwhile waits unread, so whoever slept first listens a moment (docs/decisions/0022-clocks.md).
#pragma once

#include <algorithm>
#include <chrono>

#include "async/boot_clock.hpp"

namespace mailhaul::client {

class Silence {
public:
    using Time = BootClock::time_point;

    /// Looked at no more often than every so much, this computer or process was asleep.
    static constexpr std::chrono::seconds asleep{5};
    /// To listen after that, at least.
    static constexpr std::chrono::seconds moment{10};

    explicit Silence(Time now) : heard_(now), looked_(now) {}

    void heard(Time now) { heard_ = now; }

    /// To be asked regularly: whether the peer has said nothing for `patience`.
    bool is_longer_than(std::chrono::milliseconds patience, Time now) {
        const bool slept = now - looked_ >= asleep;
        looked_ = now;
        if (slept) heard_ = std::max(heard_, now - patience + std::min<std::chrono::milliseconds>(moment, patience));
        return now - heard_ >= patience;
    }

private:
    Time heard_;
    Time looked_;
};

}  // namespace mailhaul::client
