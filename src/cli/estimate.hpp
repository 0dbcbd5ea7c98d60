// SPDX-License-Identifier: Apache-2.0
// Estimator: how fast a copy goes and when it will end, said only once it can be believed.
//
// A message costs its octets and a fixed effort besides, so work is counted as octets plus a constant per message:
// a folder of small messages and one of large ones then move the bar alike. Two exponentially weighted rates are
// kept, one quick and one slow; while they disagree the end is anybody's guess and none is made.
// Leaves out reading a clock: the caller says what time it is.
#pragma once

#include <chrono>
#include <optional>

#include "sync/executor/report.hpp"

namespace mailhaul::cli {

using SteadyTime = std::chrono::steady_clock::time_point;

class Estimator {
public:
    /// Takes note of where the run stands. Cheap; call as often as you like, `now` never going back.
    void observe(const sync::Progress& progress, SteadyTime now);

    /// Octets per second lately; empty until something was measured.
    [[nodiscard]] std::optional<double> octet_rate() const;
    [[nodiscard]] std::optional<double> message_rate() const;

    /// Until everything known is copied; empty while that cannot be believed.
    [[nodiscard]] std::optional<std::chrono::seconds> remaining() const;

    /// Share of the work done, 0..1.
    [[nodiscard]] static double fraction(const sync::Progress& progress);

private:
    /// An exponentially weighted mean of a rate; the weight missing at the start is corrected for.
    class Rate {
    public:
        explicit Rate(double memory_seconds) : memory_(memory_seconds) {}
        void add(double amount, double seconds);
        [[nodiscard]] bool known() const { return weight_ > 0; }
        [[nodiscard]] double per_second() const { return known() ? sum_ / weight_ : 0; }

    private:
        double memory_;
        double sum_ = 0;
        double weight_ = 0;
    };

    void judge();

    std::optional<SteadyTime> last_time_;
    sync::Progress last_;
    double copying_seconds_ = 0;
    bool believable_ = false;
    Rate quick_work_{8};
    Rate slow_work_{30};
    Rate octets_{8};
    Rate messages_{8};
};

/// `a few seconds`, `~40 s`, `~4 min`, `~25 min`, `~2 h`, `~3 h 30 min`, `~14 h`, `~3 days`: no finer than it is known.
std::string spell_remaining(std::chrono::seconds remaining);

/// `1.2 s`, `48 s`, `3 min 05 s`, `2 h 07 min`, `3 d 4 h`.
std::string spell_elapsed(std::chrono::milliseconds elapsed);

}  // namespace mailhaul::cli
