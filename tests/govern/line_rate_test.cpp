// SPDX-License-Identifier: Apache-2.0
#include "govern/line_rate.hpp"

#include <gtest/gtest.h>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t half_a_megabyte = 512 * 1024;

TEST(LineRate, allows_half_a_megabyte_as_long_as_nothing_is_known) { EXPECT_EQ(LineRate().ahead(), half_a_megabyte); }

TEST(LineRate, allows_a_second_of_what_came) {
    LineRate line;
    line.note(2'000'000, 500ms);
    EXPECT_EQ(line.ahead(), 4'000'000U);
}

TEST(LineRate, allows_half_a_megabyte_on_the_slowest_line) {
    LineRate line;
    line.note(100'000, 10s);
    EXPECT_EQ(line.ahead(), half_a_megabyte);
}

TEST(LineRate, follows_the_line) {
    LineRate line;
    line.note(10'000'000, 1s);
    for (int i = 0; i < 10; ++i) line.note(1'000'000, 1s);
    EXPECT_NEAR(static_cast<double>(line.ahead()), 1e6, 2e4);
}

TEST(LineRate, learns_nothing_from_a_few_octets_which_tell_of_the_round_trip) {
    LineRate line;
    line.note(10'000'000, 1s);
    line.note(100, 200ms);
    EXPECT_EQ(line.ahead(), 10'000'000U);
}

TEST(LineRate, takes_answers_that_are_read_together_for_one) {
    LineRate line;
    line.note(1'000'000, 0s);
    EXPECT_EQ(line.ahead(), half_a_megabyte) << "no time says nothing yet";
    line.note(1'000'000, 500ms);
    EXPECT_EQ(line.ahead(), 4'000'000U);
}

}  // namespace
}  // namespace mailhaul::govern
