// SPDX-License-Identifier: Apache-2.0
#include "cli/estimate.hpp"

#include <gtest/gtest.h>

namespace mailhaul::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A copy of `messages` of equal size, watched twice a second.
class Copy {
public:
    explicit Copy(std::uint64_t messages, std::uint64_t octets_each = 50'000) : each_(octets_each) {
        progress.phase = sync::Progress::Phase::copying;
        progress.messages_total = progress.messages_to_copy = messages;
        progress.octets_to_copy = Octets{messages * octets_each};
        estimator.observe(progress, now);
    }

    void run(seconds length, std::uint64_t messages_per_second) {
        for (int half = 0; half < 2 * length.count(); ++half) {
            now += milliseconds{500};
            progress.messages_copied += messages_per_second / 2;
            progress.octets_copied = Octets{progress.messages_copied * each_};
            estimator.observe(progress, now);
        }
    }

    sync::Progress progress;
    Estimator estimator;
    SteadyTime now{};

private:
    std::uint64_t each_;
};

TEST(Estimator, says_nothing_before_it_has_seen_enough) {
    Copy copy(10'000);
    copy.run(seconds{3}, 100);
    EXPECT_FALSE(copy.estimator.remaining());
}

TEST(Estimator, is_right_for_a_steady_copy) {
    Copy copy(10'000);
    copy.run(seconds{30}, 100);
    ASSERT_TRUE(copy.estimator.remaining());
    EXPECT_NEAR(static_cast<double>(copy.estimator.remaining()->count()), 70, 2);
    EXPECT_NEAR(copy.estimator.octet_rate().value_or(0), 5e6, 1e5);
    EXPECT_NEAR(copy.estimator.message_rate().value_or(0), 100, 1);
}

TEST(Estimator, is_silent_while_the_rate_collapses_and_speaks_again_once_it_settles) {
    Copy copy(100'000);
    copy.run(seconds{60}, 200);
    ASSERT_TRUE(copy.estimator.remaining());
    copy.run(seconds{12}, 4);
    EXPECT_FALSE(copy.estimator.remaining());
    copy.run(seconds{240}, 4);
    EXPECT_TRUE(copy.estimator.remaining());
}

TEST(Estimator, counts_small_messages_as_work) {
    // 1,000 messages of 100 octets against one of 16 MB: by octets alone the small ones would be nothing.
    sync::Progress progress;
    progress.phase = sync::Progress::Phase::copying;
    progress.messages_to_copy = 1001;
    progress.messages_copied = 1000;
    progress.octets_to_copy = Octets{16'100'000};
    progress.octets_copied = Octets{100'000};
    EXPECT_GT(Estimator::fraction(progress), 0.4);
}

TEST(Estimator, is_done_only_in_the_phase_done) {
    sync::Progress progress;
    EXPECT_EQ(Estimator::fraction(progress), 0);
    progress.phase = sync::Progress::Phase::done;
    EXPECT_EQ(Estimator::fraction(progress), 1);
}

struct Row {
    std::int64_t seconds;
    const char* text;
};
class Remaining : public testing::TestWithParam<Row> {};
TEST_P(Remaining, is_spelt_no_finer_than_it_is_known) {
    EXPECT_EQ(spell_remaining(seconds{GetParam().seconds}), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(table, Remaining,
                         testing::Values(Row{3, "a few seconds"}, Row{38, "~40 s"}, Row{58, "~1 min"}, Row{250, "~4 min"},
                                         Row{1500, "~25 min"}, Row{3500, "~1 h"}, Row{12'700, "~3 h 30 min"},
                                         Row{50'000, "~14 h"}, Row{260'000, "~3 days"}));

TEST(Elapsed, is_exact_where_it_is_short) {
    EXPECT_EQ(spell_elapsed(milliseconds{1234}), "1.2 s");
    EXPECT_EQ(spell_elapsed(seconds{48}), "48 s");
    EXPECT_EQ(spell_elapsed(seconds{185}), "3 min 05 s");
    EXPECT_EQ(spell_elapsed(seconds{7620}), "2 h 07 min");
    EXPECT_EQ(spell_elapsed(std::chrono::hours{76}), "3 d 4 h");
}

}  // namespace
}  // namespace mailhaul::cli
