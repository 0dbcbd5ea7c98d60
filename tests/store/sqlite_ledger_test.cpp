// SPDX-License-Identifier: Apache-2.0
// What is SQLite's own about the ledger: its file, who may hold it, and files that are not what they should be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iostream>
#include <numeric>

#include "store/entries.hpp"
#include "store/ledger.hpp"
#include "store/schema.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testkit::content_of;

const AccountKey account{.source = "u1@old.example:993", .destination = "u1@new.example:993"};

Settled settled_with_3() {
    Settled state;
    state.source_mod_seq = imap::ModSeq{7};
    state.entries = 3;
    return state;
}

class SqliteLedgerFile : public testing::Test {
protected:
    Result<std::unique_ptr<Ledger>> open() const { return open_sqlite_ledger(path_, account); }

    /// A ledger with `count` messages, closed cleanly.
    void write_ledger(std::uint32_t count) const {
        auto ledger = open();
        ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
        std::vector<Entry> entries;
        for (std::uint32_t uid = 1; uid <= count; ++uid) entries.push_back(entry_of(uid, uid));
        ASSERT_TRUE(ledger.value()->record(pair_of("INBOX"), entries).ok());
    }

    void execute(const char* sql) const {
        sqlite3* connection = nullptr;
        ASSERT_EQ(sqlite3_open(path_.c_str(), &connection), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(connection);
        sqlite3_close(connection);
    }

    void overwrite(std::streamoff begin, std::size_t size) const {
        std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(begin);
        file << std::string(size, '\xee');
    }

    /// The error of opening, which must fail and leave the file as it is.
    Error refusal() const {
        const std::string before = content_of(path_);
        auto ledger = open();
        EXPECT_FALSE(ledger.ok());
        EXPECT_EQ(content_of(path_), before);
        EXPECT_FALSE(std::filesystem::exists(path_ + ".lock"));
        return ledger.ok() ? Error(Errc::internal, Scope::run, Retry::never, "opened") : std::move(ledger).error();
    }

    testkit::ScratchFolder folder_;
    std::string path_ = folder_.file("u1.ledger");
};

mode_t mode_of(const std::string& path) {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

// Files that are ours

TEST_F(SqliteLedgerFile, only_its_owner_can_read_it_or_its_folder) {
    path_ = folder_.file("state/mailhaul/u1.ledger");
    const mode_t before = umask(0);
    auto ledger = open();
    umask(before);
    ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
    ASSERT_TRUE(ledger.value()->record(pair_of("INBOX"), std::array{entry_of(1, 1)}).ok());
    EXPECT_EQ(mode_of(folder_.file("state")), 0700U);
    EXPECT_EQ(mode_of(folder_.file("state/mailhaul")), 0700U);
    EXPECT_EQ(mode_of(path_), 0600U);
    EXPECT_EQ(mode_of(path_ + "-wal"), 0600U);
    EXPECT_EQ(mode_of(path_ + ".lock"), 0600U);
}

TEST_F(SqliteLedgerFile, a_ledger_closed_is_one_file) {
    write_ledger(1);
    const std::filesystem::directory_iterator files(std::filesystem::path(path_).parent_path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(SqliteLedgerFile, an_empty_file_becomes_a_ledger_as_a_run_killed_at_its_birth_leaves_one) {
    static_cast<void>(folder_.file_with("u1.ledger", ""));
    write_ledger(1);
    EXPECT_EQ(open().value()->size().value(), 1U);
}

TEST_F(SqliteLedgerFile, a_ledger_in_memory_is_new_each_time_and_needs_no_lock) {
    auto first = open_sqlite_ledger(":memory:", account);
    auto second = open_sqlite_ledger(":memory:", account);
    ASSERT_TRUE(first.ok() && second.ok());
    ASSERT_TRUE(first.value()->record(pair_of("INBOX"), std::array{entry_of(1, 1)}).ok());
    EXPECT_EQ(second.value()->size().value(), 0U);
    EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST_F(SqliteLedgerFile, a_message_costs_at_most_64_octets) {
    constexpr std::uint32_t messages = 100'000;
    constexpr std::uint32_t batch = 500;
    std::vector<double> milliseconds;
    {
        auto ledger = open();
        ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
        for (std::uint32_t first = 1; first <= messages; first += batch) {
            std::vector<Entry> entries;
            for (std::uint32_t uid = first; uid < first + batch; ++uid)
                entries.push_back(
                    entry_of(uid + 20'000, uid, uid % 3 == 0 ? imap::FlagSet{"\\Seen"} : imap::FlagSet{"\\Seen", "Work"}));
            const auto begin = std::chrono::steady_clock::now();
            ASSERT_TRUE(ledger.value()->record(pair_of("box " + std::to_string(first / 10'000)), entries).ok());
            milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
        }
    }
    const double octets = static_cast<double>(std::filesystem::file_size(path_)) / messages;
    std::sort(milliseconds.begin(), milliseconds.end());
    std::cout << "octets per entry: " << octets
              << "; median milliseconds per record() of 500: " << milliseconds[milliseconds.size() / 2]
              << ", longest: " << milliseconds.back() << '\n';
    EXPECT_LE(octets, 64);
}

// Two runs

TEST_F(SqliteLedgerFile, a_second_run_is_told_which_process_holds_the_ledger_and_since_when) {
    auto first = open();
    ASSERT_TRUE(first.ok());
    auto second = open();
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, Errc::store_failed);
    EXPECT_EQ(second.error().scope, Scope::account);
    EXPECT_EQ(second.error().retry, Retry::later);
    EXPECT_THAT(second.error().message, AllOf(HasSubstr("in use by process " + std::to_string(getpid()) + " on "),
                                              testing::ContainsRegex("since 20[0-9-]+T[0-9:]+Z")));
}

TEST_F(SqliteLedgerFile, another_process_is_refused_too_and_comes_in_when_the_first_is_gone) {
    const auto opens_in_a_child = [this] {
        const pid_t child = fork();
        if (child == 0) _exit(open().ok() ? 0 : 1);
        int status = 0;
        waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    };
    {
        auto first = open();
        ASSERT_TRUE(first.ok());
        EXPECT_FALSE(opens_in_a_child());
    }
    EXPECT_TRUE(opens_in_a_child());
}

TEST_F(SqliteLedgerFile, a_symbolic_link_to_the_ledger_is_no_way_around_the_lock) {
    write_ledger(1);
    auto first = open();
    std::filesystem::create_symlink(path_, folder_.file("link"));
    EXPECT_FALSE(open_sqlite_ledger(folder_.file("link"), account).ok());
}

TEST_F(SqliteLedgerFile, a_lock_file_left_behind_means_nothing) {
    static_cast<void>(folder_.file_with("u1.ledger.lock", "process 1 on elsewhere since 2020-01-01T00:00:00Z\n"));
    EXPECT_TRUE(open().ok());
}

TEST_F(SqliteLedgerFile, refusing_a_second_run_leaves_the_first_one_its_lock) {
    auto first = open();
    EXPECT_FALSE(open().ok());
    EXPECT_FALSE(open().ok());
    ASSERT_TRUE(first.value()->record(pair_of("INBOX"), std::array{entry_of(1, 1)}).ok());
}

// Files that are not ours, each left as it is

TEST_F(SqliteLedgerFile, the_ledger_of_another_account_is_refused_with_both_names) {
    const AccountKey other{.source = "u2@old.example:993", .destination = account.destination};
    {
        ASSERT_TRUE(open_sqlite_ledger(path_, other).ok());
    }
    const Error error = refusal();
    EXPECT_EQ(error.code, Errc::store_foreign);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr("u2@old.example:993"), HasSubstr("u1@old.example:993"), HasSubstr("of its own")));
}

TEST_F(SqliteLedgerFile, a_text_file_is_not_a_ledger) {
    static_cast<void>(folder_.file_with("u1.ledger", "user1;secret\n"));
    const Error error = refusal();
    EXPECT_EQ(error.code, Errc::store_foreign);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr("is not a ledger"), HasSubstr("stays as it is"), testing::Not(HasSubstr("secret"))));
}

TEST_F(SqliteLedgerFile, another_programs_sqlite_file_is_not_a_ledger) {
    execute("PRAGMA application_id = 7; CREATE TABLE account (source TEXT, destination TEXT)");
    const Error error = refusal();
    EXPECT_EQ(error.code, Errc::store_foreign);
    EXPECT_THAT(error.message, HasSubstr("application id 7"));
}

TEST_F(SqliteLedgerFile, a_folder_cannot_be_a_ledger) {
    std::filesystem::create_directory(path_);
    EXPECT_EQ(open().error().code, Errc::store_failed);
}

TEST_F(SqliteLedgerFile, a_pipe_is_not_a_ledger_and_is_not_waited_for) {
    ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
    EXPECT_EQ(open().error().code, Errc::store_foreign);
}

TEST_F(SqliteLedgerFile, a_file_where_a_folder_should_be_is_named) {
    path_ = folder_.file_with("state", "") + "/u1.ledger";
    const auto ledger = open();
    ASSERT_FALSE(ledger.ok());
    EXPECT_EQ(ledger.error().code, Errc::store_failed);
    EXPECT_THAT(ledger.error().message, HasSubstr("state"));
}

TEST_F(SqliteLedgerFile, a_newer_ledger_is_refused_with_both_versions) {
    write_ledger(1);
    execute("PRAGMA user_version = 7");
    execute(("UPDATE account SET version = 7, checksum = " + std::to_string(checksum_of(account, 7))).c_str());
    const Error error = refusal();
    EXPECT_EQ(error.code, Errc::store_foreign);
    EXPECT_THAT(error.message, AllOf(HasSubstr("version 7"), HasSubstr("up to 4"), HasSubstr("move it aside and run again")));
}

TEST_F(SqliteLedgerFile, a_ledger_of_version_2_is_brought_up_to_date_and_keeps_its_entries) {
    write_ledger(3);
    execute(
        "ALTER TABLE account DROP COLUMN version; ALTER TABLE account DROP COLUMN checksum; "
        "ALTER TABLE settled DROP COLUMN checksum; DROP TABLE source_mailbox; DROP TABLE traffic; PRAGMA user_version = 2");
    auto ledger = open();
    ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
    EXPECT_EQ(ledger.value()->entries(pair_of("INBOX"))->size(), 3U);
    ASSERT_TRUE(ledger.value()->record_settled(pair_of("INBOX"), settled_with_3()).ok());
    ledger.value().reset();
    ledger = open();
    ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
    EXPECT_EQ(ledger.value()->settled(pair_of("INBOX")).value(), settled_with_3());
}

TEST_F(SqliteLedgerFile, a_ledger_of_version_3_is_brought_up_to_date_and_keeps_its_entries) {
    write_ledger(3);
    execute("DROP TABLE traffic; PRAGMA user_version = 3");
    execute(("UPDATE account SET version = 3, checksum = " + std::to_string(checksum_of(account, 3))).c_str());
    auto ledger = open();
    ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
    EXPECT_EQ(ledger.value()->entries(pair_of("INBOX"))->size(), 3U);
    const HourOfTraffic hour{.side = HourOfTraffic::Side::source, .hour = 5, .last = 18'001, .octets = 9};
    ASSERT_TRUE(ledger.value()->record_traffic(std::array{hour}).ok());
    EXPECT_THAT(ledger.value()->traffic().value(), testing::ElementsAre(hour));
}

TEST_F(SqliteLedgerFile, traffic_with_a_wrong_checksum_is_left_out) {
    write_ledger(1);
    {
        auto ledger = open();
        ASSERT_TRUE(ledger.ok());
        const HourOfTraffic hour{.side = HourOfTraffic::Side::source, .hour = 5, .last = 18'001, .octets = 9};
        ASSERT_TRUE(ledger.value()->record_traffic(std::array{hour}).ok());
    }
    execute("UPDATE traffic SET octets = 9000000");
    auto ledger = open();
    ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
    EXPECT_THAT(ledger.value()->traffic().value(), testing::IsEmpty());
}

// Damage

constexpr auto is_told_as_damage = [](const Error& error) {
    EXPECT_EQ(error.code, Errc::store_damaged);
    EXPECT_EQ(error.retry, Retry::never);
    EXPECT_THAT(error.message, AllOf(HasSubstr("is damaged"), HasSubstr("sets it aside"), Not(HasSubstr("\n"))));
};

TEST_F(SqliteLedgerFile, damage_to_the_tables_of_the_file_is_told_when_it_is_opened) {
    write_ledger(1);
    overwrite(100, 3'900);
    is_told_as_damage(refusal());
}

TEST_F(SqliteLedgerFile, a_file_cut_short_is_told_when_it_is_opened) {
    write_ledger(1'000);
    std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
    is_told_as_damage(refusal());
}

TEST_F(SqliteLedgerFile, damage_among_the_entries_is_told_when_they_are_read) {
    write_ledger(1'000);
    execute("UPDATE segment SET octets = CAST(substr(octets, 1, 19) || x'EE' || substr(octets, 21) AS BLOB)");
    auto ledger = open();
    ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
    const auto entries = ledger.value()->entries(pair_of("INBOX"));
    ASSERT_FALSE(entries.ok());
    is_told_as_damage(entries.error());
}

TEST_F(SqliteLedgerFile, damage_is_looked_for_before_anything_is_trusted) {
    write_ledger(1'000);
    const auto size = std::filesystem::file_size(path_);
    overwrite(static_cast<std::streamoff>(size / 2), size / 2);
    is_told_as_damage(refusal());
}

TEST_F(SqliteLedgerFile, a_version_that_the_account_does_not_confirm_is_damage) {
    write_ledger(1);
    execute("PRAGMA user_version = 259");
    is_told_as_damage(refusal());
}

TEST_F(SqliteLedgerFile, an_account_that_its_checksum_does_not_confirm_is_damage_and_not_anothers_ledger) {
    write_ledger(1);
    execute("UPDATE account SET source = 'u3@old.example:993'");
    is_told_as_damage(refusal());
}

TEST_F(SqliteLedgerFile, a_settled_state_that_its_checksum_does_not_confirm_is_damage) {
    {
        auto ledger = open();
        ASSERT_TRUE(ledger.value()->record_settled(pair_of("INBOX"), settled_with_3()).ok());
    }
    execute("UPDATE settled SET source_mod_seq = 1031");
    auto ledger = open();
    ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
    const auto settled = ledger.value()->settled(pair_of("INBOX"));
    ASSERT_FALSE(settled.ok());
    is_told_as_damage(settled.error());
}

TEST_F(SqliteLedgerFile, one_mark_of_three_may_be_damaged) {
    write_ledger(1);
    const std::string whole = content_of(path_);
    for (const std::size_t place : {std::size_t{3}, std::size_t{70}, whole.find("UNIQUE (source_name")}) {
        std::string flipped = whole;
        flipped[place] ^= 1;
        static_cast<void>(folder_.file_with("u1.ledger", flipped));
        is_told_as_damage(refusal());
    }
}

TEST_F(SqliteLedgerFile, under_the_name_that_we_chose_anything_was_a_ledger) {
    static_cast<void>(folder_.file_with("u1.ledger", std::string(5'000, '\0')));
    EXPECT_EQ(open_sqlite_ledger(path_, account, NamedBy::user).error().code, Errc::store_foreign);
    EXPECT_EQ(open_sqlite_ledger(path_, account, NamedBy::account).error().code, Errc::store_damaged);
}

// Set aside

constexpr std::int64_t on_a_monday = 1'700'000'000;  // 2023-11-14T22:13:20Z

TEST_F(SqliteLedgerFile, set_aside_keeps_every_octet_under_a_name_that_tells_when) {
    static_cast<void>(folder_.file_with("u1.ledger", "main"));
    static_cast<void>(folder_.file_with("u1.ledger-wal", "log"));
    const auto kept = set_ledger_aside(path_, on_a_monday);
    ASSERT_TRUE(kept.ok()) << kept.error().describe();
    EXPECT_EQ(kept.value(), path_ + ".damaged-20231114T221320Z");
    EXPECT_EQ(content_of(kept.value()), "main");
    EXPECT_EQ(content_of(kept.value() + "-wal"), "log");
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(path_ + ".lock"));
}

TEST_F(SqliteLedgerFile, set_aside_twice_in_one_second_overwrites_nothing) {
    for (const char* content : {"first", "second", "third"}) {
        static_cast<void>(folder_.file_with("u1.ledger", content));
        ASSERT_TRUE(set_ledger_aside(path_, on_a_monday).ok());
    }
    const std::string name = path_ + ".damaged-20231114T221320Z";
    EXPECT_EQ(content_of(name), "first");
    EXPECT_EQ(content_of(name + "-2"), "second");
    EXPECT_EQ(content_of(name + "-3"), "third");
}

TEST_F(SqliteLedgerFile, what_another_run_holds_is_not_set_aside) {
    auto run = open();
    const auto kept = set_ledger_aside(path_, on_a_monday);
    ASSERT_FALSE(kept.ok());
    EXPECT_THAT(kept.error().message, HasSubstr("is in use"));
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(SqliteLedgerFile, a_ledger_set_aside_through_a_link_leaves_the_link) {
    write_ledger(1);
    const std::string link = folder_.file("link");
    std::filesystem::create_symlink(path_, link);
    const auto kept = set_ledger_aside(link, on_a_monday);
    ASSERT_TRUE(kept.ok());
    EXPECT_EQ(kept.value(), path_ + ".damaged-20231114T221320Z");
    EXPECT_TRUE(open_sqlite_ledger(link, account).ok());
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(SqliteLedgerFile, a_ledger_that_names_no_account_is_damaged) {
    write_ledger(1);
    execute("DELETE FROM account");
    is_told_as_damage(refusal());
}

// Where it lives

class DefaultLedgerPath : public testing::Test {
protected:
    void SetUp() override { setenv("XDG_STATE_HOME", "/state", 1); }
    void TearDown() override { unsetenv("XDG_STATE_HOME"); }
};

TEST_F(DefaultLedgerPath, names_both_sides_below_the_users_state_folder) {
    EXPECT_THAT(default_ledger_path(account),
                testing::MatchesRegex("/state/mailhaul/u1@old\\.example_993_u1@new\\.example_993_[0-9a-f]{16}\\.ledger"));
}

TEST_F(DefaultLedgerPath, is_below_home_where_no_state_folder_is_named_or_a_relative_one) {
    setenv("XDG_STATE_HOME", "relative", 1);
    const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
    setenv("HOME", "/home/operator", 1);
    EXPECT_THAT(default_ledger_path(account), testing::StartsWith("/home/operator/.local/state/mailhaul/u1@"));
    unsetenv("XDG_STATE_HOME");
    EXPECT_THAT(default_ledger_path(account), testing::StartsWith("/home/operator/.local/state/mailhaul/u1@"));
    if (home.empty()) unsetenv("HOME");
    else setenv("HOME", home.c_str(), 1);
}

TEST_F(DefaultLedgerPath, is_one_short_file_name_whatever_the_user_is_called) {
    const AccountKey strange{.source = "../../etc/passwd\n@[::1]:993",
                             .destination = std::string(500, 'x') + "@new.example:993"};
    const std::string path = default_ledger_path(strange);
    EXPECT_THAT(path, testing::MatchesRegex("/state/mailhaul/[-A-Za-z0-9_@.+]+"));
    EXPECT_LT(path.size(), 200U);
    EXPECT_EQ(std::filesystem::path(path).lexically_normal(), std::filesystem::path(path));
}

TEST_F(DefaultLedgerPath, differs_for_accounts_that_read_the_same) {
    const AccountKey first{.source = "a/b@h:1", .destination = "d"};
    const AccountKey second{.source = "a_b@h:1", .destination = "d"};
    EXPECT_NE(default_ledger_path(first), default_ledger_path(second));
    EXPECT_EQ(default_ledger_path(first), default_ledger_path(first));
}

}  // namespace
}  // namespace mailhaul::store
