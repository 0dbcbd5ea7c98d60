// SPDX-License-Identifier: Apache-2.0
// What may be deleted, and above all what may not.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::Contains;
using testing::HasSubstr;

struct Deleting : testing::TestWithParam<const char*> {
    Deleting() : servers(demo::ServerOptions::new_style(), options()) {}
    static demo::ServerOptions options() {
        demo::ServerOptions options;
        options.capabilities = demo::capabilities_of(GetParam());
        return options;
    }
    TwoServers servers;
};
INSTANTIATE_TEST_SUITE_P(Destinations, Deleting,
                         testing::Values("IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS", "IMAP4rev1 LITERAL+ MULTIAPPEND",
                                         "IMAP4rev1 UIDPLUS", "IMAP4rev1"),
                         [](const testing::TestParamInfo<const char*>& info) { return "n" + std::to_string(info.index); });

TEST_P(Deleting, a_source_message_goes_once_its_copy_is_confirmed_and_listed) {
    fill_with_oddities(servers.from());
    const AccountTruth before = truth_of(servers.from());
    servers.request.rules.delete_source = true;
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(truth_of(servers.to()), before);
    EXPECT_EQ(servers.from().messages(), 0U);
    EXPECT_EQ(report.totals().deleted_on_source, messages_in(before));
    const Report second = servers.sync();
    EXPECT_EQ(second.ending, Ending::complete) << in_words(second);
    EXPECT_EQ(truth_of(servers.to()), before) << "what the source lost stays on the destination";
}

TEST_P(Deleting, a_source_message_stays_when_its_copy_was_refused) {
    for (int i = 1; i <= 10; ++i) put(servers.from(), "INBOX", dated(mail(i, i == 4 ? "poison" : "hello")));
    servers.request.rules.delete_source = true;
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    ASSERT_EQ(servers.from().messages(), 1U);
    EXPECT_EQ(TwoServers::message(servers.from(), "INBOX", 0).uid, imap::Uid(4));
    EXPECT_EQ(servers.to().messages(), 9U);
}

TEST_P(Deleting, a_source_message_stays_when_its_copy_was_confirmed_and_is_not_there) {
    put_many(servers.from(), "INBOX", 3);
    servers.request.rules.delete_source = true;
    servers.destination.faults().on("APPEND").always().ok("stored");
    const Report report = servers.sync();
    EXPECT_NE(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(servers.from().messages(), 3U);
    servers.destination.faults().clear();
    servers.sync();
    EXPECT_EQ(servers.from().messages(), 0U);
    EXPECT_EQ(servers.to().messages(), 3U);
}

// Somebody else delivers as many messages as a lying server dropped: the counts agree and the messages do not.
TEST_P(Deleting, a_source_message_stays_when_a_stranger_stands_where_its_copy_should) {
    put(servers.from(), "INBOX", dated(mail(1)));
    servers.request.rules.delete_source = true;
    bool delivered = false;
    servers.destination.faults().on("APPEND").after_executing().rewrite([&](std::string answer) {
        if (!std::exchange(delivered, true)) {
            expunge(servers.to(), "INBOX", 1);
            put(servers.to(), "INBOX", dated(mail(500, "a stranger's words")));
        }
        const auto code = answer.find('[');
        return code == std::string::npos ? answer : answer.erase(code, answer.find(']') + 2 - code);
    });
    servers.sync();
    EXPECT_EQ(servers.from().messages(), 1U);
}

TEST_P(Deleting, a_lost_answer_deletes_nothing_before_the_copy_is_found) {
    put_many(servers.from(), "INBOX", 20);
    const AccountTruth before = truth_of(servers.from());
    servers.request.rules.delete_source = true;
    servers.destination.faults().on("APPEND").after_executing().cut();
    servers.destination.faults().on("UID FETCH").nth(2).cut();
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(truth_of(servers.to()), before);
    EXPECT_EQ(servers.from().messages(), 0U);
}

TEST_P(Deleting, only_strangers_go_from_the_destination) {
    put_many(servers.from(), "INBOX", 5);
    put(servers.to(), "INBOX", dated(mail(3), {}, 1'600'000'003));  // there already
    put(servers.to(), "INBOX", dated(mail(100)));
    servers.request.rules.delete_destination = true;
    servers.request.rules.guard.on_activity = OnActivity::warn;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().deleted_on_destination, 1U);
    EXPECT_TRUE(servers.equal());
    servers.request.rules.guard = GuardRules{};
    expunge(servers.from(), "INBOX", 2);
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal()) << "what went from the source is a stranger now";
}

TEST_P(Deleting, what_goes_from_the_destination_can_be_had_back_where_the_server_can_move) {
    put_many(servers.from(), "INBOX", 5);
    expect_complete(servers.sync());
    const std::multiset<MessageTruth> before = truth_of(servers.to()).at("INBOX");
    servers.request.rules.delete_destination = true;
    servers.request.rules.delete_for_good = false;
    for (const std::uint32_t uid : {2U, 4U}) {
        expunge(servers.from(), "INBOX", uid);
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_EQ(report.totals().deleted_on_destination, 1U);
        EXPECT_EQ(report.removed_mail.has_value(), std::string_view(GetParam()).contains("UIDPLUS"));
    }
    AccountTruth after = truth_of(servers.to());
    EXPECT_EQ(after.at("INBOX"), truth_of(servers.from()).at("INBOX"));
    if (!std::string_view(GetParam()).contains("UIDPLUS")) return;
    std::multiset<MessageTruth> both = after.at("INBOX");
    both.merge(after.at("Removed by mailhaul"));
    EXPECT_EQ(both, before);
}

TEST_P(Deleting, without_a_folder_for_it_nothing_goes_from_the_destination) {
    if (!std::string_view(GetParam()).contains("UIDPLUS")) GTEST_SKIP() << "it cannot be moved there anyway";
    put_many(servers.from(), "INBOX", 5);
    expect_complete(servers.sync());
    servers.request.rules.delete_destination = true;
    servers.request.rules.delete_for_good = false;
    servers.destination.faults().on("CREATE").always().no("[NOPERM] no");
    expunge(servers.from(), "INBOX", 2);
    const Report report = servers.sync();
    EXPECT_EQ(servers.to().messages(), 5U);
    EXPECT_EQ(report.totals().deleted_on_destination, 0U);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("--delete-for-good")));
}

