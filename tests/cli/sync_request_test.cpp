// SPDX-License-Identifier: Apache-2.0
#include "cli/sync_request.hpp"

#include <gmock/gmock.h>

#include "cli/sync_options.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SyncRequest : public testing::Test {
protected:
    SyncOrder order(std::vector<std::string> arguments) {
        return order_sync(parse_native(arguments, sync_help.groups), process.surroundings());
    }
    /// With two good accounts.
    SyncOrder order_with(std::vector<std::string> options) {
        options.insert(options.begin(), {"u1@old.example", "--to", "u2@new.example"});
        return order(std::move(options));
    }
    testkit::FakeProcess process;
};

TEST_F(SyncRequest, takes_two_accounts) {
    const SyncOrder made = order_with({});
    EXPECT_THAT(made.mistakes, IsEmpty());
    EXPECT_EQ(made.request.source.label(), "u1@old.example:993");
    EXPECT_EQ(made.request.destination.label(), "u2@new.example:993");
    EXPECT_TRUE(made.request.source.password);
    EXPECT_EQ(made.request.source.tls.verification, net::Verification::full);
}

TEST_F(SyncRequest, reports_the_mistakes_of_both_accounts_together) {
    const SyncOrder made = order({"nonsense", "--to", "ftp://x@y", "--max-size", "big", "--no-such"});
    EXPECT_THAT(made.mistakes,
                ElementsAre(HasSubstr("--no-such"), testing::StartsWith("source: "), testing::StartsWith("destination: "),
                            "--max-size big: wanted a size such as 25MB or 10MiB"));
}

TEST_F(SyncRequest, wants_a_source_and_a_destination) {
    EXPECT_THAT(order({}).mistakes, ElementsAre(HasSubstr("no source"), HasSubstr("no destination")));
}

TEST_F(SyncRequest, reads_rules_against_the_clock) {
    const SyncOrder made = order_with({"--newer-than", "30d", "--max-size", "25MB", "--flags", "exact", "--delete-source"});
    EXPECT_THAT(made.mistakes, IsEmpty());
    EXPECT_EQ(made.request.rules.newer_than, 1'795'456'525 - 30 * 86'400);
    EXPECT_EQ(made.request.rules.max_size, Octets{25'000'000});
    EXPECT_EQ(made.request.rules.flags, sync::FlagMode::exact);
    EXPECT_TRUE(made.request.rules.delete_source);
    EXPECT_FALSE(made.request.rules.delete_destination);
}

TEST_F(SyncRequest, repairs_only_when_asked) {
    EXPECT_FALSE(order_with({}).request.rules.repair);
    EXPECT_TRUE(order_with({"--repair"}).request.rules.repair);
}

TEST_F(SyncRequest, follows_renames_and_keeps_folders_unless_told) {
    EXPECT_EQ(order_with({}).request.on_rename, sync::OnRename::follow);
    EXPECT_EQ(order_with({}).request.delete_folders.which, sync::DeleteFolders::no);
    EXPECT_EQ(order_with({"--copy-renamed"}).request.on_rename, sync::OnRename::copy_again);
    EXPECT_EQ(order_with({"--delete-folders"}).request.delete_folders.which, sync::DeleteFolders::ours);
    EXPECT_THAT(order_with({"--delete-folders", "--exclude", "^Work"}).mistakes, IsEmpty());
    EXPECT_THAT(order_with({"--delete-folders", "--folder", "Work"}).mistakes, ElementsAre(HasSubstr("whole account")));
}

