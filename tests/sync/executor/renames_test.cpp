// SPDX-License-Identifier: Apache-2.0
// Mailboxes the source renamed between two runs: no second copy, and never one in silence.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

demo::ServerOptions without_object_ids() {
    demo::ServerOptions options = demo::ServerOptions::new_style();
    options.capabilities =
        demo::capabilities_of("IMAP4rev1 LITERAL+ UIDPLUS CONDSTORE ENABLE LIST-EXTENDED LIST-STATUS NAMESPACE");
    return options;
}

/// "Work" with three messages and "Work/2019" with one, copied by a first run.
struct Renames : testing::TestWithParam<bool> {
    Renames() : servers(GetParam() ? demo::ServerOptions::new_style() : without_object_ids()) {
        put(servers.from(), "INBOX", dated(mail(1)));
        make_mailbox(servers.from(), {"Work"});
        make_mailbox(servers.from(), {"Work", "2019"});
        for (int i = 10; i < 13; ++i) put(servers.from(), "Work", dated(mail(i)));
        put(servers.from(), "Work/2019", dated(mail(20)));
        servers.from().subscribe("Work");
        expect_complete(servers.sync());
    }
    void rename(const char* from, const char* to) { ASSERT_TRUE(servers.from().rename(from, to).ok()); }
    /// Nothing was copied or is to do, and both sides are equal.
    void expect_nothing_left() {
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_EQ(report.totals().copied + report.totals().adopted, 0U);
        EXPECT_THAT(report.renamed, IsEmpty());
        EXPECT_THAT(report.warnings, IsEmpty());
        EXPECT_TRUE(servers.equal());
    }
    TwoServers servers;
};
INSTANTIATE_TEST_SUITE_P(ByIdOrByMessages, Renames, testing::Bool(),
                         [](const auto& with_id) { return with_id.param ? "object_ids" : "messages"; });

TEST_P(Renames, are_followed_on_the_destination) {
    rename("Work", "Job");
    put(servers.from(), "Job", dated(mail(13)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 1U);
    EXPECT_EQ(report.totals().adopted, 0U) << "the ledger knows them still";
    ASSERT_EQ(report.renamed.size(), 2U);
    EXPECT_EQ(report.renamed[0].destination_before.raw(), "Work");
    EXPECT_EQ(report.renamed[0].destination.raw(), "Job");
    EXPECT_EQ(report.renamed[1].destination.raw(), "Job/2019");
    EXPECT_TRUE(servers.equal());
    EXPECT_TRUE(servers.to().subscriptions().contains("Job"));
    EXPECT_FALSE(servers.to().subscriptions().contains("Work"));
    expect_nothing_left();
}

TEST_P(Renames, keep_what_the_user_removed_away) {
    expunge(servers.to(), "Work", 2);
    rename("Work", "Job");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_EQ(report.totals().withheld, 1U);
    EXPECT_EQ(servers.to().find("Job")->messages().size(), 2U);
}

TEST_P(Renames, in_a_dry_run_are_told_and_not_done) {
    rename("Work", "Job");
    servers.request.dry_run = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.renamed.size(), 2U);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_EQ(report.totals().already, 5U);
    EXPECT_NE(servers.to().find("Work"), nullptr);
    EXPECT_EQ(servers.to().find("Job"), nullptr);
    servers.request.dry_run = false;
    expect_complete(servers.sync());
    expect_nothing_left();
}

TEST_P(Renames, are_held_where_the_new_name_is_taken) {
    make_mailbox(servers.to(), {"Job"});
    put(servers.to(), "Job", dated(mail(500, "of the user")));
    rename("Work", "Job");
    for (int run = 1; run <= 2; ++run) {
        const Report report = servers.sync();
        EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
        ASSERT_TRUE(report.error.has_value());
        EXPECT_EQ(report.error->code, Errc::mailbox_renamed);
        EXPECT_THAT(report.error->describe(), AllOf(HasSubstr("\"Work\""), HasSubstr("\"Job\""), HasSubstr("--copy-renamed")));
        EXPECT_EQ(report.totals().copied, 0U);
        EXPECT_EQ(servers.to().messages(), 6U) << "run " << run;
    }
    servers.request.on_rename = OnRename::copy_again;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 3U) << "what was below it could be renamed";
    EXPECT_THAT(report.warnings, Contains(AllOf(HasSubstr("\"Work\""), HasSubstr("\"Job\""), HasSubstr("copied again"))));
    servers.request.on_rename = OnRename::follow;
    const Report after = servers.sync();
    expect_complete(after);
    EXPECT_EQ(after.totals().copied, 0U);
}

