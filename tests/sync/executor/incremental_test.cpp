// SPDX-License-Identifier: Apache-2.0
// A pass over what an earlier one left complete: it reads what changed, in proportion to the change, and misses nothing.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

TEST(EarlyLook, sees_what_is_stored_in_the_round_trip_it_is_stored_in) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 30);
    expect_complete(servers.sync());
    const auto commands = [&](const char* verb) { return servers.destination.counters().count(verb); };
    const std::uint64_t fetches = commands("UID FETCH");
    const std::uint64_t selects = commands("SELECT");
    for (int i = 31; i <= 35; ++i) put(servers.from(), "INBOX", dated(mail(i)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal());
    EXPECT_EQ(report.totals().copied, 5U);
    EXPECT_TRUE(report.totals().verified);
    EXPECT_EQ(commands("UID FETCH") - fetches, 1U) << "no second look";
    EXPECT_EQ(commands("SELECT") - selects, 2U) << "the second one behind the APPEND";
}

TEST(EarlyLook, that_is_refused_is_made_good_by_another) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 5);
    servers.destination.faults().on("UID FETCH").holding("INTERNALDATE RFC822.SIZE").no("[SERVERBUG] not now");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal());
    EXPECT_TRUE(report.totals().verified);
}

TEST(EarlyLook, into_a_mailbox_that_was_replaced_ends_this_try_and_the_next_copies_everything_once) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 5);
    servers.destination.faults().on("SELECT").nth(2).rewrite([](std::string answer) {
        const std::size_t at = answer.find("[UIDVALIDITY ");
        if (at != std::string::npos) answer.insert(at + 13, "9");
        return answer;
    });
    const Report report = servers.sync();
    EXPECT_TRUE(servers.equal()) << in_words(report);
    expect_complete(report);
}

TEST(EarlyLook, into_a_mailbox_that_does_not_open_again_ends_this_try_and_the_next_doubles_nothing) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 5);
    servers.destination.faults().on("SELECT").nth(2).no("[SERVERBUG] not now");
    const Report report = servers.sync();
    EXPECT_TRUE(servers.equal()) << in_words(report);
    expect_complete(report);
}

TEST(EarlyLook, behind_a_batch_that_is_refused_shows_too_little_and_is_made_good) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 12);
    put(servers.from(), "INBOX", dated(mail(13, "poison")));
    servers.destination.faults().on("APPEND").holding("poison").always().no("[CANNOT] virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.totals().copied, 12U) << in_words(report);
    EXPECT_EQ(report.totals().failed, 1U);
    EXPECT_EQ(servers.to().find("INBOX")->messages().size(), 12U);
}

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

demo::ServerOptions without_object_ids() {
    demo::ServerOptions options;
    options.capabilities =
        demo::capabilities_of("IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS ENABLE CONDSTORE QRESYNC ESEARCH LIST-STATUS");
    return options;
}

TEST(EmptyMailbox, on_both_sides_is_not_opened_and_what_comes_into_it_later_is_copied) {
    TwoServers servers(without_object_ids());
    put_many(servers.from(), "INBOX", 3);
    EXPECT_TRUE(servers.from().create("Made").ok());
    EXPECT_TRUE(servers.from().create("There").ok());
    EXPECT_TRUE(servers.to().create("There").ok());
    const Report first = servers.sync();
    expect_complete(first);
    EXPECT_TRUE(servers.equal());
    EXPECT_TRUE(first.totals().verified);
    EXPECT_THAT(servers.watcher->started, ElementsAre("INBOX"));
    expect_complete(servers.sync());
    EXPECT_THAT(servers.watcher->started, IsEmpty()) << "both are settled";
    put(servers.from(), "Made", dated(mail(7)));
    put(servers.to(), "There", dated(mail(8)));
    const Report later = servers.sync();
    expect_complete(later);
    EXPECT_EQ(later.totals().copied, 1U);
    EXPECT_THAT(servers.watcher->started, UnorderedElementsAre("Made", "There"));
    EXPECT_EQ(servers.to().find("Made")->messages().size(), 1U);
    EXPECT_EQ(servers.to().find("There")->messages().size(), 1U);
}

TEST(EmptyMailbox, is_opened_where_the_destination_has_mail_or_the_source_has_names_that_last) {
    TwoServers servers(without_object_ids());
    EXPECT_TRUE(servers.from().create("Box").ok());
    EXPECT_TRUE(servers.to().create("Box").ok());
    put(servers.to(), "Box", dated(mail(1)));
    expect_complete(servers.sync());
    EXPECT_THAT(servers.watcher->started, ElementsAre("Box"));
    TwoServers with_names;
    EXPECT_TRUE(with_names.from().create("Box").ok());
    expect_complete(with_names.sync());
    EXPECT_THAT(with_names.watcher->started, UnorderedElementsAre("INBOX", "Box"));
}

