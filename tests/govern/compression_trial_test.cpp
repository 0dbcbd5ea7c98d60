// SPDX-License-Identifier: Apache-2.0
#include "govern/compression_trial.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;
using Advice = CompressionTrial::Advice;

/// Carries `plain` octets a second, or `compressed` once that was advised; connections change within a second.
std::vector<Advice> advice_within(std::chrono::seconds time, CompressionTrial& trial, double plain, double compressed) {
    std::vector<Advice> given;
    bool is_on = false;
    double done = 0;
    CompressionTrial::Time now{1h};
    CompressionTrial::Time alike_from = now;
    for (const auto end = now + time; now < end; now += 100ms) {
        done += (is_on ? compressed : plain) / 10;
        const Advice advice = trial.note(static_cast<std::uint64_t>(done), now >= alike_from, now);
        if (advice == Advice::go_on) continue;
        given.push_back(advice);
        is_on = advice == Advice::compress;
        alike_from = now + 1s;
    }
    return given;
}

TEST(CompressionTrial, is_kept_where_it_helps) {
    CompressionTrial trial;
    EXPECT_EQ(advice_within(60s, trial, 2e6, 4e6), std::vector{Advice::compress});
    ASSERT_TRUE(trial.gain());
    EXPECT_NEAR(*trial.gain(), 2, 0.2);
    EXPECT_TRUE(trial.is_over());
}

TEST(CompressionTrial, is_taken_back_where_it_does_not_and_not_repeated) {
    CompressionTrial trial;
    EXPECT_EQ(advice_within(10min, trial, 2e6, 2.1e6), (std::vector{Advice::compress, Advice::go_back}));
    EXPECT_FALSE(trial.gain());
}

TEST(CompressionTrial, is_not_made_on_a_fast_line) {
    CompressionTrial trial;
    EXPECT_TRUE(advice_within(60s, trial, 50e6, 50e6).empty());
    EXPECT_FALSE(trial.is_over());
}

TEST(CompressionTrial, goes_before_anything_else_is_tried_until_the_line_has_proved_to_be_fast) {
    CompressionTrial slow;
    EXPECT_TRUE(slow.is_under_way());
    EXPECT_EQ(advice_within(4s, slow, 2e6, 4e6), std::vector{Advice::compress});
    EXPECT_TRUE(slow.is_under_way());

    CompressionTrial fast;
    EXPECT_TRUE(advice_within(1s, fast, 50e6, 50e6).empty());
    EXPECT_FALSE(fast.is_under_way());
}

TEST(CompressionTrial, is_not_made_where_nothing_is_carried) {
    CompressionTrial trial;
    EXPECT_TRUE(advice_within(60s, trial, 0, 0).empty());
}

}  // namespace
}  // namespace mailhaul::govern
