// SPDX-License-Identifier: Apache-2.0
#include "govern/pressure.hpp"

#include <gtest/gtest.h>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;
constexpr Pressure::Time start{1h};

TEST(Pressure, gives_the_time_that_was_asked_for) {
    Pressure pressure;
    const auto until = pressure.note_refusal(20s, start);
    ASSERT_TRUE(until);
    EXPECT_GE(*until, start + 20s);
    EXPECT_LE(*until, start + 21s);
    EXPECT_EQ(pressure.closed_until(), *until);
}

TEST(Pressure, is_told_once_by_all_connections_that_hear_it) {
    Pressure pressure;
    const auto until = pressure.note_refusal(20s, start);
    EXPECT_EQ(pressure.note_refusal(20s, start + 1s), until);
    EXPECT_EQ(pressure.note_refusal(std::nullopt, start + 2s), until);
    EXPECT_LT(pressure.waited(), 21s);
}

TEST(Pressure, doubles_where_no_time_is_named_until_something_is_carried) {
    Pressure pressure;
    Pressure::Time now = start;
    for (const auto expected : {30s, 60s, 120s, 240s, 480s, 900s, 900s, 900s}) {
        const auto until = pressure.note_refusal(std::nullopt, now);
        ASSERT_TRUE(until);
        EXPECT_EQ(*until - now, expected);
        now = *until;
    }
    EXPECT_FALSE(pressure.note_refusal(std::nullopt, now));
    pressure.note_progress();
    EXPECT_EQ(pressure.note_refusal(std::nullopt, now), now + 30s);
}

TEST(Pressure, is_not_waited_for_where_hours_are_asked_for) {
    Pressure pressure;
    EXPECT_FALSE(pressure.note_refusal(4h, start));
    EXPECT_LE(pressure.closed_until(), start);
}

}  // namespace
}  // namespace mailhaul::govern
