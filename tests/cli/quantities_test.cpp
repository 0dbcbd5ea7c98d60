// SPDX-License-Identifier: Apache-2.0
#include "cli/quantities.hpp"

#include <gtest/gtest.h>

namespace mailhaul::cli {
namespace {

TEST(Sizes, are_decimal_unless_an_i_says_binary) {
    EXPECT_EQ(parse_size("1000"), Octets{1000});
    EXPECT_EQ(parse_size("25MB"), Octets{25'000'000});
    EXPECT_EQ(parse_size("25 m"), Octets{25'000'000});
    EXPECT_EQ(parse_size("1.5g"), Octets{1'500'000'000});
    EXPECT_EQ(parse_size("256MiB"), Octets{256ULL << 20U});
}

TEST(Sizes, refuse_what_is_none) {
    for (const char* text : {"", "MB", "-1", "1x", "1 M B", "1e999", "nan", "99999999TB"})
        EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Rates, are_numbers_above_nought) {
    EXPECT_EQ(parse_rate("4"), 4.0);
    EXPECT_EQ(parse_rate("0.5"), 0.5);
    for (const char* text : {"", "0", "-1", "4/s", "1e9", "nan"}) EXPECT_FALSE(parse_rate(text)) << text;
}

constexpr std::int64_t now = 1'795'456'525;  // 2026-11-23T17:55:25Z

TEST(Past, counts_back_from_now) {
    EXPECT_EQ(parse_past("30d", now), now - 30 * 86'400);
    EXPECT_EQ(parse_past("2y", now), now - 730 * 86'400);
    EXPECT_EQ(parse_past("0.5d", now), now - 43'200);
}

TEST(Past, takes_a_date_at_its_first_second_in_utc) {
    EXPECT_EQ(parse_past("2024-02-29", now), 1'709'164'800);
    EXPECT_FALSE(parse_past("2023-02-29", now));
}

TEST(Past, wants_a_unit) {
    for (const char* text : {"30", "", "d", "30q", "2024-1-1", "yesterday"}) EXPECT_FALSE(parse_past(text, now)) << text;
}

TEST(Durations, are_seconds_unless_told) {
    EXPECT_EQ(parse_duration("30"), std::chrono::seconds{30});
    EXPECT_EQ(parse_duration("2m"), std::chrono::minutes{2});
    EXPECT_EQ(parse_duration("500ms"), std::chrono::milliseconds{500});
    EXPECT_FALSE(parse_duration("0"));
    EXPECT_FALSE(parse_duration("soon"));
}

}  // namespace
}  // namespace mailhaul::cli
