// SPDX-License-Identifier: Apache-2.0
// A dry run that reads what it would copy, and tells what the run would meet.
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::HasSubstr;

class Rehearsal : public testing::Test {
protected:
    Rehearsal() {
        put_many(servers.from(), "INBOX", 3);
        servers.request.dry_run = true;
        servers.request.rules.rehearse = true;
    }
    TwoServers servers;
};

TEST_F(Rehearsal, changes_nothing_and_reads_everything) {
    const AccountTruth before = truth_of(servers.from());
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 3U);
    EXPECT_EQ(servers.to().messages(), 0U);
    EXPECT_EQ(truth_of(servers.from()), before);
    EXPECT_EQ(servers.destination.counters().count("APPEND") + servers.source.counters().count("UID STORE"), 0U);
    EXPECT_GT(servers.source.counters().sent.value(), servers.destination.counters().sent.value());
}

TEST_F(Rehearsal, names_what_a_command_fails_on_and_what_is_left_out) {
    put(servers.from(), "INBOX", dated(mail(4, "poison")));
    servers.request.rules.rewrite.skip_matches = {"m/^Subject: number 2/m"};
    servers.request.rules.rewrite.pipes = {{"/bin/sh", "-c", "t=$(cat); case $t in *poison*) exit 1;; esac; echo \"$t\""}};
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_EQ(report.exceptions[0].uid, imap::Uid(4));
    EXPECT_EQ(report.exceptions[0].message_id, "<4@old.example>");
    EXPECT_EQ(report.totals().filtered, 1U);
    EXPECT_EQ(report.totals().copied, 2U);
    expect_counts_add_up(report);
}

}  // namespace
}  // namespace mailhaul::sync
