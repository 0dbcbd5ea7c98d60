// SPDX-License-Identifier: Apache-2.0
// Guard rails in whole runs: a refusal costs the deletions and nothing else, and no later run forgets why.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// `count` messages on both sides and in the ledger; the next run deletes on the destination.
struct GuardRails : testing::Test {
    void copy(int count) {
        put_many(servers.from(), "INBOX", count);
        expect_complete(servers.sync());
        servers.request.rules.delete_destination = true;
    }
    void lose_on_source(std::uint32_t first, std::uint32_t last) {
        for (std::uint32_t uid = first; uid <= last; ++uid) expunge(servers.from(), "INBOX", uid);
    }
    /// The run ends for a person to decide, has deleted nothing, and names `evidence` and `option`.
    void expect_refused(const Report& report, const std::string& evidence, const std::string& option) {
        EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
        EXPECT_FALSE(report.error.has_value());
        EXPECT_EQ(report.totals().deleted_on_destination, 0U);
        EXPECT_GT(report.totals().deletions_refused, 0U);
        EXPECT_THAT(report.warnings, Contains(AllOf(HasSubstr(evidence), HasSubstr(option)))) << in_words(report);
        expect_counts_add_up(report);
        for (const char* verb : {"UID EXPUNGE", "EXPUNGE"}) EXPECT_EQ(servers.destination.counters().count(verb), 0U);
    }
    /// As `mailhaul imapsync --delete2` sets it.
    void as_imapsync() {
        servers.request.rules.guard.on_activity = OnActivity::warn;
        servers.request.rules.guard.max_deletions = GuardRules::unlimited;
    }
    TwoServers servers;
};

TEST_F(GuardRails, let_pass_what_the_source_lost_in_an_ordinary_day) {
    copy(30);
    lose_on_source(1, 5);
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().deleted_on_destination, 5U);
    EXPECT_THAT(report.warnings, IsEmpty());
    EXPECT_TRUE(servers.equal());
    expect_complete(servers.sync());
}

TEST_F(GuardRails, a_message_deleted_by_us_that_comes_back_is_copied_again) {
    copy(30);
    lose_on_source(1, 1);
    expect_complete(servers.sync());
    put(servers.from(), "INBOX", dated(mail(1), {}, 1'600'000'001));
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST_F(GuardRails, an_empty_source_deletes_nothing_however_often_it_is_run) {
    copy(3);
    lose_on_source(1, 3);
    for (int run = 1; run <= 3; ++run) {
        expect_refused(servers.sync(), "of 3 messages copied by earlier runs the source lists none", "--allow-shrunken-source");
        EXPECT_EQ(servers.to().messages(), 3U) << "run " << run;
    }
    servers.request.rules.guard.allow_shrunken_source = true;
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().messages(), 0U);
}

TEST_F(GuardRails, a_run_that_deletes_nothing_does_not_forget_what_the_source_lost) {
    copy(30);
    lose_on_source(1, 16);
    servers.request.rules.delete_destination = false;
    expect_complete(servers.sync());
    servers.request.rules.delete_destination = true;
    as_imapsync();
    expect_refused(servers.sync(), "of 30 messages copied by earlier runs the source lists only 14", "--allow-shrunken-source");
    EXPECT_EQ(servers.to().messages(), 30U);
}

TEST_F(GuardRails, moving_mail_away_and_mirroring_afterwards_empties_nothing) {
    put_many(servers.from(), "INBOX", 5);
    servers.request.rules.delete_source = true;
    expect_complete(servers.sync());
    ASSERT_EQ(servers.from().messages(), 0U);
    servers.request.rules.delete_source = false;
    servers.request.rules.delete_destination = true;
    as_imapsync();
    expect_refused(servers.sync(), "the source lists none any more", "--allow-shrunken-source");
    EXPECT_EQ(servers.to().messages(), 5U);
}

TEST_F(GuardRails, a_source_mailbox_made_anew_and_empty_deletes_nothing) {
    const std::string work = make_mailbox(servers.from(), {"Work"});
    put_many(servers.from(), work, 3);
    expect_complete(servers.sync());
    const imap::UidValidity before = servers.from().find(work)->uid_validity();
    ASSERT_TRUE(servers.from().remove(work).ok());
    make_mailbox(servers.from(), {"Work"});
    ASSERT_NE(servers.from().find(work)->uid_validity(), before);
    servers.request.rules.delete_destination = true;
    as_imapsync();
    expect_refused(servers.sync(), "of 3 messages copied by earlier runs the source lists none", "--allow-shrunken-source");
    EXPECT_EQ(servers.to().messages(), 3U);
}

TEST_F(GuardRails, a_refusal_does_not_stop_the_copying) {
    copy(30);
    lose_on_source(1, 20);
    put(servers.from(), "INBOX", dated(mail(100)));
    servers.from().find("INBOX")->set_flags(imap::Uid(25), {"\\Flagged"});
    const Report report = servers.sync();
    expect_refused(report, "only 10", "--allow-shrunken-source");
    EXPECT_EQ(report.totals().copied, 1U);
    EXPECT_EQ(report.totals().flags_changed, 1U);
    EXPECT_EQ(servers.to().messages(), 31U);
}

TEST_F(GuardRails, new_mail_of_the_user_holds_deletions_back) {
    copy(30);
    lose_on_source(1, 2);
    put(servers.to(), "INBOX", dated(mail(500, "new mail")));
    expect_refused(servers.sync(), "1 message there came from elsewhere (uid 31)", "--delete-despite-activity");
    EXPECT_EQ(servers.to().messages(), 31U);
    servers.request.rules.guard.on_activity = OnActivity::warn;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().deleted_on_destination, 3U);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("as told, although: 1 message there came from elsewhere")));
    EXPECT_TRUE(servers.equal());
}