TEST(EmptyMailbox, that_cannot_be_made_is_told) {
    TwoServers servers(without_object_ids());
    put_many(servers.from(), "INBOX", 3);
    EXPECT_TRUE(servers.from().create("Made").ok());
    servers.destination.faults().on("CREATE").always().no("[NOPERM] not here");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
    EXPECT_EQ(report.totals().copied, 3U);
    EXPECT_FALSE(report.totals().verified);
    servers.destination.faults().clear();
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

/// Two accounts after a first run; the destination's capabilities vary.
struct Incremental : testing::TestWithParam<const char*> {
    Incremental() : servers(demo::ServerOptions::new_style(), options()) {
        fill_with_oddities(servers.from());
        put_many(servers.from(), "INBOX", 50);
        EXPECT_EQ(servers.sync().ending, Ending::complete);
        EXPECT_TRUE(servers.equal());
    }
    static demo::ServerOptions options() {
        demo::ServerOptions options;
        options.capabilities = demo::capabilities_of(GetParam());
        return options;
    }
    /// What this run adds to the count of `verb` on the source.
    std::uint64_t asked_of_source(const std::string& verb, const std::function<void()>& run) {
        const std::uint64_t before = servers.source.counters().count(verb);
        run();
        return servers.source.counters().count(verb) - before;
    }
    TwoServers servers;
};
INSTANTIATE_TEST_SUITE_P(Destinations, Incremental,
                         testing::Values("IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS",
                                         "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS ENABLE CONDSTORE QRESYNC ESEARCH LIST-STATUS",
                                         "IMAP4rev1 UIDPLUS", "IMAP4rev1"),
                         [](const testing::TestParamInfo<const char*>& info) { return "n" + std::to_string(info.index); });

TEST_P(Incremental, with_nothing_new_no_mailbox_is_opened) {
    const std::uint64_t opened = servers.destination.counters().count("SELECT");
    EXPECT_EQ(asked_of_source("EXAMINE", [&] { expect_complete(servers.sync()); }), 0U);
    EXPECT_EQ(servers.destination.counters().count("SELECT"), opened);
    EXPECT_THAT(servers.watcher->started, IsEmpty());
    EXPECT_EQ(servers.sync().totals().already, messages_in(truth_of(servers.from())));
}

TEST_P(Incremental, only_the_mailbox_with_something_new_is_opened_and_only_that_is_read) {
    put(servers.from(), "INBOX", dated(mail(900)));
    for (std::uint32_t uid = 10; uid <= 12; ++uid) servers.from().find("INBOX")->set_flags(imap::Uid(uid), {"$Later"});
    const Octets before = servers.source.counters().sent;
    Report report;
    EXPECT_EQ(asked_of_source("EXAMINE", [&] { report = servers.sync(); }), 1U);
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 1U);
    EXPECT_EQ(report.totals().flags_changed, 3U);
    EXPECT_TRUE(servers.equal());
    EXPECT_LT(servers.source.counters().sent.value() - before.value(), 4000U) << "four messages changed, not sixty";
    EXPECT_EQ(asked_of_source("EXAMINE", [&] { expect_complete(servers.sync()); }), 0U) << "and then it is settled again";
}

TEST_P(Incremental, flags_taken_away_on_the_source_go_and_those_of_the_destination_stay) {
    servers.to().find("INBOX")->set_flags(imap::Uid(1), {"\\Seen", "\\Flagged"});
    servers.from().find("INBOX")->set_flags(imap::Uid(1), {});
    expect_complete(servers.sync());
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).flags, (imap::FlagSet{"\\Flagged"}));
}

TEST_P(Incremental, a_message_lost_on_the_destination_is_seen_and_told) {
    expunge(servers.to(), "INBOX", 5);
    const Report report = servers.sync();
    EXPECT_EQ(report.totals().withheld, 1U) << in_words(report);
    expect_counts_add_up(report);
}

TEST_P(Incremental, a_message_gone_from_the_source_while_another_came_is_no_reason_to_miss_either) {
    expunge(servers.from(), "INBOX", 5);
    put(servers.from(), "INBOX", dated(mail(901)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 1U);
    EXPECT_EQ(report.totals().source_messages, messages_in(truth_of(servers.from())));
    EXPECT_EQ(messages_in(truth_of(servers.to())), messages_in(truth_of(servers.from())) + 1);
}

TEST_P(Incremental, mail_that_its_user_received_on_the_destination_is_neither_touched_nor_in_the_way) {
    put(servers.to(), "INBOX", dated(mail(950, "theirs")));
    put(servers.from(), "INBOX", dated(mail(902)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 1U);
    EXPECT_EQ(messages_in(truth_of(servers.to())), messages_in(truth_of(servers.from())) + 1);
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

TEST_P(Incremental, what_its_user_copied_to_the_destination_is_adopted) {
    put(servers.to(), "INBOX", dated(mail(903)));
    put(servers.from(), "INBOX", dated(mail(903)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().adopted, 1U);
    EXPECT_TRUE(servers.equal());
}

TEST_P(Incremental, a_mailbox_made_anew_on_the_destination_is_filled_again) {
    servers.to().rebuild("INBOX");
    while (!servers.to().find("INBOX")->messages().empty())
        expunge(servers.to(), "INBOX", TwoServers::message(servers.to(), "INBOX", 0).uid.value());
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

}  // namespace
}  // namespace mailhaul::sync
