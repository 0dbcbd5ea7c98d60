// SPDX-License-Identifier: Apache-2.0
#include "govern/asked_wait.hpp"

#include <gtest/gtest.h>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;

TEST(AskedWait, is_read_from_what_servers_say) {
    EXPECT_EQ(wait_asked_for("Request is throttled. Suggested Backoff Time: 297521 milliseconds"), 297'521ms);
    EXPECT_EQ(wait_asked_for("[LIMIT] Rate exceeded, try again in 20 s"), 20s);
    EXPECT_EQ(wait_asked_for("Too fast. Try again in 5 minutes."), 5min);
    EXPECT_EQ(wait_asked_for("Fetch completed (throttled 30 secs)"), 30s);
    EXPECT_EQ(wait_asked_for("please wait 2 hours"), 2h);
    EXPECT_EQ(wait_asked_for("Retry-After: 120"), 120s);
    EXPECT_EQ(wait_asked_for("retry after 90sec"), 90s);
}

TEST(AskedWait, is_not_made_up) {
    EXPECT_FALSE(wait_asked_for(""));
    EXPECT_FALSE(wait_asked_for("Request is throttled."));
    EXPECT_FALSE(wait_asked_for("try again later"));
    EXPECT_FALSE(wait_asked_for("Account exceeded command or bandwidth limits"));
    EXPECT_FALSE(wait_asked_for("wait until the 3 administrators agree"));
    EXPECT_FALSE(wait_asked_for("quota is 20 s of something"));
    EXPECT_FALSE(wait_asked_for("wait"));
    EXPECT_FALSE(wait_asked_for("no use to wait: 550 5.7.1 rejected"));
}

TEST(AskedWait, is_at_most_a_day) {
    EXPECT_EQ(wait_asked_for("try again in 99 hours"), 24h);
    EXPECT_EQ(wait_asked_for("try again in 99999999999999999999999 ms"), 24h);
    EXPECT_EQ(wait_asked_for("try again in 0 s"), 0s);
}

}  // namespace
}  // namespace mailhaul::govern
