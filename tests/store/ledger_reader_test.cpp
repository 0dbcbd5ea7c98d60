// SPDX-License-Identifier: Apache-2.0
// Reading a ledger: without a lock, without knowing the account, without leaving a trace.
#include "store/ledger_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <map>

#include "store/entries.hpp"
#include "store/schema.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const AccountKey account{.source = "u1@old.example:993", .destination = "u1@new.example:993"};

class LedgerReading : public testing::Test {
protected:
    std::unique_ptr<Ledger> open_to_write() const { return std::move(open_sqlite_ledger(path_, account)).value(); }

    /// A ledger with messages 1 to `count` of INBOX, closed cleanly.
    void write_ledger(std::uint32_t count) const {
        std::vector<Entry> entries;
        for (std::uint32_t uid = 1; uid <= count; ++uid) entries.push_back(entry_of(uid, uid + 100));
        ASSERT_TRUE(open_to_write()->record(pair_of("INBOX"), entries).ok());
    }

    void execute(const char* sql) const {
        sqlite3* connection = nullptr;
        ASSERT_EQ(sqlite3_open(path_.c_str(), &connection), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(connection);
        sqlite3_close(connection);
    }

    /// Every file beside the ledger and itself, by name; of the index of the write-ahead log, which readers share, the name.
    [[nodiscard]] std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> found;
        for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(path_).parent_path())) {
            const std::string name = file.path().filename();
            found[name] = name.ends_with("-shm") ? "" : testkit::content_of(file.path());
        }
        return found;
    }

    /// The error of opening for reading, which leaves everything as it is.
    Error refusal() const {
        const auto before = files();
        auto reader = LedgerReader::open(path_);
        EXPECT_FALSE(reader.ok());
        EXPECT_EQ(files(), before);
        return reader.ok() ? Error(Errc::internal, Scope::run, Retry::never, "opened") : std::move(reader).error();
    }

    testkit::ScratchFolder folder_;
    std::string path_ = folder_.file("u1.ledger");
};

std::vector<Entry> entries_of(const PairContent& content) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < content.entry_count(); ++i) entries.push_back(content.entry(i));
    return entries;
}

TEST_F(LedgerReading, tells_whose_ledger_it_is_and_all_that_was_recorded) {
    const std::array exceptions{Exception{
        .source = imap::Uid{9}, .at = 5, .reason = "too big", .message_id = "<m@x>", .subject = "holiday", .size = 70}};
    Settled settled;
    settled.source_uid_next = imap::Uid{10};
    settled.entries = 2;
    std::vector<Entry> recorded;
    {
        auto ledger = open_to_write();
        const std::array entries{entry_of(7, 3, {"\\Seen", "Work"}), entry_of(8, 4, {})};
        ASSERT_TRUE(ledger->record(pair_of("INBOX"), entries).ok());
        ASSERT_TRUE(ledger->record(pair_of("Sent"), std::array{entry_of(1, 1)}).ok());
        ASSERT_TRUE(ledger->record_exceptions(pair_of("INBOX"), exceptions).ok());
        ASSERT_TRUE(ledger->record_settled(pair_of("INBOX"), settled).ok());
        recorded = ledger->entries(pair_of("INBOX")).value();
    }
    auto reader = LedgerReader::open(path_);
    ASSERT_TRUE(reader.ok()) << reader.error().describe();
    EXPECT_EQ(reader->account(), account);
    EXPECT_THAT(reader->pairs().value(), testing::ElementsAre(pair_of("INBOX"), pair_of("Sent")));
    const auto content = reader->content(pair_of("INBOX"));
    ASSERT_TRUE(content.ok()) << content.error().describe();
    EXPECT_EQ(spell(entries_of(content.value())), spell(recorded));
    EXPECT_THAT(content->exceptions, testing::ElementsAreArray(exceptions));
    EXPECT_EQ(content->settled, settled);
    EXPECT_EQ(reader->content(pair_of("INBOX", 2))->entry_count(), 0U) << "another UIDVALIDITY is another pair";
    EXPECT_EQ(reader->octets(), std::filesystem::file_size(path_));
}

TEST_F(LedgerReading, leaves_a_ledger_that_is_closed_as_one_file_unchanged) {
    write_ledger(10);
    const auto before = files();
    EXPECT_EQ(LedgerReader::open(path_)->content(pair_of("INBOX"))->entry_count(), 10U);
    EXPECT_EQ(files(), before);
}

TEST_F(LedgerReading, sees_what_a_run_has_recorded_while_the_run_goes_on) {
    auto run = open_to_write();
    ASSERT_TRUE(run->record(pair_of("INBOX"), std::array{entry_of(1, 1)}).ok());
    auto reader = LedgerReader::open(path_);
    ASSERT_TRUE(reader.ok()) << reader.error().describe();
    EXPECT_EQ(reader->content(pair_of("INBOX"))->entry_count(), 1U);
    ASSERT_TRUE(run->record(pair_of("INBOX"), std::array{entry_of(2, 2)}).ok());
    EXPECT_EQ(reader->content(pair_of("INBOX"))->entry_count(), 2U);
}

