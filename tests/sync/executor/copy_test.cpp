// SPDX-License-Identifier: Apache-2.0
// A whole run between two servers that behave: everything arrives as it was, once, on every kind of server.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Copy, everything_arrives_as_it_was) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(truth_of(servers.to()), truth_of(servers.from()));
    EXPECT_EQ(report.totals().copied, messages_in(truth_of(servers.from())));
    EXPECT_TRUE(report.totals().verified);
}

TEST(Copy, the_order_of_a_mailbox_is_kept) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 1200);
    expect_complete(servers.sync());
    EXPECT_GT(servers.destination.counters().count("APPEND"), 1U) << "several batches";
    for (std::size_t i = 0; i < 1200; ++i)
        ASSERT_EQ(*TwoServers::message(servers.to(), "INBOX", i).octets,
                  *TwoServers::message(servers.from(), "INBOX", i).octets);
}

TEST(Copy, a_second_run_copies_nothing_and_fetches_no_body) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.sync();
    servers.source.reset_counters();
    servers.destination.reset_counters();
    const Octets size = servers.from().used();
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_EQ(report.totals().already, messages_in(truth_of(servers.from())));
    EXPECT_EQ(servers.destination.counters().count("APPEND"), 0U);
    EXPECT_EQ(servers.destination.counters().count("CREATE"), 0U);
    EXPECT_EQ(servers.destination.counters().count("UID STORE"), 0U);
    EXPECT_LT(servers.source.counters().sent, size);
}

TEST(Copy, without_its_ledger_a_run_adopts_everything_and_copies_nothing) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.sync();
    std::filesystem::remove(servers.ledger_path());
    servers.destination.reset_counters();
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_EQ(report.totals().adopted, messages_in(truth_of(servers.from())));
    EXPECT_EQ(servers.destination.counters().count("APPEND"), 0U);
    EXPECT_TRUE(servers.equal());
    EXPECT_EQ(servers.sync().totals().already, messages_in(truth_of(servers.from()))) << "what was adopted is remembered";
}

TEST(Copy, a_destination_rebuilt_with_other_uids_is_adopted_again) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.sync();
    servers.to().rebuild("INBOX");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_TRUE(servers.equal());
}

TEST(Copy, a_dry_run_changes_nothing_anywhere) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    const AccountTruth before = truth_of(servers.to());
    servers.request.dry_run = true;
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(report.totals().copied, messages_in(truth_of(servers.from()))) << "says what it would do";
    EXPECT_EQ(truth_of(servers.to()), before);
    EXPECT_TRUE(servers.to().subscriptions().empty());
    EXPECT_FALSE(std::filesystem::exists(servers.ledger_path()));
    for (const char* verb : {"APPEND", "CREATE", "SUBSCRIBE", "UID STORE", "EXPUNGE", "UID EXPUNGE", "SELECT"})
        EXPECT_EQ(servers.destination.counters().count(verb), 0U) << verb;
}

TEST(Copy, a_dry_run_after_a_run_finds_nothing_to_do) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.sync();
    const std::string ledger = testkit::content_of(servers.ledger_path());
    put(servers.from(), "INBOX", dated(mail(99)));
    servers.request.dry_run = true;
    EXPECT_EQ(servers.sync().totals().copied, 1U);
    EXPECT_EQ(testkit::content_of(servers.ledger_path()), ledger);
}

TEST(Copy, what_is_new_on_the_source_follows_alone) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.sync();
    put(servers.from(), "INBOX", dated(mail(99)));
    put(servers.from(), "INBOX", dated(mail(1), {"\\Seen"}));  // a third equal one
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 2U);
    EXPECT_TRUE(servers.equal());
}

TEST(Copy, a_copy_removed_on_the_destination_stays_away) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 5);
    servers.sync();
    expunge(servers.to(), "INBOX", 2);
    for (int run = 1; run <= 2; ++run) {
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_EQ(report.totals().withheld, 1U) << "run " << run;
        EXPECT_EQ(report.totals().copied, 0U);
        EXPECT_EQ(servers.to().messages(), 4U);
    }
    servers.request.rules.restore_removed = true;
    EXPECT_EQ(servers.sync().totals().copied, 1U);
    EXPECT_TRUE(servers.equal());
}

TEST(Copy, several_lanes_copy_many_mailboxes) {
    TwoServers servers;
    servers.request.connections = 4;
    for (int i = 0; i < 15; ++i) put_many(servers.from(), make_mailbox(servers.from(), {"box " + std::to_string(i)}), i);
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal());
    EXPECT_EQ(report.destination.connections, 4U);
    EXPECT_EQ(servers.watcher->last.messages_done, 105U);
    EXPECT_EQ(servers.watcher->last.mailboxes_done, 16U);
}

