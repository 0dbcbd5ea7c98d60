// SPDX-License-Identifier: Apache-2.0
// Connections that break: whatever was under way, nothing is doubled and nothing is lost.
#include <gtest/gtest.h>

#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

struct Destination {
    const char* name;
    const char* capabilities;
};
std::ostream& operator<<(std::ostream& out, const Destination& one) { return out << one.name; }

constexpr Destination rich{"rich", "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS LIST-EXTENDED LIST-STATUS AUTH=PLAIN"};
constexpr Destination batches_without_uids{"batches_without_uids", "IMAP4rev1 LITERAL+ MULTIAPPEND AUTH=PLAIN"};
constexpr Destination singly{"singly", "IMAP4rev1 LITERAL+ UIDPLUS AUTH=PLAIN"};
constexpr Destination singly_without_uids{"singly_without_uids", "IMAP4rev1 LITERAL+ AUTH=PLAIN"};
constexpr Destination waiting{"waiting", "IMAP4rev1 MULTIAPPEND UIDPLUS"};
constexpr Destination poor{"poor", "IMAP4rev1"};

demo::ServerOptions options_of(const Destination& one) {
    demo::ServerOptions options;
    options.capabilities = demo::capabilities_of(one.capabilities);
    return options;
}

std::string name_of_case(const testing::TestParamInfo<Destination>& info) { return info.param.name; }

struct LostConnection : testing::TestWithParam<Destination> {
    LostConnection() : servers(demo::ServerOptions::new_style(), options_of(GetParam())) {}
    TwoServers servers;
};

INSTANTIATE_TEST_SUITE_P(Destinations, LostConnection,
                         testing::Values(rich, batches_without_uids, singly, singly_without_uids, waiting, poor), name_of_case);

TEST_P(LostConnection, a_lost_answer_to_append_doubles_nothing_and_loses_nothing) {
    fill_with_oddities(servers.from());
    servers.destination.faults().on("APPEND").after_executing().cut();
    const Report report = servers.sync();
    EXPECT_TRUE(servers.equal());
    expect_complete(report);
}

TEST_P(LostConnection, answers_lost_again_and_again_double_nothing) {
    put_many(servers.from(), "INBOX", 40);
    for (const std::uint32_t n : {1U, 2U, 3U}) servers.destination.faults().on("APPEND").nth(n).after_executing().cut();
    const Report report = servers.sync();
    EXPECT_TRUE(servers.equal());
    expect_complete(report);
}

TEST_P(LostConnection, a_cut_between_storing_and_the_look_afterwards_doubles_nothing) {
    fill_with_oddities(servers.from());
    servers.destination.faults().on("UID FETCH").nth(2).cut();
    const Report report = servers.sync();
    EXPECT_TRUE(servers.equal());
    expect_complete(report);
}

TEST_P(LostConnection, a_run_that_ended_in_the_middle_is_finished_by_the_next_one) {
    fill_with_oddities(servers.from());
    servers.destination.faults().on("APPEND").always().after_executing().cut();
    servers.sync();
    servers.destination.faults().clear();
    const Report report = servers.sync();
    EXPECT_TRUE(servers.equal());
    expect_complete(report);
}

TEST_P(LostConnection, a_bye_at_any_command_is_survived) {
    for (const char* verb : {"SELECT", "APPEND", "UID FETCH", "CREATE", "LIST", "SUBSCRIBE"}) {
        TwoServers fresh(demo::ServerOptions::new_style(), options_of(GetParam()));
        fill_with_oddities(fresh.from());
        fresh.destination.faults().on(verb).bye("shutting down");
        fresh.sync();
        fresh.destination.faults().clear();
        expect_complete(fresh.sync());
        EXPECT_TRUE(fresh.equal()) << verb;
    }
}

TEST_P(LostConnection, a_bye_of_the_source_at_any_command_is_survived) {
    for (const char* verb : {"EXAMINE", "UID FETCH", "LIST", "LOGOUT"}) {
        for (const std::uint32_t n : {1U, 2U, 3U}) {
            TwoServers fresh(demo::ServerOptions::new_style(), options_of(GetParam()));
            fill_with_oddities(fresh.from());
            fresh.source.faults().on(verb).nth(n).bye("shutting down");
            fresh.sync();
            fresh.source.faults().clear();
            expect_complete(fresh.sync());
            EXPECT_TRUE(fresh.equal()) << verb << " " << n;
        }
    }
}

/// How many octets a run without faults needs, and then one run per cut.
enum class Where : std::uint8_t { source_sent, source_received, destination_sent, destination_received };

void cut(TwoServers& servers, Where where, Octets after) {
    switch (where) {
        case Where::source_sent: servers.source.faults().cut_after_sent(after); break;
        case Where::source_received: servers.source.faults().cut_after_received(after); break;
        case Where::destination_sent: servers.destination.faults().cut_after_sent(after); break;
        case Where::destination_received: servers.destination.faults().cut_after_received(after); break;
    }
}

Octets octets_at(const TwoServers& servers, Where where) {
    switch (where) {
        case Where::source_sent: return servers.source.counters().sent;
        case Where::source_received: return servers.source.counters().received;
        case Where::destination_sent: return servers.destination.counters().sent;
        case Where::destination_received: return servers.destination.counters().received;
    }
    return {};
}

