// SPDX-License-Identifier: Apache-2.0
#include "imap/types/mailbox.hpp"

#include <gtest/gtest.h>

namespace mailhaul::imap {
namespace {

TEST(MailboxName, is_inbox_in_any_case_and_nothing_longer) {
    EXPECT_EQ(MailboxName("iNBoX").raw(), "INBOX");
    EXPECT_TRUE(MailboxName("inbox").is_inbox());
    EXPECT_FALSE(MailboxName("INBOX/Work").is_inbox());
    EXPECT_EQ(MailboxName("inbox/Work").raw(), "inbox/Work");
}

TEST(MailboxName, cannot_hold_what_no_server_can_be_asked_for) {
    EXPECT_EQ(MailboxName(std::string("A\r\nB\0C", 6)).raw(), "ABC");
}

TEST(SpecialUse, is_read_and_written_by_its_attribute) {
    for (const auto use : {SpecialUse::all, SpecialUse::archive, SpecialUse::drafts, SpecialUse::flagged, SpecialUse::important,
                           SpecialUse::junk, SpecialUse::sent, SpecialUse::trash})
        EXPECT_EQ(special_use_from(to_string(use)), use);
    EXPECT_EQ(special_use_from("\\SENT"), SpecialUse::sent);
    EXPECT_EQ(special_use_from("Sent"), std::nullopt);
    EXPECT_EQ(special_use_from("\\HasChildren"), std::nullopt);
}

TEST(SpecialUse, is_read_from_xlist_too) {
    EXPECT_EQ(special_use_from("\\AllMail"), SpecialUse::all);
    EXPECT_EQ(special_use_from("\\Spam"), SpecialUse::junk);
    EXPECT_EQ(special_use_from("\\Starred"), SpecialUse::flagged);
}

}  // namespace
}  // namespace mailhaul::imap
