// SPDX-License-Identifier: Apache-2.0
#include "govern/activity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

ActivityTimes times_of(double copying, double starved, double stalled, double resting, double busy) {
    ActivityTimes times;
    times.lanes = {std::chrono::duration<double>(copying), std::chrono::duration<double>(starved),
                   std::chrono::duration<double>(stalled), std::chrono::duration<double>(resting)};
    times.busy = std::chrono::duration<double>(busy);
    return times;
}

TEST(Activity, adds_up_lanes_over_time) {
    Activity activity;
    Activity::Time now{1h};
    activity.change(Occupation::copying, 1, now);
    activity.change(Occupation::copying, 1, now += 1s);
    activity.change(Occupation::starved, 1, now += 1s);
    activity.change(Occupation::starved, -1, now += 500ms);
    activity.change(Occupation::copying, -2, now += 500ms);
    const ActivityTimes times = activity.times(now + 1h);
    EXPECT_DOUBLE_EQ(times.lanes[0].count(), 1 + 2 * 2);
    EXPECT_DOUBLE_EQ(times.lanes[1].count(), 0.5);
    EXPECT_DOUBLE_EQ(times.busy.count(), 3);
    EXPECT_DOUBLE_EQ(times.share(Occupation::starved), 0.1);
}

TEST(Activity, tells_what_is_under_way) {
    Activity activity;
    activity.change(Occupation::copying, 1, Activity::Time{1h});
    EXPECT_DOUBLE_EQ(activity.times(Activity::Time{1h} + 3s).busy.count(), 3);
}

TEST(Verdict, names_the_side_that_was_waited_for) {
    EXPECT_EQ(judge(times_of(40, 24, 1, 0, 10), 1s).limit, Limit::source);
    EXPECT_EQ(judge(times_of(40, 1, 24, 0, 10), 1s).limit, Limit::destination);
    EXPECT_EQ(judge(times_of(40, 2, 3, 0, 10), 1s).limit, Limit::both);
    EXPECT_EQ(judge(times_of(40, 11, 10, 0, 10), 1s).limit, Limit::both);
    EXPECT_DOUBLE_EQ(judge(times_of(40, 24, 1, 0, 10), 1s).share, 0.6);
}

TEST(Verdict, names_mailhaul_where_it_has_no_more_to_give) {
    EXPECT_EQ(judge(times_of(40, 24, 1, 0, 10), 9500ms).limit, Limit::mailhaul);
    EXPECT_EQ(judge(times_of(40, 24, 1, 0, 10), 8s).limit, Limit::source);
}

TEST(Verdict, names_a_limit_that_was_set) {
    EXPECT_EQ(judge(times_of(40, 4, 1, 30, 10), 1s).limit, Limit::operators_wish);
}

TEST(Verdict, says_nothing_of_very_little) {
    EXPECT_EQ(judge(times_of(0.1, 0.1, 0, 0, 0.1), 100ms).limit, Limit::nothing);
    EXPECT_EQ(judge(ActivityTimes{}, 0s).limit, Limit::nothing);
}

TEST(Verdict, is_one_sentence_with_its_numbers) {
    const std::string words = spell(judge(times_of(40, 24, 1, 0, 10), 1s));
    EXPECT_THAT(words, HasSubstr("source"));
    EXPECT_THAT(words, HasSubstr("60 %"));
    EXPECT_THAT(words, HasSubstr("10 % of a core"));
}

}  // namespace
}  // namespace mailhaul::govern
