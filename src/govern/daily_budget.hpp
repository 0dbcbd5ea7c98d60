// SPDX-License-Identifier: Apache-2.0
// DailyBudget: at most so many octets in any 24 hours, as providers count (Gmail: 2500 MB down, 500 MB up). Use is kept by
// hour: an hour counts whole until a day after its last use, so a window is never over its limit.
//
// Holds no clock: every question says what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/octets.hpp"

namespace mailhaul::govern {

using Instant = std::chrono::sys_seconds;

/// What was used within one hour of UTC.
struct HourOfUse {
    std::int64_t hour = 0;  ///< since the epoch
    Instant last;           ///< use in it
    std::uint64_t octets = 0;
    bool operator==(const HourOfUse&) const = default;
};

/// What was used lately: at most 25 hours of it.
class RecentUse {
public:
    RecentUse() = default;
    /// What lies after `now` was written by a clock that was wrong: it counts as used now.
    RecentUse(std::vector<HourOfUse> known, Instant now);

    void add(std::uint64_t octets, Instant now);
    /// Octets of the 24 hours before `now`.
    [[nodiscard]] std::uint64_t within_a_day(Instant now) const;
    /// When something stops to count next; empty where nothing counts at `now`.
    [[nodiscard]] std::optional<Instant> next_relief(Instant now) const;
    /// Ascending by hour; some may count no more.
    [[nodiscard]] const std::vector<HourOfUse>& hours() const { return hours_; }

private:
    std::vector<HourOfUse> hours_;
};

class DailyBudget {
public:
    /// `limit` above 0.
    explicit DailyBudget(Octets limit) : limit_(limit) {}

    [[nodiscard]] Octets limit() const { return limit_; }
    /// What may be used at `now`.
    [[nodiscard]] Octets room(const RecentUse& use, Instant now) const;
    /// The first time, not before `now`, that has room for `wanted`; empty where that is above the limit.
    [[nodiscard]] std::optional<Instant> room_again(const RecentUse& use, Octets wanted, Instant now) const;
    /// When `left` octets are used up, if from `now` on all that may be used is used at once. Empty: not within a hundred
    /// years.
    [[nodiscard]] std::optional<Instant> finished(RecentUse use, Octets left, Instant now) const;

private:
    Octets limit_;
};

}  // namespace mailhaul::govern
