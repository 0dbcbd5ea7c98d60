// SPDX-License-Identifier: Apache-2.0
#include "message/message_id.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mailhaul::message {
namespace {

TEST(MessageIdDigest, is_that_of_the_value_as_a_person_writes_it) {
    const auto wanted = digest_of_message_id("<a.B@c.example>");
    for (const char* start : {"Message-ID: <a.B@c.example>\r\n\r\ntext", "Subject: x\r\nmessage-id:<a.B@c.example>\r\n\r\n",
                              "Subject: x\nMESSAGE-ID :\n  <a.B@c.example> \nTo: y\n\n", "Message-Id: <a.B@\r\n\tc.example>",
                              "folded: x\r\n Message-ID: <no@no>\r\nMessage-ID: <a.B@c.example>\r\n\r\n"})
        EXPECT_EQ(message_id_digest(start), wanted) << start;
    EXPECT_NE(digest_of_message_id("<A.b@c.example>"), wanted) << "upper and lower case are different names";
}

TEST(MessageIdDigest, of_a_message_without_one_is_empty) {
    for (const char* start : {"", "\r\nMessage-ID: <in@the.text>\r\n", "just words", "Subject: x\r\n\r\nMessage-ID: <a@b>\r\n",
                              "Message-ID: \r\nMessage-ID: <second@x>\r\n\r\n", "Message-IDs: <a@b>\r\n", "Message-ID"})
        EXPECT_EQ(message_id_digest(start), std::nullopt) << start;
}

TEST(MessageIdDigest, looks_only_at_the_beginning) {
    const std::string far = "X: " + std::string(message_id_within, 'x') + "\r\nMessage-ID: <a@b>\r\n\r\n";
    EXPECT_EQ(message_id_digest(far), std::nullopt);
}

}  // namespace
}  // namespace mailhaul::message
