// SPDX-License-Identifier: Apache-2.0
// Messages a server will not take or will not give: each is named, and the rest goes on.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::Contains;
using testing::HasSubstr;

struct Way {
    const char* name;
    const char* capabilities;
};
std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }

struct Refused : testing::TestWithParam<Way> {
    Refused() : servers(demo::ServerOptions::new_style(), options()) {}
    static demo::ServerOptions options() {
        demo::ServerOptions options;
        options.capabilities = demo::capabilities_of(GetParam().capabilities);
        return options;
    }
    /// Source UIDs of what the report names.
    static std::set<std::uint32_t> named(const Report& report) {
        std::set<std::uint32_t> uids;
        for (const MessageException& one : report.exceptions) uids.insert(one.uid.value());
        return uids;
    }
    /// The source's messages of INBOX without those, as the destination should hold them.
    AccountTruth source_without(const std::set<std::uint32_t>& uids) {
        AccountTruth truth = truth_of(servers.from());
        for (const demo::StoredMessage& one : servers.from().find("INBOX")->messages()) {
            if (!uids.contains(one.uid.value())) continue;
            auto& inbox = truth["INBOX"];
            inbox.erase(inbox.find({*one.octets, one.flags.to_string(), one.date.epoch_seconds, one.date.zone_minutes}));
        }
        return truth;
    }
    /// So many messages of 2 KB, `words` in each of `guilty`, and so little memory that a batch holds some 60 of them.
    void put_several_batches(std::uint32_t count, const std::set<std::uint32_t>& guilty, const std::string& words) {
        servers.request.budget = Octets(1u << 20);
        std::string text;
        while (text.size() < 2000) text += "\r\n" + std::string(70, 'x');
        for (std::uint32_t i = 1; i <= count; ++i)
            put(servers.from(), "INBOX", dated(mail(static_cast<int>(i), (guilty.contains(i) ? words : "hello") + text)));
    }
    static bool sends_singly() {
        return std::string_view(GetParam().capabilities).find("MULTIAPPEND") == std::string_view::npos;
    }
    TwoServers servers;
};

INSTANTIATE_TEST_SUITE_P(Ways, Refused,
                         testing::Values(Way{"batches", "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS"},
                                         Way{"batches_without_uids", "IMAP4rev1 LITERAL+ MULTIAPPEND"},
                                         Way{"waiting_batches", "IMAP4rev1 MULTIAPPEND UIDPLUS"},
                                         Way{"singly", "IMAP4rev1 LITERAL+ UIDPLUS"}, Way{"poor", "IMAP4rev1"}),
                         [](const testing::TestParamInfo<Way>& info) { return std::string(info.param.name); });