TEST_F(GuardRails, a_copy_the_user_removed_holds_deletions_back) {
    copy(30);
    lose_on_source(1, 2);
    expunge(servers.to(), "INBOX", 10);
    expect_refused(servers.sync(), "1 message removed there by others (source: uid 10)", "--delete-despite-activity");
}

TEST_F(GuardRails, a_copy_the_user_read_holds_deletions_back) {
    copy(30);
    lose_on_source(1, 2);
    servers.to().find("INBOX")->set_flags(imap::Uid(9), {"\\Seen"});
    expect_refused(servers.sync(), "1 message with flags changed there by others (uid 9)", "--delete-despite-activity");
}

TEST_F(GuardRails, flags_we_carried_are_not_activity) {
    fill_with_oddities(servers.from());
    put_many(servers.from(), "INBOX", 30);
    expect_complete(servers.sync());
    servers.from().find("INBOX")->set_flags(imap::Uid(12), {"\\Seen", "$Label1"});
    servers.from().find("INBOX")->set_flags(imap::Uid(1), {});
    expunge(servers.from(), "INBOX", 20);
    servers.request.rules.delete_destination = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().deleted_on_destination, 1U);
    EXPECT_TRUE(servers.equal());
    expunge(servers.from(), "INBOX", 21);
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST_F(GuardRails, what_was_there_before_the_first_run_is_not_deleted_by_it) {
    put_many(servers.from(), "INBOX", 5);
    put(servers.to(), "INBOX", dated(mail(500)));
    servers.request.rules.delete_destination = true;
    const Report report = servers.sync();
    expect_refused(report, "1 message there that the source does not hold, perhaps its user's", "--delete-despite-activity");
    EXPECT_EQ(report.totals().copied, 5U);
    EXPECT_EQ(servers.to().messages(), 6U);
}

TEST_F(GuardRails, imapsync_deletes_it_and_says_so) {
    put_many(servers.from(), "INBOX", 5);
    put(servers.to(), "INBOX", dated(mail(500)));
    servers.request.rules.delete_destination = true;
    as_imapsync();
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_THAT(report.warnings,
                Contains(HasSubstr("1 message to delete from \"INBOX\" on the destination as told, although")));
    EXPECT_TRUE(servers.equal());
}

TEST_F(GuardRails, the_ceiling_is_one_for_all_mailboxes_of_a_run) {
    servers.request.connections = 1;
    const std::string work = make_mailbox(servers.from(), {"Work"});
    for (int i = 101; i <= 140; ++i) put(servers.from(), work, dated(mail(i)));
    copy(60);
    lose_on_source(1, 6);
    for (std::uint32_t uid = 1; uid <= 6; ++uid) expunge(servers.from(), work, uid);
    servers.request.rules.guard.max_deletions = 10;
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
    EXPECT_EQ(report.totals().deleted_on_destination, 6U);
    EXPECT_EQ(report.totals().deletions_refused, 6U);
    EXPECT_THAT(report.warnings,
                Contains(HasSubstr("6 messages would go after 6 elsewhere in this run, more than the 10 a run may delete "
                                   "(mailhaul sync --max-deletions 12 deletes all the same)")));
    servers.request.rules.guard.max_deletions = GuardRules::unlimited;
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST_F(GuardRails, a_mailbox_tried_again_is_counted_once) {
    copy(60);
    lose_on_source(1, 6);
    servers.request.rules.guard.max_deletions = 6;
    servers.destination.faults().on("UID EXPUNGE").cut();
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST_F(GuardRails, a_dry_run_names_what_would_be_refused) {
    copy(3);
    lose_on_source(1, 3);
    servers.request.dry_run = true;
    expect_refused(servers.sync(), "the source lists none any more", "--allow-shrunken-source");
    EXPECT_EQ(servers.to().messages(), 3U);
}

TEST_F(GuardRails, a_lost_source_listing_deletes_nothing) {
    copy(30);
    put(servers.from(), "INBOX", dated(mail(900)));  // so that there is something to look at
    servers.source.faults().on("UID FETCH").always().cut();
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::failed) << in_words(report);
    EXPECT_EQ(servers.to().messages(), 30U);
}

TEST_F(GuardRails, a_message_marked_by_others_is_not_expunged_with_ours) {
    demo::ServerOptions options;
    options.capabilities = demo::capabilities_of("IMAP4rev1 LITERAL+ MULTIAPPEND");
    TwoServers plain(demo::ServerOptions::new_style(), options);
    put_many(plain.from(), "INBOX", 30);
    expect_complete(plain.sync());
    expunge(plain.from(), "INBOX", 1);
    plain.to().find("INBOX")->set_flags(imap::Uid(9), {"\\Deleted"});
    plain.request.rules.delete_destination = true;
    plain.request.rules.guard.on_activity = OnActivity::warn;
    const Report report = plain.sync();
    EXPECT_EQ(plain.to().messages(), 30U) << in_words(report);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("stay on the destination: others there are marked")));
}

}  // namespace
}  // namespace mailhaul::sync
