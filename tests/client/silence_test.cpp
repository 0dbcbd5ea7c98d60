// SPDX-License-Identifier: Apache-2.0
// Deadlines of a connection, in a computer that may sleep.
#include "client/silence.hpp"

#include <gtest/gtest.h>

namespace mailhaul::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds patience{60'000};

Silence::Time at(seconds time) { return Silence::Time(time); }

/// Looks every half second from `from` on, and tells how long it took until the silence was too long.
seconds until_too_long(Silence& silence, seconds from, milliseconds with_patience = patience) {
    for (auto passed = milliseconds(0);; passed += milliseconds(500))
        if (silence.is_longer_than(with_patience, at(from) + passed)) return std::chrono::duration_cast<seconds>(passed);
}

TEST(Silence, is_too_long_after_the_deadline_and_not_before) {
    Silence silence(at(seconds(100)));
    EXPECT_EQ(until_too_long(silence, seconds(100)), seconds(60));
}

TEST(Silence, begins_anew_with_every_octet) {
    Silence silence(at(seconds(100)));
    for (int second = 100; second < 150; ++second) EXPECT_FALSE(silence.is_longer_than(patience, at(seconds(second))));
    silence.heard(at(seconds(150)));
    EXPECT_EQ(until_too_long(silence, seconds(150)), seconds(60));
}

TEST(Silence, after_a_long_sleep_leaves_a_moment_to_hear_what_came_meanwhile) {
    Silence silence(at(seconds(100)));
    EXPECT_EQ(until_too_long(silence, seconds(100 + 8 * 3600)), seconds(10));
}

TEST(Silence, after_a_sleep_goes_on_as_ever_where_something_was_heard) {
    Silence silence(at(seconds(100)));
    const seconds awake(100 + 8 * 3600);
    EXPECT_FALSE(silence.is_longer_than(patience, at(awake)));
    silence.heard(at(awake + seconds(1)));
    EXPECT_EQ(until_too_long(silence, awake + seconds(1)), seconds(60));
}

TEST(Silence, counts_a_short_sleep_and_no_more) {
    Silence silence(at(seconds(100)));
    EXPECT_EQ(until_too_long(silence, seconds(120)), seconds(40)) << "20 of 60 s were slept";
}

TEST(Silence, never_gains_more_than_the_deadline_by_sleeping) {
    Silence silence(at(seconds(100)));
    EXPECT_EQ(until_too_long(silence, seconds(1000), milliseconds(2'000)), seconds(2));
}

}  // namespace
}  // namespace mailhaul::client
