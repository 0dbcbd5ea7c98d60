// SPDX-License-Identifier: Apache-2.0
// Folders that are gone from the source, removed from the destination when asked to: only ours, only whole, never in doubt.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// "Work", "Work/2019" and "Home" copied by a first run; "Work" and what is below it then deleted on the source.
struct RemovedFolders : testing::Test {
    RemovedFolders() {
        servers.request.rules.delete_for_good = false;
        put(servers.from(), "INBOX", dated(mail(1)));
        make_mailbox(servers.from(), {"Home"});
        make_mailbox(servers.from(), {"Work"});
        make_mailbox(servers.from(), {"Work", "2019"});
        put(servers.from(), "Work", dated(mail(2)));
        put(servers.from(), "Work/2019", dated(mail(3)));
        servers.from().subscribe("Work");
        make_mailbox(servers.to(), {"Own"});
        put(servers.to(), "Own", dated(mail(90, "of the user")));
        expect_complete(servers.sync());
        servers.request.delete_folders.which = DeleteFolders::ours;
    }
    void delete_work() {
        ASSERT_TRUE(servers.from().remove("Work/2019").ok());
        ASSERT_TRUE(servers.from().remove("Work").ok());
    }
    /// Nothing is removed, and the run names `evidence` and `option`.
    void expect_refused(const std::string& evidence, const std::string& option) {
        const auto before = truth_of(servers.to());
        const Report report = servers.sync();
        EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
        EXPECT_FALSE(report.error.has_value());
        EXPECT_GT(report.mailboxes_refused, 0U);
        EXPECT_THAT(report.removed_mailboxes, IsEmpty());
        EXPECT_THAT(report.warnings, Contains(AllOf(HasSubstr(evidence), HasSubstr(option)))) << in_words(report);
        EXPECT_EQ(truth_of(servers.to()), before);
    }
    void expect_nothing_left() {
        const auto before = truth_of(servers.to());
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_THAT(report.removed_mailboxes, IsEmpty());
        EXPECT_EQ(truth_of(servers.to()), before);
    }
    TwoServers servers;
};

TEST_F(RemovedFolders, stay_unless_asked_for) {
    delete_work();
    servers.request.delete_folders.which = DeleteFolders::no;
    expect_complete(servers.sync());
    EXPECT_NE(servers.to().find("Work"), nullptr);
}

TEST_F(RemovedFolders, are_moved_aside_with_what_is_below_them) {
    delete_work();
    const Report report = servers.sync();
    expect_complete(report);
    ASSERT_EQ(report.removed_mailboxes.size(), 2U) << in_words(report);
    EXPECT_EQ(report.removed_mailboxes[0].mailbox.raw(), "Work");
    EXPECT_EQ(report.removed_mailboxes[0].messages, 1U);
    ASSERT_TRUE(report.removed_mailboxes[1].now.has_value());
    EXPECT_EQ(report.removed_mailboxes[1].now->raw(), "Removed by mailhaul/Work/2019");
    EXPECT_TRUE(report.removed_mail.has_value());
    EXPECT_EQ(servers.to().find("Work"), nullptr);
    ASSERT_NE(servers.to().find("Removed by mailhaul/Work/2019"), nullptr);
    EXPECT_EQ(servers.to().find("Removed by mailhaul/Work")->messages().size(), 1U);
    EXPECT_EQ(servers.to().find("Own")->messages().size(), 1U);
    EXPECT_FALSE(servers.to().subscriptions().contains("Work"));
    expect_nothing_left();
}

TEST_F(RemovedFolders, that_come_and_go_twice_get_another_place) {
    delete_work();
    expect_complete(servers.sync());
    make_mailbox(servers.from(), {"Work"});
    put(servers.from(), "Work", dated(mail(4)));
    expect_complete(servers.sync());
    ASSERT_TRUE(servers.from().remove("Work").ok());
    expect_complete(servers.sync());
    ASSERT_NE(servers.to().find("Removed by mailhaul/Work 2"), nullptr);
    EXPECT_EQ(servers.to().messages(), 5U) << "nothing is lost";
}

TEST_F(RemovedFolders, are_deleted_where_that_is_asked_for) {
    delete_work();
    servers.request.rules.delete_for_good = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.removed_mailboxes.size(), 2U);
    EXPECT_EQ(servers.to().messages(), 2U);
    EXPECT_EQ(servers.to().find("Removed by mailhaul"), nullptr);
    expect_nothing_left();
}

TEST_F(RemovedFolders, in_a_dry_run_are_told_and_stay) {
    delete_work();
    servers.request.dry_run = true;
    const auto before = truth_of(servers.to());
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.removed_mailboxes.size(), 2U);
    EXPECT_EQ(truth_of(servers.to()), before);
}

TEST_F(RemovedFolders, with_mail_of_the_user_stay) {
    delete_work();
    put(servers.to(), "Work/2019", dated(mail(91)));
    expect_refused("1 of its 2 messages came from elsewhere (uid 2)", "--delete-despite-activity");
}

