// SPDX-License-Identifier: Apache-2.0
#include "govern/width.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;

/// Carries `rate(width)` octets a second for as long as told, with as many connections as are wanted.
struct Line {
    Width width;
    std::function<double(std::uint32_t)> rate;
    Width::Time now{1h};
    double done = 0;

    void run(std::chrono::milliseconds time) {
        for (const auto until = now + time; now < until; now += 100ms) {
            const std::uint32_t open = width.wanted(now);
            done += rate(open) / 10;
            width.note_progress(static_cast<std::uint64_t>(done), open, now);
        }
    }
};

TEST(Width, grows_while_each_connection_carries_more) {
    Line line{Width(2, 8), [](std::uint32_t open) { return 1e6 * open; }};
    line.run(60s);
    EXPECT_EQ(line.width.wanted(line.now), 8U);
    EXPECT_TRUE(line.width.is_settled(line.now));
}

TEST(Width, stays_where_one_more_carries_nothing_more) {
    Line line{Width(2, 16), [](std::uint32_t open) { return 1e6 * std::min(open, 5U); }};
    line.run(20s);
    EXPECT_EQ(line.width.wanted(line.now), 5U);
    line.run(5min);
    EXPECT_NEAR(line.width.wanted(line.now), 5U, 1);  // it tries again from time to time
    EXPECT_GT(line.done, 5e6 * 300);
}

TEST(Width, never_goes_beyond_what_was_refused_until_that_is_long_ago) {
    Line line{Width(4, 8), [](std::uint32_t open) { return 1e6 * open; }};
    line.width.note_refused(4, line.now);
    for (int i = 0; i < 590; ++i) {
        line.run(1s);
        ASSERT_LE(line.width.wanted(line.now), 4U);
    }
    EXPECT_EQ(line.width.last_wall(), 4U);
    line.run(60s);
    EXPECT_GT(line.width.wanted(line.now), 4U);
}

TEST(Width, grows_to_what_others_leave_and_no_further) {
    Line line{Width(2, 8), [](std::uint32_t open) { return 1e6 * open; }};
    line.width.allow(3);
    line.run(60s);
    EXPECT_EQ(line.width.wanted(line.now), 3U);
    EXPECT_TRUE(line.width.is_settled(line.now));
    line.width.allow(1);
    EXPECT_EQ(line.width.wanted(line.now), 3U);  // what is there stays
    line.width.allow(8);
    line.run(60s);
    EXPECT_EQ(line.width.wanted(line.now), 8U);
}

TEST(Width, takes_at_once_what_others_left) {
    Line line{Width(1, 4), [](std::uint32_t open) { return 1e6 * open; }};
    line.width.take_over(2, line.now);
    EXPECT_EQ(line.width.wanted(line.now), 2U);
    line.width.take_over(8, line.now);
    EXPECT_EQ(line.width.wanted(line.now), 4U) << "never more than are allowed";
    line.width.take_over(1, line.now);
    EXPECT_EQ(line.width.wanted(line.now), 4U) << "what is there stays";
}

TEST(Width, takes_nothing_from_others_while_fewer_are_better) {
    Line line{Width(4, 8), [](std::uint32_t open) { return 1e6 * open; }};
    line.width.note_throttled(line.now);
    line.width.take_over(8, line.now);
    EXPECT_EQ(line.width.wanted(line.now), 2U);
    line.width.note_refused(1, line.now);
    line.width.take_over(8, line.now + 1min);
    EXPECT_EQ(line.width.wanted(line.now + 1min), 1U) << "the wall stands for ten minutes";
}

TEST(Width, is_halved_by_a_throttle_and_comes_back) {
    Line line{Width(8, 8), [](std::uint32_t open) { return 1e6 * open; }};
    line.width.note_throttled(line.now);
    EXPECT_EQ(line.width.wanted(line.now), 4U);
    line.run(25s);
    EXPECT_EQ(line.width.wanted(line.now), 4U);
    line.run(60s);
    EXPECT_EQ(line.width.wanted(line.now), 8U);
}

TEST(Width, is_one_at_least) {
    Width width(1, 4);
    width.note_throttled(Width::Time{1h});
    width.note_refused(0, Width::Time{1h});
    EXPECT_EQ(width.wanted(Width::Time{1h}), 1U);
}

TEST(Width, learns_nothing_while_fewer_are_at_work_than_wanted) {
    Width width(4, 8);
    Width::Time now{1h};
    for (int i = 0; i < 100; ++i, now += 1s) width.note_progress(static_cast<std::uint64_t>(i) * 1000, 3, now);
    EXPECT_EQ(width.wanted(now), 4U);
}

}  // namespace
}  // namespace mailhaul::govern