// --- kinds of servers ---

struct Kind {
    const char* name;
    const char* capabilities;
    char separator;
    const char* prefix;
};
std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

demo::ServerOptions options_of(const Kind& kind) {
    demo::ServerOptions options;
    options.capabilities = demo::capabilities_of(kind.capabilities);
    options.store.separator = kind.separator;
    options.store.prefix = kind.prefix;
    options.store.first_uid_validity = imap::UidValidity(4711);
    return options;
}

constexpr Kind kinds[] = {
    {"everything",
     "IMAP4rev1 LITERAL+ MULTIAPPEND BINARY UIDPLUS CONDSTORE ENABLE ESEARCH LIST-EXTENDED LIST-STATUS NAMESPACE ID", '/', ""},
    {"poor", "IMAP4rev1", '/', ""},
    {"poor_with_prefix", "IMAP4rev1 NAMESPACE", '.', "INBOX."},
    {"uidplus", "IMAP4rev1 UIDPLUS NAMESPACE", '.', "INBOX."},
    {"multiappend", "IMAP4rev1 MULTIAPPEND", '/', ""},
    {"multiappend_literal_plus", "IMAP4rev1 MULTIAPPEND LITERAL+ NAMESPACE", '.', "INBOX."},
    {"multiappend_uidplus", "IMAP4rev1 MULTIAPPEND UIDPLUS", '.', ""},
    {"literal_plus", "IMAP4rev1 LITERAL+ NAMESPACE", '.', "INBOX."},
    {"literal_minus", "IMAP4rev1 LITERAL- UIDPLUS", '/', ""},
    {"literal_minus_batches", "IMAP4rev1 LITERAL- MULTIAPPEND UIDPLUS", '/', ""},
    {"list_status", "IMAP4rev1 LIST-EXTENDED LIST-STATUS NAMESPACE", '/', "INBOX/"},
};

struct KindOfDestination : testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, KindOfDestination, testing::ValuesIn(kinds),
                         [](const testing::TestParamInfo<Kind>& info) { return std::string(info.param.name); });

TEST_P(KindOfDestination, the_same_mail_arrives_and_a_second_run_copies_nothing) {
    for (const bool old_source : {false, true}) {
        TwoServers servers(old_source ? demo::ServerOptions::old_style() : demo::ServerOptions::new_style(),
                           options_of(GetParam()));
        fill_with_oddities(servers.from());
        expect_complete(servers.sync());
        EXPECT_EQ(truth_of(servers.to()), truth_of(servers.from()));
        const Report second = servers.sync();
        expect_complete(second);
        EXPECT_EQ(second.totals().copied, 0U);
        std::filesystem::remove(servers.ledger_path());
        const Report without_ledger = servers.sync();
        expect_complete(without_ledger);
        EXPECT_EQ(without_ledger.totals().copied, 0U);
        EXPECT_TRUE(servers.equal());
    }
}

TEST_P(KindOfDestination, a_poor_source_serves_as_well) {
    TwoServers servers(options_of(GetParam()), demo::ServerOptions::new_style());
    fill_with_oddities(servers.from());
    expect_complete(servers.sync());
    EXPECT_EQ(truth_of(servers.to()), truth_of(servers.from()));
}

// --- flags, dates, names ---

TEST(Flags, what_changed_on_the_source_follows_and_what_changed_on_the_destination_stays) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 4);
    servers.sync();
    servers.from().find("INBOX")->set_flags(imap::Uid(1), {"\\Seen"});
    servers.to().find("INBOX")->set_flags(imap::Uid(2), {"\\Flagged"});
    servers.from().find("INBOX")->set_flags(imap::Uid(3), {"\\Seen"});
    servers.to().find("INBOX")->set_flags(imap::Uid(3), {"$Mine"});
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().flags_changed, 2U);
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).flags, (imap::FlagSet{"\\Seen"}));
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 1).flags, (imap::FlagSet{"\\Flagged"}));
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 2).flags, (imap::FlagSet{"\\Seen", "$Mine"}));

    servers.from().find("INBOX")->set_flags(imap::Uid(1), {});
    EXPECT_EQ(servers.sync().totals().flags_changed, 1U);
    EXPECT_TRUE(TwoServers::message(servers.to(), "INBOX", 0).flags.empty()) << "taken away on the source, where it came from";
    EXPECT_EQ(servers.sync().totals().flags_changed, 0U);
}

