// SPDX-License-Identifier: Apache-2.0
// --repair: what a destination refuses for its octets is mended and sent again, and nothing else is ever altered.
#include <gtest/gtest.h>

#include <string>

#include "message/repair.hpp"
#include "store/ledger.hpp"
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using namespace std::string_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Way {
    const char* name;
    const char* capabilities;
};
std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }

std::string with_id(int number, const std::string& text) {
    const std::string n = std::to_string(number);
    return "Message-ID: <" + n + "@old.example>\r\nSubject: number " + n + "\r\n\r\n" + text;
}

/// A destination that refuses NUL (as this demo server does anyway), bare LF and lines of 5000 octets.
struct Repairing : testing::TestWithParam<Way> {
    Repairing() : servers(demo::ServerOptions::new_style(), options()) { be_strict(); }
    static demo::ServerOptions options() {
        demo::ServerOptions options;
        options.capabilities = demo::capabilities_of(GetParam().capabilities);
        return options;
    }
    void be_strict() {
        servers.destination.faults().on("APPEND").holding("unix\n").always().no("Message contains bare newlines");
        servers.destination.faults().on("APPEND").holding(std::string(5000, 'x')).always().no("Line too long");
    }
    /// UIDs 1 to 6, of which 2, 3 and 5 are refused.
    void fill_source() {
        put(servers.from(), "INBOX", dated(with_id(1, "one\r\n")));
        put(servers.from(), "INBOX", dated(with_id(2, "unix\nunix\n"), {"\\Flagged"}));
        put(servers.from(), "INBOX", dated(with_id(3, "N\0UL\r\n"s)));
        put(servers.from(), "INBOX", dated(with_id(4, "taken as it is\nfor nobody minds\n" + std::string(1500, 'y') + "\n")));
        put(servers.from(), "INBOX", dated(with_id(5, std::string(6000, 'x') + "\r\n")));
        put(servers.from(), "INBOX", dated(with_id(6, "six\r\n")));
    }
    /// As message::repaired() makes it; the rest is the message's own.
    AccountTruth repaired_source() {
        AccountTruth truth = truth_of(servers.from());
        std::multiset<MessageTruth> inbox;
        for (const demo::StoredMessage& one : servers.from().find("INBOX")->messages()) {
            std::string octets = *one.octets;
            if (const auto mending = mendings.find(one.uid.value()); mending != mendings.end())
                octets = message::repaired(octets, mending->second)->octets;
            inbox.emplace(octets, one.flags.to_string(), one.date.epoch_seconds, one.date.zone_minutes);
        }
        truth["INBOX"] = inbox;
        return truth;
    }
    std::vector<store::Entry> ledger_entries() {
        auto ledger = store::open_sqlite_ledger(servers.ledger_path(),
                                                {servers.request.source.label(), servers.request.destination.label()});
        const store::PairKey pair = ledger.value()->pairs().value().at(0);
        return ledger.value()->entries(pair).value();
    }
    TwoServers servers;
    std::map<std::uint32_t, message::Mending> mendings{
        {2, message::Mending::line_ends}, {3, message::Mending::line_ends}, {5, message::Mending::everything}};
};
INSTANTIATE_TEST_SUITE_P(Ways, Repairing,
                         testing::Values(Way{"batches", "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS"},
                                         Way{"batches_without_uids", "IMAP4rev1 LITERAL+ MULTIAPPEND"},
                                         Way{"singly", "IMAP4rev1 LITERAL+ UIDPLUS"}, Way{"poor", "IMAP4rev1"}),
                         [](const testing::TestParamInfo<Way>& info) { return std::string(info.param.name); });

TEST_P(Repairing, without_the_option_names_what_is_refused_and_says_what_would_help) {
    fill_source();
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    ASSERT_EQ(report.exceptions.size(), 3U) << in_words(report);
    EXPECT_THAT(report.exceptions[0].reason,
                AllOf(HasSubstr("bare newlines"), HasSubstr("(it has bare LF: "), HasSubstr("--repair")));
    EXPECT_THAT(report.exceptions[1].reason, HasSubstr("(it has NUL: "));
    EXPECT_THAT(report.exceptions[2].reason, HasSubstr("(it has lines over 998 octets: "));
    EXPECT_THAT(report.repaired, IsEmpty());
    EXPECT_EQ(servers.to().messages(), 3U);
}