TEST_P(Renames, leave_a_folder_of_the_user_below_where_it_is) {
    make_mailbox(servers.to(), {"Work", "own"});
    rename("Work", "Job");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person);
    EXPECT_THAT(in_words(report), HasSubstr("\"Work/own\""));
    EXPECT_NE(servers.to().find("Work/own"), nullptr);
    EXPECT_NE(servers.to().find("Job/2019"), nullptr) << "the child is renamed alone";
    EXPECT_EQ(servers.to().messages(), 5U);
}

TEST_P(Renames, refused_by_the_destination_copy_nothing_again) {
    rename("Work", "Job");
    servers.destination.faults().on("RENAME").always().no("[CANNOT] not here");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
    EXPECT_EQ(servers.to().messages(), 5U);
}

TEST_P(Renames, of_the_destination_alone_are_recognised_by_their_messages) {
    rename("Work", "Job");
    ASSERT_TRUE(servers.to().rename("Work", "Job").ok());
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_EQ(report.totals().adopted, 4U);
    EXPECT_TRUE(servers.equal());
}

TEST_P(Renames, of_a_mailbox_with_new_uids_are_followed_too) {
    rename("Work", "Job");
    servers.from().rebuild("Job");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_EQ(report.totals().adopted, 3U);
    EXPECT_TRUE(servers.equal());
    expect_nothing_left();
}

// Cyrus gives mailboxes made within one second one UIDVALIDITY, so a rename over a deleted one can bring it back.
TEST(AnotherMailbox, under_the_name_and_uidvalidity_of_a_former_one_is_not_taken_for_it) {
    TwoServers servers;
    const std::string name = make_mailbox(servers.from(), {"Work"});
    for (int i = 10; i < 13; ++i) put(servers.from(), name, dated(mail(i)));
    expect_complete(servers.sync());
    const imap::UidValidity before = servers.from().find(name)->uid_validity();
    ASSERT_TRUE(servers.from().remove(name).ok());
    make_mailbox(servers.from(), {"Work"});
    for (int i = 30; i < 34; ++i) put(servers.from(), name, dated(mail(i)));
    servers.from().find(name)->rebuild(before);
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 4U);
    EXPECT_EQ(servers.to().messages(), 7U);
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

struct RenamedInbox : testing::Test {
    void rename_after_copy() {
        put_many(servers.from(), "INBOX", 3);
        expect_complete(servers.sync());
        ASSERT_TRUE(servers.from().rename("INBOX", "Before").ok());
        put(servers.from(), "INBOX", dated(mail(50)));
    }
    TwoServers servers;
};

TEST_F(RenamedInbox, leaves_the_destinations_inbox_alone_and_is_named) {
    rename_after_copy();
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
    EXPECT_THAT(in_words(report), AllOf(HasSubstr("Before"), HasSubstr("INBOX")));
    EXPECT_EQ(servers.to().find("INBOX")->messages().size(), 4U) << "new mail is copied all the same";
    EXPECT_EQ(servers.to().find("Before"), nullptr);
}

TEST(RenamesWithoutProof, of_adopted_messages_are_warned_about) {
    TwoServers servers(without_object_ids());
    for (demo::MailStore* store : {&servers.from(), &servers.to()}) {
        make_mailbox(*store, {"Work"});
        put(*store, "Work", dated(mail(1)));
    }
    expect_complete(servers.sync());
    ASSERT_TRUE(servers.from().rename("Work", "Job").ok());
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_THAT(report.warnings, Contains(AllOf(HasSubstr("\"Job\" may be \"Work\""), HasSubstr("copied again"))));
}

}  // namespace
}  // namespace mailhaul::sync