TEST(Flags, a_change_the_destination_refused_is_tried_again_by_the_next_run) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 2);
    servers.sync();
    servers.from().find("INBOX")->set_flags(imap::Uid(1), {"\\Seen"});
    servers.destination.faults().on("UID STORE").no("not now");
    const Report refused = servers.sync();
    EXPECT_EQ(refused.totals().flags_changed, 0U);
    EXPECT_THAT(refused.warnings, Contains(HasSubstr("could not be changed")));
    servers.sync();
    EXPECT_TRUE(servers.equal());
}

TEST(Flags, keywords_the_destination_cannot_keep_are_told) {
    demo::ServerOptions options;
    options.keywords = demo::Keywords::dropped;
    TwoServers servers(demo::ServerOptions::new_style(), options);
    put(servers.from(), "INBOX", dated(mail(1), {"\\Seen", "$Junk"}));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).flags, (imap::FlagSet{"\\Seen"}));
    EXPECT_THAT(report.warnings, Contains(HasSubstr("$Junk")));
    servers.destination.reset_counters();
    expect_complete(servers.sync());
    EXPECT_EQ(servers.destination.counters().count("UID STORE"), 0U) << "not tried again and again";
}

TEST(Names, a_mailbox_name_the_destination_refuses_is_made_under_a_plainer_one_and_told) {
    demo::ServerOptions options;
    options.store.names.refused_characters = "*&!";
    TwoServers servers(demo::ServerOptions::new_style(), options);
    const std::string odd = make_mailbox(servers.from(), {"hot! deals"});
    put(servers.from(), odd, dated(mail(1)));
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(servers.to().messages(), 1U);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("hot! deals")));
    const Report second = servers.sync();
    EXPECT_EQ(second.ending, Ending::complete) << in_words(second);
    EXPECT_EQ(second.totals().copied, 0U);
    EXPECT_EQ(servers.to().messages(), 1U);
}

TEST(Names, a_mailbox_that_cannot_be_made_at_all_is_an_error_of_its_own) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 3);
    put(servers.from(), make_mailbox(servers.from(), {"Work"}), dated(mail(9)));
    servers.destination.faults().on("CREATE").always().no("no");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::failed) << in_words(report);
    EXPECT_EQ(servers.to().messages(), 3U) << "the others are copied all the same";
    ASSERT_TRUE(report.error) << "an exit status is made from it";
    EXPECT_EQ(report.error->code, Errc::mailbox_refused);
}

TEST(Names, subscriptions_follow) {
    TwoServers servers(demo::ServerOptions::old_style(), demo::ServerOptions::new_style());
    const std::string one = make_mailbox(servers.from(), {"One"});
    make_mailbox(servers.from(), {"Two"});
    servers.from().subscribe(one);
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().subscriptions(), (std::set<std::string>{"One"}));
    servers.destination.reset_counters();
    servers.sync();
    EXPECT_EQ(servers.destination.counters().count("SUBSCRIBE"), 0U);
}

/// The numbers of the messages of a mailbox, as they stand on the destination.
std::vector<int> numbers_in(demo::MailStore& store, const std::string& mailbox) {
    std::vector<int> numbers;
    for (const demo::StoredMessage& one : store.find(mailbox)->messages())
        numbers.push_back(std::stoi(one.octets->substr(std::string("Message-ID: <").size())));
    return numbers;
}

TEST(Order, is_kept_unless_told_otherwise) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 1500);
    expect_complete(servers.sync());
    EXPECT_TRUE(std::ranges::is_sorted(numbers_in(servers.to(), "INBOX")));
}

TEST(Order, newest_brings_the_last_messages_and_INBOX_first) {
    TwoServers servers;
    servers.request.order = CopyOrder::newest;
    servers.request.connections = 1;
    put_many(servers.from(), "INBOX", 900);
    const std::string large = make_mailbox(servers.from(), {"Archive"});
    put_many(servers.from(), large, 1000);
    expect_complete(servers.sync());
    EXPECT_EQ(servers.watcher->started.front(), "INBOX");
    const std::vector<int> numbers = numbers_in(servers.to(), "INBOX");
    ASSERT_EQ(numbers.size(), 900U);
    EXPECT_GT(*std::ranges::min_element(numbers.begin(), numbers.begin() + 200), 600) << "the last are there first";
    EXPECT_LE(*std::ranges::max_element(numbers.end() - 200, numbers.end()), 300);
    EXPECT_TRUE(servers.equal());
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

TEST(Order, any_copies_everything_once_whatever_is_refused) {
    TwoServers servers;
    servers.request.order = CopyOrder::any;
    for (int i = 1; i <= 1500; ++i) put(servers.from(), "INBOX", dated(mail(i, i % 400 == 7 ? "poison" : "hello")));
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.exceptions.size(), 4U) << in_words(report);
    servers.destination.faults().clear();
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

}  // namespace
}  // namespace mailhaul::sync