TEST_P(Repairing, names_no_repair_where_the_octets_are_not_at_fault) {
    put(servers.from(), "INBOX", dated(mail(1, "poison")));
    servers.destination.faults().on("APPEND").holding("poison").always().no("[CANNOT] virus found");
    for (const bool repair : {false, true}) {
        servers.request.rules.repair = repair;
        const Report report = servers.sync();
        ASSERT_EQ(report.exceptions.size(), 1U);
        EXPECT_THAT(report.exceptions[0].reason, Not(HasSubstr("repair")));
    }
}

TEST_P(Repairing, mends_what_is_refused_as_little_as_it_takes_and_nothing_else) {
    fill_source();
    servers.request.rules.repair = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(truth_of(servers.to()), repaired_source());
    EXPECT_EQ(report.totals().copied, 6U);
    EXPECT_EQ(report.totals().repaired, 3U);
    ASSERT_EQ(report.repaired.size(), 3U);
    EXPECT_EQ(report.repaired[0].uid, imap::Uid(2));
    EXPECT_EQ(report.repaired[0].subject, "number 2");
    EXPECT_EQ(report.repaired[0].message_id, "<2@old.example>");
    EXPECT_EQ(message::spell(report.repaired[0].mended), "bare LF");
    EXPECT_EQ(message::spell(report.repaired[1].mended), "NUL");
    EXPECT_EQ(message::spell(report.repaired[2].mended), "lines over 998 octets");
}

TEST_P(Repairing, breaks_long_lines_only_where_their_ends_alone_do_not_help) {
    put(servers.from(), "INBOX", dated(with_id(1, "unix\n" + std::string(2000, 'y') + "\n")));
    put(servers.from(), "INBOX", dated(with_id(2, "unix\n" + std::string(6000, 'x') + "\n")));
    mendings = {{1, message::Mending::line_ends}, {2, message::Mending::everything}};
    servers.request.rules.repair = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(truth_of(servers.to()), repaired_source());
    ASSERT_EQ(report.repaired.size(), 2U);
    EXPECT_EQ(message::spell(report.repaired[0].mended), "bare LF");
    EXPECT_EQ(message::spell(report.repaired[1].mended), "bare LF, lines over 998 octets");
}

TEST_P(Repairing, names_what_is_refused_even_then) {
    put(servers.from(), "INBOX", dated(mail(1)));
    put(servers.from(), "INBOX", dated(with_id(2, "unix\nvirus\n")));
    servers.destination.faults().on("APPEND").holding("virus").always().no("[CANNOT] virus found");
    servers.request.rules.repair = true;
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    expect_counts_add_up(report);
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_THAT(report.exceptions[0].reason,
                AllOf(HasSubstr("virus found"), HasSubstr("(it has bare LF: refused after that was mended as well)")));
    EXPECT_THAT(report.repaired, IsEmpty());
    EXPECT_EQ(servers.to().messages(), 1U);
}

TEST_P(Repairing, afterwards_finds_nothing_to_do_with_the_ledger_and_without) {
    fill_source();
    put(servers.from(), "INBOX", dated("Subject: no identity\n\nunix\n"));
    put(servers.from(), "INBOX", dated("Subject: nor here\n\nN\0UL\n"s));
    put(servers.from(), "INBOX", dated("Subject: a long line\r\n\r\n" + std::string(6000, 'x') + "\r\n"));
    put(servers.from(), "INBOX", dated("Message-ID: <2@old.example>\r\n\r\nshares its identity\r\nunix\n"));
    servers.request.rules.repair = true;
    expect_complete(servers.sync());
    const AccountTruth copied = truth_of(servers.to());
    const Report second = servers.sync();
    expect_complete(second);
    EXPECT_EQ(second.totals().already, 10U);
    servers.request.ledger_path += "-another";
    const Report third = servers.sync();
    expect_complete(third);
    EXPECT_EQ(third.totals().adopted, 10U);
    EXPECT_EQ(truth_of(servers.to()), copied);
}

TEST_P(Repairing, later_takes_what_an_earlier_run_could_only_name) {
    fill_source();
    EXPECT_EQ(servers.sync().exceptions.size(), 3U);
    servers.request.rules.repair = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().already, 3U);
    EXPECT_EQ(report.totals().repaired, 3U);
    EXPECT_EQ(truth_of(servers.to()), repaired_source());
}