TEST_P(Refused, one_poisoned_message_of_a_hundred_is_named_and_the_others_arrive) {
    for (int i = 1; i <= 100; ++i) put(servers.from(), "INBOX", dated(mail(i, i == 42 ? "poison" : "hello")));
    servers.destination.faults().on("APPEND").holding("poison").always().no("[CANNOT] virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    expect_counts_add_up(report);
    ASSERT_EQ(report.exceptions.size(), 1U);
    const MessageException& guilty = report.exceptions.front();
    EXPECT_EQ(guilty.uid, imap::Uid(42));
    EXPECT_EQ(guilty.subject, "number 42");
    EXPECT_THAT(guilty.message_id, HasSubstr("42@old.example"));
    EXPECT_THAT(guilty.reason, HasSubstr("virus found"));
    EXPECT_EQ(guilty.code, Errc::message_refused);
    EXPECT_EQ(truth_of(servers.to()), source_without({42}));
}

TEST_P(Refused, two_poisoned_messages_are_both_named) {
    const std::set<std::uint32_t> guilty{1, 77};
    for (int i = 1; i <= 100; ++i)
        put(servers.from(), "INBOX", dated(mail(i, guilty.contains(static_cast<std::uint32_t>(i)) ? "poison" : "hello")));
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    EXPECT_EQ(named(report), guilty);
    EXPECT_EQ(truth_of(servers.to()), source_without(guilty));
}

TEST_P(Refused, where_all_are_poisoned_all_are_named) {
    for (int i = 1; i <= 20; ++i) put(servers.from(), "INBOX", dated(mail(i, "poison")));
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    EXPECT_EQ(report.exceptions.size(), 20U);
    EXPECT_EQ(servers.to().messages(), 0U);
    expect_counts_add_up(report);
}

// A batch that is refused while the next is already stored puts its messages after those: the ledger must know which is
// which, or flags and deletions would strike the wrong one.
TEST_P(Refused, after_a_refused_batch_every_copy_is_still_known_by_its_own_source) {
    put_several_batches(250, {5}, "poison");
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    servers.sync();
    EXPECT_GT(servers.destination.counters().count("APPEND"), 4U) << "several batches";
    servers.destination.faults().clear();
    for (std::uint32_t uid = 1; uid <= 250; uid += 7) servers.from().find("INBOX")->set_flags(imap::Uid(uid), {"\\Flagged"});
    const Report second = servers.sync();
    expect_complete(second);
    EXPECT_EQ(second.totals().copied, 1U);
    EXPECT_EQ(truth_of(servers.to()), truth_of(servers.from()));
}

TEST_P(Refused, the_order_is_kept_where_a_batch_is_refused_while_the_next_is_under_way) {
    const std::set<std::uint32_t> guilty{50, 101, 102, 299};
    put_several_batches(400, guilty, "poison");
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    const Report report = servers.sync();
    EXPECT_EQ(named(report), guilty) << in_words(report);
    EXPECT_EQ(truth_of(servers.to()), source_without(guilty));
    std::vector<std::string> sent;
    for (const demo::StoredMessage& one : servers.from().find("INBOX")->messages())
        if (!guilty.contains(one.uid.value())) sent.push_back(*one.octets);
    std::vector<std::string> stored;
    for (const demo::StoredMessage& one : servers.to().find("INBOX")->messages()) stored.push_back(*one.octets);
    EXPECT_TRUE(sent == stored);
}

// The next batch is on its way already, and must not be stored behind one whose fate nobody knows.
TEST_P(Refused, what_follows_a_batch_that_fills_the_destination_is_not_stored) {
    put_several_batches(400, {250}, "the last straw");
    servers.destination.faults().on("APPEND").holding("the last straw").always().no("[OVERQUOTA] full");
    const Report report = servers.sync();
    ASSERT_TRUE(report.error) << in_words(report);
    EXPECT_EQ(report.error->code, Errc::over_quota);
    int number = 0;
    for (const demo::StoredMessage& one : servers.to().find("INBOX")->messages()) {
        const demo::StoredMessage& wanted = TwoServers::message(servers.from(), "INBOX", static_cast<std::size_t>(number++));
        if (!sends_singly()) EXPECT_EQ(*one.octets, *wanted.octets) << "nothing is missing before it";
    }
    if (!sends_singly()) EXPECT_EQ(number, 249);  // single messages follow each other without waiting
    EXPECT_GT(servers.destination.counters().count("APPEND"), 4U) << "several batches";
    servers.destination.faults().clear();
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST_P(Refused, a_message_above_the_append_limit_is_named_without_being_downloaded) {
    auto& options = servers.destination.options();
    options.capabilities.insert("APPENDLIMIT=5000");
    put(servers.from(), "INBOX", dated(mail(1)));
    put(servers.from(), "INBOX", dated(mail(2, std::string(100'000, 'x'))));
    put(servers.from(), "INBOX", dated(mail(3)));
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    EXPECT_EQ(named(report), (std::set<std::uint32_t>{2}));
    EXPECT_EQ(report.exceptions.front().code, Errc::too_big);
    EXPECT_EQ(truth_of(servers.to()), source_without({2}));
    EXPECT_LT(servers.source.counters().sent.value(), 50'000U);
    expect_counts_add_up(report);
}

TEST_P(Refused, a_full_destination_ends_the_run_and_a_person_must_act) {
    put_many(servers.from(), "INBOX", 30);
    servers.to().set_quota(Octets(mail(10).size() * 10));
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::over_quota);
    EXPECT_TRUE(report.exceptions.empty()) << "no message is at fault";
    const AccountTruth wanted = truth_of(servers.from());
    EXPECT_TRUE(std::ranges::includes(wanted.at("INBOX"), truth_of(servers.to()).at("INBOX")));
    EXPECT_EQ(servers.to().find("INBOX")->messages().size(), 10U) << "what fits is stored";
    servers.to().set_quota(std::nullopt);
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

// --- messages too large to hold ---

struct Giants : Refused {
    Giants() {
        servers.request.budget = Octets(1u << 20);  // two lanes: above 85 KiB a message is streamed
        put(servers.from(), "INBOX", dated(mail(1)));
        put(servers.from(), "INBOX", dated(mail(2, "giant " + std::string(900'000, 'x')), {"\\Seen"}));
        put(servers.from(), "INBOX", dated(mail(3)));
        put(servers.from(), "INBOX", dated(mail(4, "giant " + std::string(300'000, 'y'))));
        put(servers.from(), "INBOX", dated(mail(5)));
    }
};
INSTANTIATE_TEST_SUITE_P(Ways, Giants,
                         testing::Values(Way{"batches", "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS"},
                                         Way{"waiting_batches", "IMAP4rev1 MULTIAPPEND UIDPLUS"},
                                         Way{"small_literals", "IMAP4rev1 LITERAL- MULTIAPPEND"},
                                         Way{"singly", "IMAP4rev1 LITERAL+ UIDPLUS"}, Way{"poor", "IMAP4rev1"}),
                         [](const testing::TestParamInfo<Way>& info) { return std::string(info.param.name); });

TEST_P(Giants, arrive_as_they_were) {
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

TEST_P(Giants, cut_in_the_middle_leave_no_part_and_arrive_once) {
    for (const std::uint64_t octets : {100'000U, 500'000U, 899'000U, 1'000'000U}) {
        TwoServers fresh(demo::ServerOptions::new_style(), options());
        fresh.request.budget = servers.request.budget;
        for (const demo::StoredMessage& one : servers.from().find("INBOX")->messages())
            put(fresh.from(), "INBOX", demo::NewMessage(*one.octets, one.flags, one.date));
        fresh.source.faults().cut_after_sent(Octets(octets));
        const Report report = fresh.sync();
        expect_complete(report);
        EXPECT_TRUE(fresh.equal()) << "cut after " << octets << ": " << in_words(report);
    }
}

TEST_P(Giants, cut_by_the_destination_arrive_once) {
    for (const std::uint64_t octets : {1'000U, 100'000U, 400'000U, 1'000'000U}) {
        TwoServers fresh(demo::ServerOptions::new_style(), options());
        fresh.request.budget = servers.request.budget;
        for (const demo::StoredMessage& one : servers.from().find("INBOX")->messages())
            put(fresh.from(), "INBOX", demo::NewMessage(*one.octets, one.flags, one.date));
        fresh.destination.faults().cut_after_received(Octets(octets));
        const Report report = fresh.sync();
        expect_complete(report);
        EXPECT_TRUE(fresh.equal()) << "cut after " << octets << ": " << in_words(report);
    }
}

TEST_P(Giants, refused_by_the_destination_are_named_and_the_rest_goes_on) {
    servers.destination.faults().on("APPEND").holding("giant").always().no("[TOOBIG] no giants here");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    EXPECT_EQ(named(report), (std::set<std::uint32_t>{2, 4}));
    EXPECT_EQ(truth_of(servers.to()), source_without({2, 4}));
    expect_counts_add_up(report);
}

TEST_P(Giants, refused_at_their_announcement_are_named_and_the_rest_goes_on) {
    servers.destination.options().store.largest_message = Octets(100'000);
    TwoServers fresh(demo::ServerOptions::new_style(), servers.destination.options());
    fresh.request.budget = servers.request.budget;
    for (const demo::StoredMessage& one : servers.from().find("INBOX")->messages())
        put(fresh.from(), "INBOX", demo::NewMessage(*one.octets, one.flags, one.date));
    const Report report = fresh.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    EXPECT_EQ(named(report), (std::set<std::uint32_t>{2, 4}));
    EXPECT_EQ(truth_of(fresh.to()), source_without({2, 4}));
}

TEST(GiantsUnderWay, the_first_giant_refused_before_its_octets_leaves_the_second_whole) {
    demo::ServerOptions options;
    options.capabilities = demo::capabilities_of("IMAP4rev1 UIDPLUS");
    TwoServers servers(demo::ServerOptions::new_style(), options);
    servers.request.budget = Octets(1u << 20);
    for (int i = 1; i <= 3; ++i) put(servers.from(), "INBOX", dated(mail(i, std::string(400'000, 'x'))));
    servers.destination.faults().on("APPEND").before_continuation().no("[TOOBIG] not this one");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    EXPECT_EQ(servers.to().messages(), 2U);
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_EQ(report.exceptions.front().uid, imap::Uid(1));
}

// --- messages the source does not give ---

TEST(UnreadableMessage, without_a_body_is_named_and_the_others_arrive) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 10);
    // The message with UID 4 is damaged: its body is NIL, asked for in company or alone.
    servers.source.faults().on("UID FETCH").holding("BODY.PEEK[])").always().after_executing().rewrite([](std::string answer) {
        const auto row = answer.find("UID 4 ");
        if (row == std::string::npos) return answer;
        const auto open = answer.find('{', row);
        const auto end = answer.find("\r\n", open) + 2;
        const std::size_t octets = std::stoul(answer.substr(open + 1));
        return answer.replace(open, end + octets - open, "NIL");
    });
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_EQ(report.exceptions.front().uid, imap::Uid(4));
    EXPECT_EQ(report.exceptions.front().code, Errc::message_unreadable);
    EXPECT_EQ(servers.to().messages(), 9U);
    expect_counts_add_up(report);
}

TEST(UnreadableMessage, that_vanished_after_it_was_listed_is_named_and_the_others_arrive) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 10);
    servers.source.faults().on("UID FETCH").holding("BODY.PEEK[])").always().after_executing().rewrite([](std::string answer) {
        const auto row = answer.find("* 4 FETCH");
        if (row == std::string::npos) return answer;
        const auto open = answer.find('{', row);
        const auto end = answer.find("\r\n", open) + 2 + std::stoul(answer.substr(open + 1));
        return answer.erase(row, answer.find("\r\n", end) + 2 - row);
    });
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_EQ(report.exceptions.front().uid, imap::Uid(4));
    EXPECT_EQ(servers.to().messages(), 9U);
}

TEST(UnreadableMessage, refused_with_its_whole_range_takes_no_other_with_it) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 10);
    servers.source.faults().on("UID FETCH").holding("BODY.PEEK[])").no("internal error");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal());
}

TEST(EmptyMessage, that_the_destination_refuses_is_named_and_the_others_arrive) {
    TwoServers servers;
    put(servers.from(), "INBOX", dated(mail(1)));
    put(servers.from(), "INBOX", dated(""));
    put(servers.from(), "INBOX", dated(mail(3)));
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_EQ(report.exceptions.front().uid, imap::Uid(2));
    EXPECT_EQ(servers.to().messages(), 2U);
}

TEST(ShortListing, is_an_error_and_not_a_small_mailbox) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 5);
    servers.source.faults().on("UID FETCH").holding("RFC822.SIZE").always().after_executing().rewrite([](std::string answer) {
        const auto row = answer.find("* 3 FETCH");
        return answer.erase(row, answer.find("\r\n", row) + 2 - row);
    });
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::failed) << in_words(report);
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::bad_response);
    EXPECT_THAT(report.error->describe(), HasSubstr("listed 4"));
}

}  // namespace
}  // namespace mailhaul::sync
