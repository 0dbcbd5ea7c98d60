// SPDX-License-Identifier: Apache-2.0
#include "app/join_reports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace mailhaul::app {
namespace {

using testing::ElementsAre;

sync::MailboxReport mailbox(const char* name) {
    sync::MailboxReport report;
    report.source = report.destination = imap::MailboxName(name);
    report.source_messages = 10;
    return report;
}

/// Six of ten copied, one refused, then it had to wait.
sync::Report first_part() {
    sync::Report report;
    report.source.server = "Dovecot";
    report.source.received = Octets{600};
    report.mailboxes = {mailbox("INBOX")};
    report.mailboxes[0].created = true;
    report.mailboxes[0].copied = 6;
    report.mailboxes[0].copied_octets = Octets{60};
    report.mailboxes[0].failed = 1;
    report.exceptions.emplace_back().mailbox = imap::MailboxName("INBOX");
    report.warnings = {"once", "only first"};
    report.pause.emplace();
    return report;
}

TEST(JoinReports, counts_what_either_part_copied_as_copied_once) {
    sync::Report later;
    later.source.received = Octets{400};
    later.mailboxes = {mailbox("INBOX"), mailbox("Other")};
    later.mailboxes[0].already = 5;
    later.mailboxes[0].adopted = 1;  // recognised, as the destination told no UID
    later.mailboxes[0].copied = 3;
    later.mailboxes[0].copied_octets = Octets{30};
    later.mailboxes[0].failed = 1;
    later.exceptions.emplace_back().mailbox = imap::MailboxName("INBOX");
    later.mailboxes[0].verified = true;
    later.warnings = {"once"};
    later.ending = sync::Ending::complete_with_exceptions;
    join_reports(first_part(), later);
    const sync::MailboxReport& inbox = later.mailboxes[0];
    EXPECT_EQ(inbox.copied, 9U);
    EXPECT_EQ(inbox.copied_octets, Octets{90});
    EXPECT_EQ(inbox.already + inbox.adopted, 0U);
    EXPECT_EQ(inbox.failed, 1U);
    EXPECT_TRUE(inbox.created);
    EXPECT_TRUE(inbox.verified);
    EXPECT_EQ(later.exceptions.size(), 1U) << "it was named again";
    EXPECT_EQ(later.source.received, Octets{1000});
    EXPECT_THAT(later.warnings, ElementsAre("only first", "once"));
    EXPECT_EQ(later.ending, sync::Ending::complete_with_exceptions);
    EXPECT_FALSE(later.pause);
}

TEST(JoinReports, keeps_what_is_known_of_mailboxes_that_the_later_part_did_not_reach) {
    sync::Report unconnected;
    join_reports(first_part(), unconnected);
    ASSERT_EQ(unconnected.mailboxes.size(), 1U);
    EXPECT_EQ(unconnected.mailboxes[0].copied, 6U);
    EXPECT_EQ(unconnected.exceptions.size(), 1U);
    EXPECT_EQ(unconnected.source.server, "Dovecot");

    sync::Report unreached;
    unreached.mailboxes = {mailbox("INBOX")};
    join_reports(first_part(), unreached);
    ASSERT_EQ(unreached.mailboxes.size(), 1U);
    EXPECT_EQ(unreached.mailboxes[0].copied, 6U);
    EXPECT_EQ(unreached.mailboxes[0].failed, 1U);
    EXPECT_EQ(unreached.exceptions.size(), 1U);
}

}  // namespace
}  // namespace mailhaul::app
