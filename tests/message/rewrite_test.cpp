// SPDX-License-Identifier: Apache-2.0
#include "message/rewrite.hpp"

#include <gtest/gtest.h>

namespace mailhaul::message {
namespace {

TEST(Rewrite, ReadReceiptsAreDisarmedOnceAndInTheHeaderOnly) {
    std::string message =
        "A: b\r\ndisposition-notification-to: x\r\nDisposition-Notification-To: y\r\n\r\nDisposition-Notification-To: z\r\n";
    EXPECT_TRUE(disarm_read_receipts(message));
    EXPECT_EQ(
        message,
        "A: b\r\nX-disposition-notification-to: x\r\nDisposition-Notification-To: y\r\n\r\nDisposition-Notification-To: z\r\n");
    std::string none = "A: b\r\n\r\nDisposition-Notification-To: z\r\n";
    EXPECT_FALSE(disarm_read_receipts(none));
}

TEST(Rewrite, TheLongestLineCountsItsEnd) {
    EXPECT_EQ(longest_line_of(""), 0U);
    EXPECT_EQ(longest_line_of("abc"), 3U);
    EXPECT_EQ(longest_line_of("a\r\nabcd\r\nab"), 6U);
    EXPECT_EQ(longest_line_of("\n\n"), 1U);
}

TEST(Rewrite, TheDateLineIsUnfolded) {
    EXPECT_EQ(date_line_of("A: b\r\nDATE: \r\n Thu,\r\n\t1 Jan\r\n\r\n"), "Thu,\t1 Jan");
    EXPECT_FALSE(date_line_of("A: b\r\n\r\nDate: x\r\n"));
    EXPECT_FALSE(date_line_of("Date: \r\n\r\n"));
}

}  // namespace
}  // namespace mailhaul::message
