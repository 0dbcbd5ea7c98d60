// SPDX-License-Identifier: Apache-2.0
// A mailbox is copied in portions, each looked at before the next: what held for a whole one holds across their ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

struct Way {
    const char* name;
    const char* capabilities;
};
std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }

struct Portions : testing::TestWithParam<Way> {
    Portions() : servers(demo::ServerOptions::new_style(), options()) {
        servers.request.portion = 20;
        put_many(servers.from(), "INBOX", 95);
    }
    static demo::ServerOptions options() {
        demo::ServerOptions options;
        options.capabilities = demo::capabilities_of(GetParam().capabilities);
        return options;
    }
    std::vector<std::string> destination_messages() {
        std::vector<std::string> texts;
        for (const demo::StoredMessage& one : servers.to().find("INBOX")->messages()) texts.push_back(*one.octets);
        return texts;
    }
    TwoServers servers;
};

INSTANTIATE_TEST_SUITE_P(Ways, Portions,
                         testing::Values(Way{"batches", "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS CONDSTORE"},
                                         Way{"batches_without_uids", "IMAP4rev1 LITERAL+ MULTIAPPEND"},
                                         Way{"poor", "IMAP4rev1"}),
                         [](const testing::TestParamInfo<Way>& info) { return std::string(info.param.name); });

TEST_P(Portions, keep_the_order_and_are_known_afterwards) {
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 95U);
    for (std::size_t i = 0; i < 95; ++i)
        ASSERT_EQ(*TwoServers::message(servers.to(), "INBOX", i).octets,
                  *TwoServers::message(servers.from(), "INBOX", i).octets);
    EXPECT_TRUE(servers.equal());
    const Report again = servers.sync();
    expect_complete(again);
    EXPECT_EQ(again.totals().already, 95U);
    EXPECT_EQ(again.totals().copied, 0U);
}

TEST_P(Portions, go_behind_what_the_destination_holds) {
    for (int i = 1; i <= 7; ++i) put(servers.to(), "INBOX", dated(mail(1000 + i)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 95U);
    EXPECT_EQ(destination_messages().size(), 102U);
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

TEST_P(Portions, name_what_is_refused_in_each_and_copy_the_rest) {
    for (const int number : {200, 201, 202}) put(servers.from(), "INBOX", dated(mail(number, "poison")));
    put(servers.from(), "INBOX", dated(mail(203)));
    servers.request.order = CopyOrder::newest;  // the guilty ones come in the first portion
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    expect_counts_add_up(report);
    EXPECT_EQ(report.exceptions.size(), 3U);
    EXPECT_EQ(destination_messages().size(), 96U);
    const std::vector<std::string> there = destination_messages();
    EXPECT_LT(std::ranges::find(there, mail(203)) - there.begin(), 20) << "the newest are there first";
    servers.destination.faults().clear();
    expect_complete(servers.sync());
    EXPECT_TRUE(servers.equal());
}

TEST_P(Portions, all_leave_the_source_where_asked_to) {
    servers.request.rules.delete_source = true;
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().deleted_on_source, 95U);
    EXPECT_EQ(servers.from().find("INBOX")->messages().size(), 0U);
    EXPECT_EQ(destination_messages().size(), 95U);
}

TEST_P(Portions, go_on_after_a_broken_connection_without_doubles) {
    servers.destination.faults().on("UID FETCH").nth(3).cut();
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal());
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

}  // namespace
}  // namespace mailhaul::sync