TEST_P(Repairing, is_remembered_with_the_digests_of_both_forms) {
    fill_source();
    servers.request.rules.repair = true;
    expect_complete(servers.sync());
    const std::vector<store::Entry> entries = ledger_entries();
    ASSERT_EQ(entries.size(), 6U);
    for (const store::Entry& entry : entries) {
        const bool was_refused = mendings.contains(entry.source.value());
        EXPECT_EQ(static_cast<bool>(entry.repair), was_refused);
        const auto digest = [](const std::string& octets) {
            message::Sha256Stream stream;
            stream.update(octets);
            return stream.finish();
        };
        const auto octets_in = [](demo::MailStore& store, imap::Uid uid) { return *store.find("INBOX")->find(uid)->octets; };
        EXPECT_EQ(entry.sha256, digest(octets_in(servers.from(), entry.source)));
        if (was_refused) EXPECT_EQ(entry.repair->sha256, digest(octets_in(servers.to(), entry.destination)));
    }
}

TEST_P(Repairing, leaves_the_original_on_the_source_in_this_run_and_the_next) {
    fill_source();
    servers.request.rules.repair = true;
    servers.request.rules.delete_source = true;
    for (int run = 0; run < 2; ++run) {
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_EQ(report.totals().deleted_on_source, run == 0 ? 3U : 0U);
        EXPECT_THAT(report.warnings, Contains(HasSubstr("3 messages of \"INBOX\" stay on the source")));
        std::vector<std::uint32_t> left;
        for (const demo::StoredMessage& one : servers.from().find("INBOX")->messages()) left.push_back(one.uid.value());
        EXPECT_THAT(left, ElementsAre(2, 3, 5));
    }
    EXPECT_EQ(servers.to().messages(), 6U);
}

TEST_P(Repairing, survives_a_lost_answer_without_a_second_copy) {
    fill_source();
    servers.request.rules.repair = true;
    servers.destination.faults().on("APPEND").holding("unix\r\nunix\r\n").after_executing().cut();
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(truth_of(servers.to()), repaired_source());
}

// --- messages too large to hold ---

struct RepairingGiants : Repairing {
    RepairingGiants() {
        servers.request.budget = Octets(1u << 20);  // two lanes: above 170 KiB a message is streamed, above 256 KiB never held
        servers.request.rules.repair = true;
        put(servers.from(), "INBOX", dated(with_id(1, "one\r\n")));
        put(servers.from(), "INBOX", dated(with_id(2, lines(200'000) + "unix\n"), {"\\Seen"}));
        put(servers.from(), "INBOX", dated(with_id(3, lines(400'000) + "unix\n")));
        put(servers.from(), "INBOX", dated(with_id(4, lines(200'000))));
    }
    static std::string lines(std::size_t octets) {
        std::string text;
        while (text.size() < octets) text += std::string(70, 'a') + "\r\n";
        return text;
    }
};
INSTANTIATE_TEST_SUITE_P(Ways, RepairingGiants,
                         testing::Values(Way{"batches", "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS"}, Way{"poor", "IMAP4rev1"}),
                         [](const testing::TestParamInfo<Way>& info) { return std::string(info.param.name); });

TEST_P(RepairingGiants, are_held_and_mended_up_to_a_limit_that_is_named) {
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    expect_counts_add_up(report);
    EXPECT_EQ(report.totals().copied, 3U);
    ASSERT_EQ(report.repaired.size(), 1U) << in_words(report);
    EXPECT_EQ(report.repaired[0].uid, imap::Uid(2));
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_EQ(report.exceptions[0].uid, imap::Uid(3));
    EXPECT_THAT(report.exceptions[0].reason, AllOf(HasSubstr("it has bare LF"), HasSubstr("larger --budget")));
    servers.request.budget = Octets(4u << 20);
    const Report second = servers.sync();
    expect_complete(second);
    mendings = {{2, message::Mending::line_ends}, {3, message::Mending::line_ends}};
    EXPECT_EQ(truth_of(servers.to()), repaired_source());
}

TEST_P(RepairingGiants, are_named_with_what_would_help_where_nobody_asked) {
    servers.request.rules.repair = false;
    const Report report = servers.sync();
    ASSERT_EQ(report.exceptions.size(), 2U) << in_words(report);
    for (const MessageException& one : report.exceptions)
        EXPECT_THAT(one.reason, AllOf(HasSubstr("it has bare LF"), HasSubstr("--repair")));
}

}  // namespace
}  // namespace mailhaul::sync
