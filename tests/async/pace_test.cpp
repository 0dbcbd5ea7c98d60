// SPDX-License-Identifier: Apache-2.0
#include "async/pace.hpp"

#include <gtest/gtest.h>

namespace mailhaul {
namespace {

using namespace std::chrono_literals;

constexpr Pace::Clock::time_point start{std::chrono::hours(1000)};

TEST(Pace, lets_use_so_much_a_second_however_it_is_portioned) {
    for (const std::uint64_t portion : {1U, 7U, 100U, 5000U}) {
        Pace pace(1000);
        Pace::Clock::time_point now = start;
        for (std::uint64_t used = 0; used < 10'000; used += portion) now = pace.use(portion, now);
        EXPECT_GE(now, start + 10s - 1us) << portion;
        EXPECT_LE(now, start + 15s) << portion;
    }
}

TEST(Pace, is_shared_by_all_who_use_it) {
    Pace pace(10);
    EXPECT_EQ(pace.use(10, start), start + 1s);
    EXPECT_EQ(pace.use(10, start), start + 2s) << "another one, at the same time";
}

TEST(Pace, saves_no_unused_time_up) {
    Pace pace(10);
    pace.use(10, start);
    EXPECT_EQ(pace.use(10, start + 60s), start + 61s);
}

TEST(Pace, counts_from_where_the_free_part_ends) {
    Pace pace(10, 25);
    EXPECT_EQ(pace.use(20, start), start);
    EXPECT_EQ(pace.use(10, start), start + 500ms);
    EXPECT_EQ(pace.use(10, start), start + 1500ms);
}

TEST(Pace, portions_bound_the_wait_and_are_never_nothing) {
    EXPECT_EQ(Pace(1000).portion(200ms), 200U);
    EXPECT_EQ(Pace(0.001).portion(200ms), 1U);
}

}  // namespace
}  // namespace mailhaul
