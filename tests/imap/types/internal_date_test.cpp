// SPDX-License-Identifier: Apache-2.0
// Dates as servers write them, and that what we write is what we read.
#include "imap/types/internal_date.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace mailhaul::imap {

void PrintTo(const InternalDate& date, std::ostream* out) {
    *out << date.to_string() << " (" << date.epoch_seconds << ", " << date.zone_minutes << ")";
}

namespace {

struct Row {
    const char* text;
    std::int64_t epoch_seconds;
    std::int16_t zone_minutes;
};

TEST(InternalDate, is_read_as_servers_write_it) {
    constexpr Row rows[] = {
        {"01-Feb-2021 10:00:00 +0100", 1612170000, 60},   {" 1-Feb-2021 10:00:00 +0100", 1612170000, 60},
        {"1-Feb-2021 10:00:00 +0100", 1612170000, 60},    {"01-feb-2021 10:00:00 +0100", 1612170000, 60},
        {"01-FEB-2021 10:00:00 +0100", 1612170000, 60},   {"00-Feb-2021 10:00:00 +0100", 1612170000, 60},
        {"01-Feb-21 10:00:00 +0100", 1612170000, 60},     {"01-Feb-2021 9:00:00 +0000", 1612170000, 0},
        {"01-Feb-2021  09:00:00", 1612170000, 0},         {"01-Feb-2021 09:00:00 GMT", 1612170000, 0},
        {"01-Feb-2021 09:00:00 EST", 1612170000, 0},      {"01-Feb-2021 09:00:00 +9999", 1612170000, 0},
        {"01-Feb-2021 09:00:00 +01", 1612170000, 0},      {"01-Feb-2021 08:59:60 +0000", 1612170000, 0},
        {"01-Feb-2021 00:30:00 -0830", 1612170000, -510}, {"01-Feb-2021 09:00:00 -0000", 1612170000, 0},
        {"29-Feb-2000 00:00:00 +0000", 951782400, 0},     {"31-Dec-1969 23:59:59 +0000", -1, 0},
        {" 1-Jan-0001 00:00:00 +0000", -62135596800, 0},  {"31-Dec-9999 23:59:59 +0000", 253402300799, 0},
        {"19-Jan-2038 03:14:08 +0000", 2147483648, 0},    {"01-Jan-70 00:00:00 +0000", 0, 0},
    };
    for (const auto& [text, epoch_seconds, zone_minutes] : rows)
        EXPECT_EQ(parse_internal_date(text), (InternalDate{epoch_seconds, zone_minutes})) << text;
}

TEST(InternalDate, is_refused_where_it_is_no_date) {
    for (const char* text :
         {"", " ", "NIL", "30-Feb-2021 10:00:00 +0000", "29-Feb-1900 10:00:00 +0000", "32-Jan-2021 10:00:00 +0000",
          "01-Foo-2021 10:00:00 +0000", "01-Feb-0000 10:00:00 +0000", "01-Feb-2021", "01-Feb-2021 24:00:00 +0000",
          "01-Feb-2021 10:60:00 +0000", "01-Feb-2021 10:00:61 +0000", "01-Feb-20211 10:00:00 +0000", "Mon, 1 Feb 2021 10:00:00",
          "-1-Feb-2021 10:00:00 +0000", "01-Feb-2 10:00:00 +0000"})
        EXPECT_EQ(parse_internal_date(text), std::nullopt) << text;
}

TEST(InternalDate, is_written_space_padded_in_its_own_zone) {
    EXPECT_EQ((InternalDate{1612170000, 60}).to_string(), " 1-Feb-2021 10:00:00 +0100");
    EXPECT_EQ((InternalDate{1612170000, -510}).to_string(), " 1-Feb-2021 00:30:00 -0830");
    EXPECT_EQ((InternalDate{-1, 0}).to_string(), "31-Dec-1969 23:59:59 +0000");
}

TEST(InternalDate, stays_within_the_years_that_can_be_written) {
    EXPECT_EQ((InternalDate{INT64_MAX, 0}).to_string(), "31-Dec-9999 23:59:59 +0000");
    EXPECT_EQ((InternalDate{INT64_MIN, 0}).to_string(), " 1-Jan-0001 00:00:00 +0000");
    EXPECT_EQ((InternalDate{253402300799, 1439}).to_string(), "31-Dec-9999 23:59:59 +2359");
    EXPECT_EQ((InternalDate{0, INT16_MAX}).to_string(), " 1-Jan-1970 23:59:00 +2359");
}

TEST(InternalDate, is_read_back_as_it_was_written) {
    EXPECT_TRUE(rc::check("parse(to_string(x)) == x", [] {
        InternalDate date;
        date.epoch_seconds = *rc::gen::inRange<std::int64_t>(-62135596800 + 86400, 253402300799 - 86400);
        date.zone_minutes = *rc::gen::inRange<std::int16_t>(-1439, 1440);
        RC_ASSERT(date.to_string().size() == 26u);
        RC_ASSERT(parse_internal_date(date.to_string()) == date);
    }));
}

}  // namespace
}  // namespace mailhaul::imap
