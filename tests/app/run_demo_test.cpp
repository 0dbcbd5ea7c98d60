// SPDX-License-Identifier: Apache-2.0
#include "app/run_demo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/compare_stores.hpp"

namespace mailhaul::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Demo, moves_the_sample_account_and_proves_it) {
    sync::Observer silent;
    const auto outcome = run_demo(DemoOptions(), silent);
    ASSERT_TRUE(outcome.ok()) << outcome.error().describe();
    EXPECT_EQ(outcome->first.ending, sync::Ending::complete) << (outcome->first.error ? outcome->first.error->describe() : "");
    EXPECT_THAT(outcome->proof.differences, IsEmpty());
    EXPECT_GT(outcome->proof.messages, 500U);
    EXPECT_EQ(outcome->first.totals().copied, outcome->proof.messages);
    EXPECT_TRUE(outcome->holds());
}

TEST(Demo, copies_nothing_in_its_second_pass) {
    sync::Observer silent;
    const auto outcome = run_demo(DemoOptions(), silent);
    ASSERT_TRUE(outcome.ok());
    EXPECT_EQ(outcome->second.totals().copied, 0U);
    EXPECT_EQ(outcome->second_pass_appends, 0U);
    EXPECT_LT(outcome->second_pass_commands, 120U) << "a pass with nothing new asks little";
}

/// A report that says the mailboxes of both sides pair by name.
sync::Report equal_names(const demo::MailStore& store) {
    sync::Report report;
    for (const auto& [name, mailbox] : store.mailboxes()) {
        sync::MailboxReport pair;
        pair.source = imap::MailboxName(name);
        pair.destination = imap::MailboxName(name);
        report.mailboxes.push_back(std::move(pair));
    }
    return report;
}

TEST(DemoProof, sees_every_kind_of_difference) {
    demo::MailStore source;
    ASSERT_TRUE(source.create("Work").ok());
    ASSERT_TRUE(source.append("INBOX", demo::NewMessage("one", {"\\Seen"})).ok());
    ASSERT_TRUE(source.append("INBOX", demo::NewMessage("two")).ok());
    ASSERT_TRUE(source.append("INBOX", demo::NewMessage("two")).ok());
    demo::MailStore destination;
    ASSERT_TRUE(destination.append("INBOX", demo::NewMessage("two")).ok());
    ASSERT_TRUE(destination.append("INBOX", demo::NewMessage("one", {"\\Seen", "\\Flagged"})).ok());

    EXPECT_THAT(compare_stores(source, destination, equal_names(source)).differences,
                ElementsAre(HasSubstr("\"Work\" is not on the destination"), HasSubstr("2 messages are not in \"INBOX\""),
                            HasSubstr("1 messages in \"INBOX\" are not on the source")));

    destination.find("INBOX")->set_flags(imap::Uid(2), {"\\Seen"});
    ASSERT_TRUE(destination.create("Work").ok());
    ASSERT_TRUE(destination.append("INBOX", demo::NewMessage("two")).ok());
    source.subscribe("Work");
    EXPECT_THAT(compare_stores(source, destination, equal_names(source)).differences,
                ElementsAre("\"Work\" is not subscribed"));
    destination.subscribe("Work");
    const DemoProof proof = compare_stores(source, destination, equal_names(source));
    EXPECT_THAT(proof.differences, IsEmpty());
    EXPECT_EQ(proof.messages, 3U);
    EXPECT_EQ(proof.octets, Octets(9));
}

}  // namespace
}  // namespace mailhaul::app
