// SPDX-License-Identifier: Apache-2.0
#include "govern/daily_budget.hpp"

#include <algorithm>

namespace mailhaul::govern {
namespace {

using std::chrono::hours;

constexpr hours window{24};
constexpr std::uint64_t longest_forecast = 36'500;  // days

std::int64_t hour_of(Instant time) { return std::chrono::floor<hours>(time).time_since_epoch().count(); }

bool counts(const HourOfUse& hour, Instant now) { return hour.last + window > now; }

}  // namespace

RecentUse::RecentUse(std::vector<HourOfUse> known, Instant now) {
    std::ranges::sort(known, {}, &HourOfUse::hour);
    for (const HourOfUse& one : known) {
        const Instant last = std::min(one.last, now);
        if (last + window > now) add(one.octets, last);
    }
}

void RecentUse::add(std::uint64_t octets, Instant now) {
    if (octets == 0) return;
    std::erase_if(hours_, [now](const HourOfUse& one) { return !counts(one, now); });
    const std::int64_t hour = hour_of(now);
    const auto place = std::ranges::lower_bound(hours_, hour, {}, &HourOfUse::hour);
    if (place == hours_.end() || place->hour != hour) {
        hours_.insert(place, {hour, now, octets});
        return;
    }
    place->octets += octets;
    place->last = std::max(place->last, now);
}

std::uint64_t RecentUse::within_a_day(Instant now) const {
    std::uint64_t sum = 0;
    for (const HourOfUse& one : hours_)
        if (counts(one, now)) sum += one.octets;
    return sum;
}

std::optional<Instant> RecentUse::next_relief(Instant now) const {
    std::optional<Instant> first;
    for (const HourOfUse& one : hours_)
        if (counts(one, now) && (!first || one.last + window < *first)) first = one.last + window;
    return first;
}

Octets DailyBudget::room(const RecentUse& use, Instant now) const {
    return Octets{limit_.value() - std::min(limit_.value(), use.within_a_day(now))};
}

std::optional<Instant> DailyBudget::room_again(const RecentUse& use, Octets wanted, Instant now) const {
    if (wanted > limit_) return std::nullopt;
    while (room(use, now) < wanted) now = *use.next_relief(now);  // too little room: something counts
    return now;
}

/// Who always uses all there is has used exactly the limit in every 24 hours, so each further limit takes a further day.
std::optional<Instant> DailyBudget::finished(RecentUse use, Octets left, Instant now) const {
    const std::uint64_t limit = limit_.value();
    const std::uint64_t days = left.value() > 2 * limit ? left.value() / limit - 1 : 0;
    if (days > longest_forecast) return std::nullopt;
    std::uint64_t rest = left.value() - days * limit;
    for (;;) {
        const std::uint64_t used = std::min(rest, room(use, now).value());
        use.add(used, now);
        rest -= used;
        if (rest == 0) return now + days * window;
        now = *use.next_relief(now);
    }
}

}  // namespace mailhaul::govern