TEST_P(Deleting, a_mark_of_ours_on_the_source_is_never_carried_to_the_copy) {
    put_many(servers.from(), "INBOX", 5);
    servers.request.rules.delete_source = true;
    for (const char* verb : {"UID EXPUNGE", "EXPUNGE"}) servers.source.faults().on(verb).always().cut();
    servers.sync();
    ASSERT_EQ(servers.from().messages(), 5U);
    for (const bool deletes : {false, true}) {  // run again by somebody who no longer moves, and by somebody who does
        servers.request.rules.delete_source = deletes;
        servers.sync();
        EXPECT_EQ(servers.to().find("INBOX")->count_with("\\Deleted"), 0U);
    }
    std::filesystem::remove(servers.ledger_path());
    servers.sync();
    EXPECT_EQ(servers.to().find("INBOX")->count_with("\\Deleted"), 0U) << "nor where the ledger is lost";
}

TEST_P(Deleting, without_being_told_so_nothing_goes) {
    put_many(servers.from(), "INBOX", 5);
    put(servers.to(), "INBOX", dated(mail(100)));
    servers.sync();
    expunge(servers.from(), "INBOX", 2);
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().messages(), 6U);
    for (const char* verb : {"UID EXPUNGE", "EXPUNGE"}) EXPECT_EQ(servers.destination.counters().count(verb), 0U);
}

TEST_P(Deleting, where_two_source_mailboxes_share_a_destination_nothing_goes) {
    const std::string work = make_mailbox(servers.from(), {"Work"});
    put(servers.from(), work, dated(mail(100)));
    put_many(servers.from(), "INBOX", 3);
    servers.request.mapping.overrides.emplace_back("Work", "INBOX");
    servers.request.rules.delete_destination = true;
    servers.request.connections = 1;
    for (int run = 1; run <= 2; ++run) {
        const Report report = servers.sync();
        EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
        EXPECT_EQ(servers.to().messages(), 4U) << "run " << run;
        EXPECT_EQ(report.totals().deleted_on_destination, 0U);
    }
}

TEST_P(Deleting, two_source_mailboxes_into_one_double_nothing_over_two_lanes) {
    const std::string work = make_mailbox(servers.from(), {"Work"});
    for (int i = 101; i <= 130; ++i) put(servers.from(), work, dated(mail(i)));
    put_many(servers.from(), "INBOX", 30);
    servers.request.mapping.overrides.emplace_back("Work", "INBOX");
    for (int run = 1; run <= 2; ++run) {
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_EQ(servers.to().messages(), 60U) << "run " << run;
    }
    servers.from().find("INBOX")->set_flags(imap::Uid(7), {"\\Flagged"});
    servers.from().find(work)->set_flags(imap::Uid(9), {"\\Seen"});
    expect_complete(servers.sync());
    std::multiset<MessageTruth> wanted = truth_of(servers.from()).at("INBOX");
    wanted.merge(truth_of(servers.from()).at("Work"));
    EXPECT_EQ(truth_of(servers.to()).at("INBOX"), wanted) << "each copy is known by its own source";
}

TEST_P(Deleting, a_short_listing_deletes_nothing) {
    put_many(servers.from(), "INBOX", 5);
    servers.sync();
    put(servers.from(), "INBOX", dated(mail(100)));  // so that there is something to look at
    servers.request.rules.delete_destination = true;
    servers.source.faults().on("UID FETCH").holding("RFC822.SIZE").always().after_executing().rewrite([](std::string answer) {
        const auto row = answer.find("* 3 FETCH");
        return answer.erase(row, answer.find("\r\n", row) + 2 - row);
    });
    EXPECT_EQ(servers.sync().ending, Ending::failed);
    EXPECT_EQ(servers.to().messages(), 5U);
}

}  // namespace
}  // namespace mailhaul::sync
