// SPDX-License-Identifier: Apache-2.0
// One mailbox that several connections read from and one writes to.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

std::vector<std::string> in_order(demo::MailStore& store, const std::string& mailbox) {
    std::vector<std::string> texts;
    for (const demo::StoredMessage& one : store.find(mailbox)->messages()) texts.push_back(*one.octets);
    return texts;
}

struct SeveralReaders : testing::Test {
    SeveralReaders() {
        servers.request.connections = 4;
        servers.request.help_above = std::chrono::milliseconds(0);  // helped as long as anything is left
    }

    /// Messages of 4 KB; every `giant_each`-th is too large to be held.
    void fill(int count, int giant_each = 0) {
        servers.request.budget = Octets(6u << 20);
        for (int i = 1; i <= count; ++i) {
            const std::size_t size = giant_each > 0 && i % giant_each == 0 ? 700'000 : 4'000;
            put(servers.from(), "INBOX", dated(mail(i, std::string(size, 'x')), {}, 1'600'000'000 + i));
        }
    }
    void expect_copied_in_order(const Report& report) {
        EXPECT_EQ(in_order(servers.from(), "INBOX"), in_order(servers.to(), "INBOX"));
        EXPECT_TRUE(servers.equal());
        expect_complete(report);
    }

    TwoServers servers;
};

TEST_F(SeveralReaders, one_mailbox_is_read_over_several_connections_and_stored_over_one_in_its_order) {
    fill(2000);
    const Report report = servers.sync();
    expect_copied_in_order(report);
    EXPECT_GE(servers.source.counters().count("EXAMINE"), 2U);
    EXPECT_GE(report.source.connections, 2U);
    EXPECT_EQ(report.destination.connections, 1U);
    EXPECT_EQ(servers.destination.counters().connections, 1U);
}

TEST_F(SeveralReaders, portions_are_helped_one_after_the_other) {
    fill(2100);
    servers.request.portion = 700;
    const Report report = servers.sync();
    expect_copied_in_order(report);
    EXPECT_GE(report.source.connections, 2U);
    EXPECT_LE(servers.source.counters().connections, 4U) << "those who wait for the next portion stay connected";
}

TEST_F(SeveralReaders, giants_stream_between_what_others_read) {
    fill(400, 37);
    const Report report = servers.sync();
    expect_copied_in_order(report);
    EXPECT_GE(report.source.connections, 2U);
}

TEST_F(SeveralReaders, without_a_reason_nobody_helps) {
    fill(500);
    servers.request.help_above = std::chrono::hours(1);
    const Report report = servers.sync();
    expect_copied_in_order(report);
    EXPECT_EQ(servers.source.counters().connections, 1U);
}

TEST_F(SeveralReaders, a_limit_a_day_is_kept_by_one_reader) {
    fill(500);
    servers.request.allowance.source_a_day = Octets(100u << 20);
    const Report report = servers.sync();
    expect_copied_in_order(report);
    EXPECT_EQ(servers.source.counters().connections, 1U);
}

TEST_F(SeveralReaders, a_message_that_is_not_served_is_named_and_the_others_keep_their_order) {
    fill(1000);
    servers.source.faults().on("UID FETCH").holding("BODY.PEEK[]").nth(3).no("[SERVERBUG] cannot read");
    const Report report = servers.sync();
    EXPECT_TRUE(servers.equal()) << "asked for again, one by one";
    expect_complete(report);
}

TEST_F(SeveralReaders, a_source_that_allows_no_more_connections_is_read_by_those_there_are) {
    fill(1000);
    servers.source.options().most_connections = 2;
    const Report report = servers.sync();
    expect_copied_in_order(report);
}

class SeveralReadersCut : public SeveralReaders, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(SeveralReadersCut, a_reader_that_is_lost_costs_nothing_but_its_connection) {
    fill(600, 97);
    servers.source.faults().on("UID FETCH").holding("BODY.PEEK[]").nth(GetParam()).cut_inside_answer(Octets(10'000));
    const Report report = servers.sync();
    expect_copied_in_order(report);
}

TEST_P(SeveralReadersCut, several_lost_one_after_the_other_cost_no_more) {
    fill(600, 97);
    for (std::uint32_t n = 0; n < 3; ++n)
        servers.source.faults().on("UID FETCH").holding("BODY.PEEK[]").nth(GetParam() + 2 * n).cut();
    const Report report = servers.sync();
    expect_copied_in_order(report);
}

INSTANTIATE_TEST_SUITE_P(AtFetch, SeveralReadersCut, testing::Range(1U, 13U, 3U));

}  // namespace
}  // namespace mailhaul::sync