TEST_F(SyncRequest, reads_limits_a_day_and_quiet_hours) {
    const SyncOrder made = order_with({"--source-daily-limit", "2500MB", "--destination-daily-limit", "500MB", "--quiet-hours",
                                       "Mon-Fri 08:00-18:00", "--wait"});
    EXPECT_THAT(made.mistakes, IsEmpty());
    EXPECT_EQ(made.request.allowance.source_a_day, Octets{2'500'000'000});
    EXPECT_EQ(made.request.allowance.destination_a_day, Octets{500'000'000});
    ASSERT_TRUE(made.request.allowance.quiet);
    EXPECT_EQ(made.request.allowance.quiet->text(), "Mon-Fri 08:00-18:00");
    EXPECT_EQ(made.request.on_pause, app::OnPause::wait);
    EXPECT_EQ(order_with({"--quiet-hours", "22:00-06:00"}).request.on_pause, app::OnPause::end);
}

TEST_F(SyncRequest, says_what_is_wrong_with_limits_of_time) {
    EXPECT_THAT(order_with({"--source-daily-limit", "lots"}).mistakes,
                ElementsAre("--source-daily-limit lots: wanted a size above 0 for each 24 hours, like 500MB or 2.5GB"));
    EXPECT_THAT(order_with({"--destination-daily-limit", "0"}).mistakes,
                ElementsAre("--destination-daily-limit 0: wanted a size above 0 for each 24 hours, like 500MB or 2.5GB"));
    EXPECT_THAT(
        order_with({"--quiet-hours", "8-18"}).mistakes,
        ElementsAre(testing::AllOf(HasSubstr("--quiet-hours: \"8-18\" is no stretch of time"), HasSubstr("22:00-06:00"))));
    EXPECT_THAT(order_with({"--quiet-hours", "00:00-24:00"}).mistakes, ElementsAre(HasSubstr("leaves no minute of the week")));
    EXPECT_THAT(order_with({"--wait"}).mistakes, ElementsAre(HasSubstr("--wait has nothing to wait for")));
}

TEST_F(SyncRequest, refuses_to_delete_on_both_sides) {
    EXPECT_THAT(order_with({"--delete-source", "--delete-destination"}).mistakes, ElementsAre(HasSubstr("choose one")));
}

TEST_F(SyncRequest, guards_deletions_unless_told) {
    const sync::GuardRules guarded = order_with({"--delete-destination"}).request.rules.guard;
    EXPECT_FALSE(guarded.max_deletions.has_value());
    EXPECT_FALSE(guarded.allow_shrunken_source);
    EXPECT_EQ(guarded.on_activity, sync::OnActivity::refuse);
    const SyncOrder told =
        order_with({"--delete-destination", "--max-deletions", "5000", "--allow-shrunken-source", "--delete-despite-activity"});
    EXPECT_THAT(told.mistakes, IsEmpty());
    EXPECT_EQ(told.request.rules.guard.max_deletions, 5000U);
    EXPECT_TRUE(told.request.rules.guard.allow_shrunken_source);
    EXPECT_EQ(told.request.rules.guard.on_activity, sync::OnActivity::warn);
    EXPECT_EQ(order_with({"--max-deletions", "unlimited"}).request.rules.guard.max_deletions, sync::GuardRules::unlimited);
    EXPECT_THAT(order_with({"--max-deletions", "most"}).mistakes,
                ElementsAre("--max-deletions most: wanted a number of messages, or unlimited"));
}

TEST_F(SyncRequest, reads_the_mapping) {
    const SyncOrder made = order_with({"--map", "Old=New", "--exclude", "^Spam", "--folder", "INBOX", "--no-special-use",
                                       "--destination-prefix", "INBOX.", "--no-subscribe"});
    EXPECT_THAT(made.mistakes, IsEmpty());
    EXPECT_THAT(made.request.mapping.overrides, ElementsAre(testing::Pair("Old", "New")));
    EXPECT_THAT(made.request.mapping.exclude, ElementsAre("^Spam"));
    EXPECT_THAT(made.request.mapping.folders, ElementsAre("INBOX"));
    EXPECT_FALSE(made.request.mapping.map_special_use);
    EXPECT_EQ(made.request.mapping.prefix_destination, "INBOX.");
    EXPECT_FALSE(made.request.subscribe);
}

TEST_F(SyncRequest, reads_tls_and_proxy_for_each_side) {
    const SyncOrder made = order_with({"--ca", "both.pem", "--source-ca", "one.pem", "--destination-insecure", "--source-proxy",
                                       "socks5://me:pw@[::1]:1080", "--source-pin", std::string(64, 'a')});
    EXPECT_THAT(made.mistakes, IsEmpty());
    EXPECT_EQ(made.request.source.tls.ca_file, "one.pem");
    EXPECT_EQ(made.request.destination.tls.ca_file, "both.pem");
    EXPECT_EQ(made.request.source.tls.verification, net::Verification::pin_only);
    EXPECT_EQ(made.request.destination.tls.verification, net::Verification::none);
    EXPECT_EQ(made.request.source.proxy.host, "::1");
    EXPECT_EQ(made.request.source.proxy.port, 1080);
    EXPECT_EQ(made.request.source.proxy.user, "me");
}

TEST_F(SyncRequest, never_shows_a_proxy_password) {
    EXPECT_THAT(order_with({"--source-proxy", "ftp://me:hunter2@h:1"}).mistakes,
                ElementsAre(testing::Not(HasSubstr("hunter2"))));
}

TEST_F(SyncRequest, takes_limits_from_options_before_variables) {
    process.variables["MAILHAUL_BUDGET"] = "10MiB";
    EXPECT_EQ(order_with({}).request.budget, Octets{10U << 20U});
    EXPECT_EQ(order_with({"--budget", "64MiB"}).request.budget, Octets{64U << 20U});
    EXPECT_THAT(order_with({"--budget", "1kB", "--connections", "0"}).mistakes,
                ElementsAre("--connections 0: wanted a number from 1 to 32", "--budget 1kB: wanted a size of at least 1MiB"));
}

TEST_F(SyncRequest, a_token_needs_no_password) {
    const SyncOrder made = order_with({"--source-token", "env:TOKEN"});
    EXPECT_TRUE(made.request.source.token);
    EXPECT_FALSE(made.request.source.password);
    EXPECT_TRUE(made.request.destination.password);
}

TEST_F(SyncRequest, a_folder_in_the_source_chooses_it) {
    const SyncOrder made = order({"imaps://u@old.example/Work", "--to", "imaps://u@new.example/Job"});
    EXPECT_THAT(made.mistakes, IsEmpty());
    EXPECT_THAT(made.request.mapping.folders, ElementsAre("Work"));
    EXPECT_THAT(made.request.mapping.overrides, ElementsAre(testing::Pair("Work", "Job")));
}

}  // namespace
}  // namespace mailhaul::cli