void expect_every_cut_is_survived(const Destination& kind, Where where, std::uint64_t cuts) {
    const auto prepare = [](TwoServers& servers) {
        servers.request.connections = 1;
        put(servers.from(), "INBOX", dated(mail(1), {"\\Seen"}));
        put(servers.from(), "INBOX", dated(mail(1), {"\\Seen"}));
        put(servers.from(), "INBOX", dated("Subject: none\r\n\r\nno identity\r\n"));
        put(servers.from(), make_mailbox(servers.from(), {"Work", "2019"}), dated(mail(2), {"\\Flagged"}));
    };
    std::uint64_t all = 0;
    {
        TwoServers servers(demo::ServerOptions::new_style(), options_of(kind));
        prepare(servers);
        servers.sync();
        ASSERT_TRUE(servers.equal());
        all = octets_at(servers, where).value();
    }
    const std::uint64_t step = (all / cuts) | 1U;
    for (std::uint64_t after = 1; after < all; after += step) {
        TwoServers servers(demo::ServerOptions::new_style(), options_of(kind));
        prepare(servers);
        cut(servers, where, Octets(after));
        const Report first = servers.sync();
        const AccountTruth wanted = truth_of(servers.from());
        for (const auto& [name, messages] : truth_of(servers.to()))
            EXPECT_TRUE(std::ranges::includes(wanted.at(name), messages))
                << "doubled or torn in " << name << ", cut after " << after;
        if (first.ending == Ending::complete) {
            EXPECT_TRUE(servers.equal()) << "said to be complete, cut after " << after;
        }
        const Report second = servers.sync();
        EXPECT_TRUE(servers.equal()) << "cut after " << after << ": " << in_words(first) << " / " << in_words(second);
        expect_complete(second);
        if (testing::Test::HasFailure()) break;
    }
}

struct EveryCut : testing::TestWithParam<Destination> {};
INSTANTIATE_TEST_SUITE_P(Destinations, EveryCut, testing::Values(rich, singly_without_uids, waiting, poor), name_of_case);

constexpr std::uint64_t cuts = 12;

TEST_P(EveryCut, of_what_the_source_sends_is_survived) { expect_every_cut_is_survived(GetParam(), Where::source_sent, cuts); }
TEST_P(EveryCut, of_what_the_source_receives_is_survived) {
    expect_every_cut_is_survived(GetParam(), Where::source_received, cuts);
}
TEST_P(EveryCut, of_what_the_destination_sends_is_survived) {
    expect_every_cut_is_survived(GetParam(), Where::destination_sent, cuts);
}
TEST_P(EveryCut, of_what_the_destination_receives_is_survived) {
    expect_every_cut_is_survived(GetParam(), Where::destination_received, cuts);
}

TEST(FailingServer, a_silent_destination_is_left_after_the_deadline_and_nothing_is_doubled) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.request.destination.deadlines.slow = servers.request.destination.deadlines.command = std::chrono::milliseconds(150);
    servers.destination.faults().on("APPEND").after_executing().freeze();
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST(FailingServer, a_silent_source_is_left_after_the_deadline) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.request.source.deadlines.slow = servers.request.source.deadlines.command = std::chrono::milliseconds(150);
    servers.source.faults().on("UID FETCH").nth(2).freeze();
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST(FailingServer, a_server_that_is_away_for_a_moment_is_waited_for) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 3);
    servers.destination.faults().on("APPEND").no("[UNAVAILABLE] the back end is away");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_THAT(report.notes, testing::ElementsAre(testing::HasSubstr("the back end is away")));
    EXPECT_TRUE(servers.equal());
}

TEST(FailingServer, a_server_that_asks_for_hours_pauses_the_run) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 3);
    servers.destination.faults().on("APPEND").no("[UNAVAILABLE] the back end is away, try again in 3 hours");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::paused) << in_words(report);
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::throttled);
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST(FailingServer, a_server_that_never_comes_back_pauses_the_run) {
    TwoServers servers;
    servers.request.first_pause = std::chrono::milliseconds(0);
    put_many(servers.from(), "INBOX", 3);
    servers.destination.faults().on("APPEND").always().no("[UNAVAILABLE] the back end is away");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::paused) << in_words(report);
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::server_unavailable);
}

// A refusal that names a time is about the moment, not about the message, whatever its code.
TEST(FailingServer, a_message_refused_for_a_while_is_not_given_up) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 50);
    servers.destination.faults().on("APPEND").no("[CANNOT] too fast, try again in 20 ms");
    servers.source.faults().on("UID FETCH").nth(2).no("[LIMIT] try again in 20 ms");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.notes.size(), 2U);
    EXPECT_TRUE(servers.equal());
}

TEST(FailingServer, a_second_connection_greeted_with_bye_leaves_one_lane_that_does_it_all) {
    demo::ServerOptions options = demo::ServerOptions::new_style();
    options.most_connections = 1;
    TwoServers servers(demo::ServerOptions::new_style(), options);
    fill_with_oddities(servers.from());
    servers.request.connections = 4;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal());
}

TEST(FailingServer, a_second_login_refused_leaves_one_lane_that_does_it_all) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    servers.request.connections = 4;
    servers.source.faults().on("AUTHENTICATE").nth(2).always().no("[LIMIT] too many connections");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal());
}

}  // namespace
}  // namespace mailhaul::sync
