// SPDX-License-Identifier: Apache-2.0
// Second copies on the destination go where that was asked for, never the last one of a message, and never ours.
#include <gtest/gtest.h>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::uint32_t> uids_on(demo::MailStore& store, const char* mailbox = "INBOX") {
    std::vector<std::uint32_t> uids;
    for (const demo::StoredMessage& one : store.find(mailbox)->messages()) uids.push_back(one.uid.value());
    return uids;
}

/// The destination holds mail(1) three times and a user's own twice; the source holds mail(1) and mail(2).
struct Duplicates : testing::Test {
    Duplicates() {
        put_many(servers.from(), "INBOX", 2);
        for (int i = 0; i < 3; ++i) put(servers.to(), "INBOX", dated(mail(1)));
        put(servers.to(), "INBOX", dated(mail(77)));
        put(servers.to(), "INBOX", dated(mail(77)));
        put(servers.to(), "INBOX", dated(mail(88)));
        for (int i = 0; i < 20; ++i) put(servers.to(), "INBOX", dated(mail(100 + i)));
        servers.request.rules.delete_duplicates = true;
    }
    TwoServers servers;
};

TEST_F(Duplicates, go_and_one_of_each_stays) {
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().deleted_on_destination, 3U);
    EXPECT_EQ(servers.to().messages(), 24U);
    const Report again = servers.sync();
    expect_complete(again);
    EXPECT_EQ(again.totals().deleted_on_destination, 0U);
    EXPECT_EQ(again.totals().copied, 0U);
}

TEST_F(Duplicates, are_moved_aside_unless_they_are_to_go_for_good) {
    servers.request.rules.delete_for_good = false;
    const Report report = servers.sync();
    ASSERT_TRUE(report.removed_mail);
    EXPECT_EQ(uids_on(servers.to(), report.removed_mail->raw().c_str()).size(), 3U);
}

TEST_F(Duplicates, in_a_dry_run_are_counted_and_stay) {
    servers.request.dry_run = true;
    EXPECT_EQ(servers.sync().totals().deleted_on_destination, 3U);
    EXPECT_EQ(servers.to().messages(), 26U);
}

TEST_F(Duplicates, stay_where_nobody_asked) {
    servers.request.rules.delete_duplicates = false;
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().messages(), 27U);
}

TEST_F(Duplicates, stay_where_more_would_go_than_a_run_may_delete) {
    servers.request.rules.guard.max_deletions = 2;
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person);
    EXPECT_EQ(report.totals().deletions_refused, 3U);
    EXPECT_THAT(in_words(report), HasSubstr("--max-deletions 3"));
    EXPECT_EQ(servers.to().messages(), 27U) << "and what is missing was copied all the same";
}

TEST(SourceDuplicates, are_as_many_on_the_destination_with_or_without) {
    TwoServers servers;
    for (int i = 0; i < 3; ++i) put(servers.from(), "INBOX", dated(mail(1)));
    servers.request.rules.delete_duplicates = true;
    expect_complete(servers.sync());
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST(NearDuplicates, that_differ_in_one_octet_or_stand_in_another_folder_stay) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 1);
    put(servers.to(), "INBOX", dated(mail(5, "hello")));
    put(servers.to(), "INBOX", dated(mail(5, "hallo")));
    const std::string other = make_mailbox(servers.to(), {"Other"});
    put(servers.to(), other, dated(mail(5, "hello")));
    servers.request.rules.delete_duplicates = true;
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().messages(), 4U);
}

TEST(SourceDuplicates, that_are_left_out_stay_left_out_in_every_later_run) {
    TwoServers servers;
    servers.request.rules.copy_source_duplicates = false;
    for (int i = 0; i < 3; ++i) put(servers.from(), "INBOX", dated(mail(1)));
    for (int run = 1; run <= 3; ++run) {
        const Report report = servers.sync();
        EXPECT_EQ(report.totals().duplicates, 2U) << "run " << run;
        EXPECT_EQ(servers.to().messages(), 1U) << "run " << run;
    }
}

/// An account that was there before, of whose messages nobody has read the Message-ID.
TEST(SourceDuplicates, of_messages_that_were_adopted_stay_left_out_too_and_new_mail_arrives) {
    TwoServers servers;
    servers.request.rules.copy_source_duplicates = false;
    for (int i = 0; i < 2; ++i) put(servers.from(), "INBOX", dated(mail(1)));
    put(servers.to(), "INBOX", dated(mail(1)));
    EXPECT_EQ(servers.sync().totals().adopted, 1U);
    put(servers.from(), "INBOX", dated(mail(2)));
    put(servers.from(), "INBOX", dated(mail(1, "another text")));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().duplicates, 1U);
    EXPECT_EQ(report.totals().copied, 2U);
    EXPECT_EQ(servers.to().messages(), 3U);
}

}  // namespace
}  // namespace mailhaul::sync
