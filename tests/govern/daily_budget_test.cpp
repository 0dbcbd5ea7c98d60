// SPDX-License-Identifier: Apache-2.0
#include "govern/daily_budget.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;

constexpr Instant noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 26} + 12h;
constexpr Octets gigabyte{1'000'000'000};
constexpr Octets daily{500'000'000};

RecentUse used(std::initializer_list<std::pair<std::chrono::seconds, std::uint64_t>> ago) {
    RecentUse use;
    for (const auto& [before, octets] : ago) use.add(octets, noon - before);
    return use;
}

// --- how much now, and when again ---

struct Room {
    const char* name;
    RecentUse use;
    std::uint64_t room;            // of a limit of 100, at noon
    std::chrono::seconds for_60;   // until there is room for 60
    std::chrono::seconds for_100;  // and for everything
};

struct RoomTable : testing::TestWithParam<Room> {};

TEST_P(RoomTable, says_how_much_and_when_again) {
    const DailyBudget budget(Octets{100});
    EXPECT_EQ(budget.room(GetParam().use, noon), Octets{GetParam().room});
    EXPECT_EQ(budget.room_again(GetParam().use, Octets{60}, noon), noon + GetParam().for_60);
    EXPECT_EQ(budget.room_again(GetParam().use, Octets{100}, noon), noon + GetParam().for_100);
    EXPECT_EQ(budget.room_again(GetParam().use, Octets{101}, noon), std::nullopt) << "more than a day ever has";
}

INSTANTIATE_TEST_SUITE_P(DailyBudget, RoomTable,
                         testing::Values(Room{"nothing_used", used({}), 100, 0s, 0s},                         //
                                         Room{"used_now", used({{0s, 100}}), 0, 24h, 24h},                    //
                                         Room{"used_a_day_ago", used({{24h, 100}}), 100, 0s, 0s},             //
                                         Room{"used_just_within_a_day", used({{24h - 1s, 100}}), 0, 1s, 1s},  //
                                         Room{"used_twice", used({{20h, 50}, {2h, 30}}), 20, 4h, 22h},        //
                                         Room{"used_too_much", used({{20h, 500}, {2h, 30}}), 0, 4h, 22h},     //
                                         Room{"an_hour_counts_until_its_last_use", used({{180s, 50}, {60s, 50}}), 0, 24h - 60s,
                                              24h - 60s}),
                         [](const testing::TestParamInfo<Room>& info) { return info.param.name; });

// --- forecast ---

struct Forecast {
    const char* name;
    RecentUse use;
    std::uint64_t left;
    std::chrono::seconds takes;  // from noon on, at 500 MB a day
};

struct ForecastTable : testing::TestWithParam<Forecast> {};

TEST_P(ForecastTable, says_when_it_is_finished) {
    EXPECT_EQ(DailyBudget(daily).finished(GetParam().use, Octets{GetParam().left}, noon), noon + GetParam().takes);
}

INSTANTIATE_TEST_SUITE_P(DailyBudget, ForecastTable,
                         testing::Values(Forecast{"nothing_left", used({}), 0, 0s},                     //
                                         Forecast{"fits_now", used({}), daily.value(), 0s},             //
                                         Forecast{"one_octet_more", used({}), daily.value() + 1, 24h},  //
                                         Forecast{"a_gigabyte", used({}), gigabyte.value(), 24h},       //
                                         Forecast{"fifty_gigabytes", used({}), 50 * gigabyte.value(), 99 * 24h},
                                         Forecast{"all_used_an_hour_ago", used({{1h, daily.value()}}), 1, 23h},
                                         Forecast{"half_used_an_hour_ago", used({{1h, daily.value() / 2}}),
                                                  50 * gigabyte.value(), 99 * 24h + 23h}),
                         [](const testing::TestParamInfo<Forecast>& info) { return info.param.name; });

TEST(DailyBudget, fifty_gigabytes_at_500_megabytes_a_day_from_3_December_2026_are_finished_on_12_March_2027) {
    const Instant from = std::chrono::sys_days{std::chrono::year{2026} / 12 / 3};
    EXPECT_EQ(DailyBudget(daily).finished({}, Octets{50 * gigabyte.value()}, from),
              Instant{std::chrono::sys_days{std::chrono::year{2027} / 3 / 12}});
}

TEST(DailyBudget, what_takes_longer_than_a_hundred_years_has_no_forecast) {
    EXPECT_EQ(DailyBudget(Octets{1}).finished({}, gigabyte, noon), std::nullopt);
    EXPECT_EQ(DailyBudget(Octets{1}).finished({}, Octets{UINT64_MAX}, noon), std::nullopt);
}

// --- memory ---

TEST(RecentUse, keeps_no_more_than_25_hours) {
    RecentUse use;
    for (int minute = 0; minute < 5 * 24 * 60; ++minute) use.add(1, noon + std::chrono::minutes(minute));
    EXPECT_LE(use.hours().size(), 25U);
    EXPECT_GE(use.within_a_day(noon + 5 * 24h - 1min), 24U * 60U);
}

TEST(RecentUse, known_from_before_counts_as_it_did) {
    const RecentUse before = used({{30h, 5}, {20h, 50}, {2h, 30}});
    const RecentUse after(before.hours(), noon);
    EXPECT_EQ(after.within_a_day(noon), 80U);
    EXPECT_EQ(after.next_relief(noon), noon + 4h);
}

TEST(RecentUse, of_a_clock_that_was_years_ahead_counts_for_a_day_and_not_for_years) {
    const RecentUse use({{.hour = 1'000'000, .last = noon + 24h * 365 * 3, .octets = 70}}, noon);
    EXPECT_EQ(use.within_a_day(noon), 70U);
    EXPECT_EQ(use.within_a_day(noon + 24h), 0U);
}

// --- laws ---

/// Steps in time and wishes, taken as far as there is room.
struct Use {
    std::vector<std::pair<Instant, std::uint64_t>> taken;
    RecentUse use;
    Instant now = noon;
};

Use greedy_use(const DailyBudget& budget) {
    Use greedy;
    for (int i = 0; i < 60; ++i) {
        greedy.now += std::chrono::seconds(*rc::gen::inRange(0, 6 * 3600));
        const std::uint64_t wish = *rc::gen::inRange<std::uint64_t>(0, 60);
        const std::uint64_t took = std::min(wish, budget.room(greedy.use, greedy.now).value());
        greedy.use.add(took, greedy.now);
        greedy.taken.emplace_back(greedy.now, took);
    }
    return greedy;
}

RC_GTEST_PROP(DailyBudgetLaws, no_24_hours_hold_more_than_the_limit, ()) {
    const DailyBudget budget(Octets{*rc::gen::inRange<std::uint64_t>(1, 200)});
    const Use greedy = greedy_use(budget);
    for (const auto& [begin, first] : greedy.taken) {
        std::uint64_t sum = 0;
        for (const auto& [at, octets] : greedy.taken)
            if (at >= begin && at < begin + 24h) sum += octets;
        RC_ASSERT(sum <= budget.limit().value());
    }
}

RC_GTEST_PROP(DailyBudgetLaws, room_again_is_the_first_moment_that_has_it, ()) {
    const DailyBudget budget(Octets{*rc::gen::inRange<std::uint64_t>(1, 200)});
    const Use greedy = greedy_use(budget);
    const Octets wanted{*rc::gen::inRange<std::uint64_t>(0, budget.limit().value() + 1)};
    const auto again = budget.room_again(greedy.use, wanted, greedy.now);
    RC_ASSERT(again.has_value());
    RC_ASSERT(budget.room(greedy.use, *again) >= wanted);
    RC_ASSERT(*again == greedy.now || budget.room(greedy.use, *again - 1s) < wanted);
}

RC_GTEST_PROP(DailyBudgetLaws, a_day_more_is_a_limit_more, ()) {
    const DailyBudget budget(Octets{*rc::gen::inRange<std::uint64_t>(1, 200)});
    const Octets left{*rc::gen::inRange<std::uint64_t>(1, 2000)};
    RC_ASSERT(*budget.finished({}, left + budget.limit(), noon) == *budget.finished({}, left, noon) + 24h);
}

RC_GTEST_PROP(DailyBudgetLaws, more_to_do_is_never_finished_earlier_whatever_was_used, ()) {
    const DailyBudget budget(Octets{*rc::gen::inRange<std::uint64_t>(1, 200)});
    const Use greedy = greedy_use(budget);
    const Octets left{*rc::gen::inRange<std::uint64_t>(0, 2000)};
    RC_ASSERT(*budget.finished(greedy.use, left, greedy.now) <= *budget.finished(greedy.use, left + Octets{1}, greedy.now));
}

}  // namespace
}  // namespace mailhaul::govern
