// SPDX-License-Identifier: Apache-2.0
// A message leaves the source only where the destination holds the same message, whatever made it look so.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::string with_field(const std::string& field, const std::string& message) { return field + "\r\n" + message; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

std::vector<std::uint32_t> uids_on(demo::MailStore& store) {
    std::vector<std::uint32_t> uids;
    for (const demo::StoredMessage& one : store.find("INBOX")->messages()) uids.push_back(one.uid.value());
    return uids;
}

/// The source holds mail(1) to mail(3); the destination what an earlier tool made of the second.
struct LeavingTheSource : testing::Test {
    LeavingTheSource() {
        put_many(servers.from(), "INBOX", 3);
        servers.request.rules.delete_source = true;
    }
    Report run_with_second_as(std::string text) {
        put(servers.to(), "INBOX", dated(std::move(text)));
        return servers.sync();
    }
    TwoServers servers;
};

TEST_F(LeavingTheSource, the_same_message_goes) {
    expect_complete(run_with_second_as(mail(2)));
    EXPECT_EQ(servers.from().messages(), 0U);
    EXPECT_EQ(servers.to().messages(), 3U);
}

TEST_F(LeavingTheSource, a_message_that_a_server_added_lines_to_goes) {
    expect_complete(run_with_second_as(with_field("X-Spam: no", with_field("Received: by new.example; today", mail(2)))));
    EXPECT_EQ(servers.from().messages(), 0U);
}

TEST_F(LeavingTheSource, a_message_with_other_line_ends_goes) {
    expect_complete(run_with_second_as(replaced(mail(2), "\r\n", "\n")));
    EXPECT_EQ(servers.from().messages(), 0U);
}

TEST_F(LeavingTheSource, another_text_under_its_message_id_keeps_it_and_is_named) {
    const Report report = run_with_second_as(mail(2, "another version"));
    EXPECT_THAT(uids_on(servers.from()), testing::ElementsAre(2U));
    EXPECT_THAT(in_words(report), HasSubstr("1 message of \"INBOX\" stay on the source"));
    EXPECT_THAT(in_words(report), HasSubstr("(UID 2)"));
    EXPECT_EQ(report.totals().deleted_on_source, 2U);
    servers.sync();
    EXPECT_THAT(uids_on(servers.from()), testing::ElementsAre(2U)) << "nor does the next run";
}

TEST_F(LeavingTheSource, another_subject_keeps_it) {
    run_with_second_as(replaced(mail(2), "number 2", "as it was first called"));
    EXPECT_THAT(uids_on(servers.from()), testing::ElementsAre(2U));
}

TEST_F(LeavingTheSource, a_copy_that_lacks_a_line_keeps_it) {
    servers.from().find("INBOX")->expunge([] {
        imap::UidSet uids;
        uids.insert(imap::Uid(2));
        return uids;
    }());
    put(servers.from(), "INBOX", dated(with_field("X-Label: keep", mail(2))));
    run_with_second_as(mail(2));
    EXPECT_THAT(uids_on(servers.from()), testing::ElementsAre(4U));
}

TEST_F(LeavingTheSource, imapsync_deletes_by_message_id_alone) {
    servers.request.rules.delete_unproven = true;
    run_with_second_as(mail(2, "another version"));
    EXPECT_EQ(servers.from().messages(), 0U);
}

TEST_F(LeavingTheSource, copies_of_an_earlier_run_are_not_read_again) {
    servers.request.rules.delete_source = false;
    expect_complete(servers.sync());
    servers.request.rules.delete_source = true;
    servers.destination.reset_counters();
    servers.source.faults().on("UID FETCH").holding("BODY").always().no("nobody needs this");
    servers.destination.faults().on("UID FETCH").holding("BODY").always().no("nor this");
    expect_complete(servers.sync());
    EXPECT_EQ(servers.from().messages(), 0U);
}

TEST_F(LeavingTheSource, a_destination_that_holds_something_else_than_it_was_given_keeps_it) {
    servers.request.rules.delete_source = false;
    expect_complete(servers.sync());
    servers.request.rules.delete_source = true;
    const std::size_t size = mail(2).size();
    servers.destination.faults().on("UID FETCH").always().rewrite([size](const std::string& answer) {
        const std::string listed = "RFC822.SIZE " + std::to_string(size);
        return replaced(replaced(answer, listed, "RFC822.SIZE " + std::to_string(size - 1)), "hello 2", "hullo 2");
    });
    const Report report = servers.sync();
    EXPECT_THAT(uids_on(servers.from()), testing::ElementsAre(2U)) << in_words(report);
    EXPECT_THAT(in_words(report), HasSubstr("(UID 2)"));
}

TEST_F(LeavingTheSource, a_destination_that_says_ok_and_stores_nothing_keeps_it) {
    for (const char* lie : {"APPEND completed", "[APPENDUID 3857529045 777] APPEND completed"}) {
        TwoServers liar;
        put_many(liar.from(), "INBOX", 3);
        liar.request.rules.delete_source = true;
        liar.destination.faults().on("APPEND").always().ok(lie);
        const Report report = liar.sync();
        EXPECT_NE(report.ending, Ending::complete) << in_words(report);
        EXPECT_EQ(liar.from().messages(), 3U) << in_words(report);
        liar.destination.faults().clear();
        expect_complete(liar.sync());
        EXPECT_EQ(liar.to().messages(), 3U);
        EXPECT_EQ(liar.from().messages(), 0U);
    }
}

TEST_F(LeavingTheSource, only_what_is_marked_goes_where_no_more_is_asked_for_and_only_once_it_is_copied) {
    servers.request.rules.delete_only_marked = true;
    put(servers.from(), "INBOX", dated(mail(4), {"\\Deleted"}));
    put(servers.from(), "INBOX", dated(mail(5), {"\\Deleted"}));
    put(servers.to(), "INBOX", dated(mail(4)));
    servers.request.dry_run = true;
    EXPECT_EQ(servers.sync().totals().deleted_on_source, 2U);
    servers.request.dry_run = false;
    expect_complete(servers.sync());
    EXPECT_THAT(uids_on(servers.from()), testing::ElementsAre(1U, 2U, 3U));
    EXPECT_EQ(servers.to().messages(), 5U);
    EXPECT_FALSE(TwoServers::message(servers.to(), "INBOX", 0).flags.contains("\\Deleted"))
        << "the mark of the source is not carried over";
}

}  // namespace
}  // namespace mailhaul::sync