TEST_F(LedgerReading, does_not_keep_a_run_from_starting_or_recording) {
    write_ledger(1);
    auto reader = LedgerReader::open(path_);
    ASSERT_EQ(reader->content(pair_of("INBOX"))->entry_count(), 1U);
    auto run = open_sqlite_ledger(path_, account);
    ASSERT_TRUE(run.ok()) << run.error().describe();
    EXPECT_TRUE(run.value()->record(pair_of("INBOX"), std::array{entry_of(2, 2)}).ok());
    EXPECT_EQ(reader->content(pair_of("INBOX"))->entry_count(), 2U);
}

TEST_F(LedgerReading, reads_what_a_killed_run_left_and_leaves_it_to_the_next_run) {
    const pid_t child = fork();
    if (child == 0) {
        auto run = open_to_write();
        static_cast<void>(run->record(pair_of("INBOX"), std::array{entry_of(1, 1)}));
        kill(getpid(), SIGKILL);
    }
    waitpid(child, nullptr, 0);
    const auto before = files();
    ASSERT_TRUE(before.contains("u1.ledger-wal"));
    EXPECT_EQ(LedgerReader::open(path_)->content(pair_of("INBOX"))->entry_count(), 1U);
    EXPECT_EQ(files(), before);
}

TEST_F(LedgerReading, comes_by_a_symbolic_link_to_what_a_run_records_now) {
    auto run = open_to_write();
    ASSERT_TRUE(run->record(pair_of("INBOX"), std::array{entry_of(1, 1)}).ok());
    std::filesystem::create_symlink(path_, folder_.file("link"));
    EXPECT_EQ(LedgerReader::open(folder_.file("link"))->content(pair_of("INBOX"))->entry_count(), 1U);
}

TEST_F(LedgerReading, reads_where_nothing_can_be_written) {
    write_ledger(3);
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
    std::filesystem::permissions(folder, std::filesystem::perms{0555});
    std::filesystem::permissions(path_, std::filesystem::perms{0444});
    const pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(65'534) != 0) _exit(2);  // root may write everywhere
        auto reader = LedgerReader::open(path_);
        _exit(reader.ok() && reader->content(pair_of("INBOX"))->entry_count() == 3 ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

// What cannot be read

TEST_F(LedgerReading, a_file_that_is_not_there_is_named_and_not_made) {
    const Error error = refusal();
    EXPECT_EQ(error.code, Errc::store_failed);
    EXPECT_THAT(error.message, AllOf(HasSubstr(path_), HasSubstr("No such file")));
}

TEST_F(LedgerReading, an_empty_file_is_no_ledger_yet) {
    static_cast<void>(folder_.file_with("u1.ledger", ""));
    EXPECT_THAT(refusal().message, HasSubstr("is empty"));
}

TEST_F(LedgerReading, another_file_is_refused) {
    static_cast<void>(folder_.file_with("u1.ledger", "user1;secret\n"));
    const Error error = refusal();
    EXPECT_EQ(error.code, Errc::store_foreign);
    EXPECT_THAT(error.message, HasSubstr("is not a ledger"));
}

TEST_F(LedgerReading, a_folder_is_refused) {
    std::filesystem::create_directory(path_);
    EXPECT_EQ(LedgerReader::open(path_).error().code, Errc::store_foreign);
}

TEST_F(LedgerReading, a_newer_ledger_is_refused_with_its_version) {
    write_ledger(1);
    execute("PRAGMA user_version = 70");
    execute(("UPDATE account SET version = 70, checksum = " + std::to_string(checksum_of(account, 70))).c_str());
    const Error error = refusal();
    EXPECT_EQ(error.code, Errc::store_foreign);
    EXPECT_THAT(error.message, AllOf(HasSubstr("version 70"), HasSubstr("newer mailhaul")));
}

TEST_F(LedgerReading, a_ledger_of_version_1_is_refused_and_not_brought_up_to_date) {
    write_ledger(1);
    execute("PRAGMA user_version = 1");
    EXPECT_THAT(refusal().message, AllOf(HasSubstr("version 1"), HasSubstr("sync once")));
}

TEST_F(LedgerReading, a_damaged_segment_is_told_when_its_mailbox_is_read) {
    write_ledger(100);
    execute("UPDATE segment SET octets = x'0102030405060708'");
    auto reader = LedgerReader::open(path_);
    ASSERT_TRUE(reader.ok());
    const auto content = reader->content(pair_of("INBOX"));
    ASSERT_FALSE(content.ok());
    EXPECT_THAT(content.error().message, AllOf(HasSubstr("is damaged"), HasSubstr("sets it aside")));
}

}  // namespace
}  // namespace mailhaul::store