TEST_F(RemovedFolders, above_a_folder_of_the_user_stay) {
    delete_work();
    make_mailbox(servers.to(), {"Work", "own"});
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("\"Work/own\" below it stays")));
    EXPECT_NE(servers.to().find("Work"), nullptr);
    ASSERT_EQ(report.removed_mailboxes.size(), 1U);
    EXPECT_EQ(report.removed_mailboxes[0].mailbox.raw(), "Work/2019");
}

TEST_F(RemovedFolders, never_count_what_another_made) {
    ASSERT_TRUE(servers.to().remove("Home").ok());
    make_mailbox(servers.to(), {"Home"});  // its UIDVALIDITY is another: not the one we made
    ASSERT_TRUE(servers.from().remove("Home").ok());
    expect_nothing_left();
    EXPECT_NE(servers.to().find("Home"), nullptr);
}

TEST_F(RemovedFolders, above_the_ceiling_stay) {
    delete_work();
    servers.request.rules.guard.max_deletions = 1;
    expect_refused("2 messages in 2 folders would go, and a run may delete 1", "--max-deletions 2");
}

TEST_F(RemovedFolders, excluded_by_the_operator_are_not_gone) {
    servers.request.mapping.exclude = {"^Work"};
    expect_nothing_left();
    delete_work();
    expect_nothing_left();
    EXPECT_NE(servers.to().find("Work"), nullptr);
}

TEST_F(RemovedFolders, of_a_source_that_lists_hardly_any_stay) {
    for (int i = 0; i < 24; ++i) make_mailbox(servers.from(), {"f" + std::to_string(i)});
    servers.request.delete_folders.which = DeleteFolders::no;
    expect_complete(servers.sync());
    servers.request.delete_folders.which = DeleteFolders::ours;
    for (int i = 0; i < 24; ++i) ASSERT_TRUE(servers.from().remove("f" + std::to_string(i)).ok());
    expect_refused("of 28 folders copied by earlier runs the source lists only 4", "--allow-shrunken-source");
    servers.request.rules.guard.allow_shrunken_source = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.removed_mailboxes.size(), 24U);
}

TEST_F(RemovedFolders, after_a_failed_listing_stay) {
    delete_work();
    const auto before = truth_of(servers.to());
    servers.source.faults().on("LIST").always().no("[UNAVAILABLE] not now");
    const Report report = servers.sync();
    EXPECT_TRUE(report.error.has_value());
    EXPECT_EQ(truth_of(servers.to()), before);
}

TEST_F(RemovedFolders, wait_for_everything_to_be_copied) {
    delete_work();
    put(servers.from(), "INBOX", dated(mail(5, "poison")));
    servers.destination.faults().on("APPEND").holding("poison").always().no("[CANNOT] virus found");
    const Report report = servers.sync();
    EXPECT_THAT(report.warnings, Contains(HasSubstr("not everything could be copied"))) << in_words(report);
    EXPECT_NE(servers.to().find("Work"), nullptr);
}

TEST_F(RemovedFolders, renamed_on_the_source_are_no_loss) {
    ASSERT_TRUE(servers.from().rename("Work", "Job").ok());
    make_mailbox(servers.to(), {"Job"});  // in the way, so the copies stay in "Work"
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person);
    EXPECT_THAT(report.removed_mailboxes, IsEmpty());
    EXPECT_NE(servers.to().find("Work"), nullptr);
}

/// As imapsync's --delete2folders: whatever the source has no counterpart of.
struct UnmappedFolders : RemovedFolders {
    UnmappedFolders() {
        servers.request.delete_folders.which = DeleteFolders::unmapped;
        servers.request.rules.delete_for_good = true;
        servers.request.rules.guard.on_activity = OnActivity::warn;
        servers.request.rules.guard.max_deletions = GuardRules::unlimited;
    }
};

TEST_F(UnmappedFolders, go_whoever_made_them) {
    delete_work();
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.removed_mailboxes.size(), 3U);
    EXPECT_EQ(servers.to().find("Own"), nullptr);
    EXPECT_TRUE(servers.equal());
}

TEST_F(UnmappedFolders, are_chosen_and_spared_by_patterns) {
    make_mailbox(servers.to(), {"Own", "spared"});
    delete_work();
    servers.request.delete_folders.only = "^(Own|Work/)";
    servers.request.delete_folders.but_not = "spared";
    const Report report = servers.sync();
    ASSERT_EQ(report.removed_mailboxes.size(), 1U) << in_words(report);
    EXPECT_EQ(report.removed_mailboxes[0].mailbox.raw(), "Work/2019");
    EXPECT_NE(servers.to().find("Own"), nullptr) << "a folder below it stays";
}

TEST_F(UnmappedFolders, with_a_role_stay) {
    ASSERT_TRUE(servers.to().create("Bin", {imap::SpecialUse::trash}).ok());
    expect_complete(servers.sync());
    EXPECT_NE(servers.to().find("Bin"), nullptr);
    EXPECT_EQ(servers.to().find("Own"), nullptr);
}

}  // namespace
}  // namespace mailhaul::sync
