// SPDX-License-Identifier: Apache-2.0
// A damaged ledger is kept aside and the account recognised anew; one that is not ours, or only cannot be written, stays
// where it is (docs/decisions/0021-damaged-ledger.md).
//
// Octets are flipped over the whole file: a sample by default, every one where MAILHAUL_TEST_EVERY is set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "store/schema.hpp"
#include "sync/executor/broken_disk.hpp"
#include "sync/executor/dialogues.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::sync {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testkit::content_of;

void write_file(const std::string& path, const std::string& content) { std::ofstream(path, std::ios::binary) << content; }

/// The files beside `path` that were set aside, their write-ahead logs not counted.
std::vector<std::string> kept_beside(const std::string& path) {
    std::vector<std::string> kept;
    for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
        const std::string name = file.path().string();
        if (name.starts_with(path + ".damaged-") && name.ends_with("Z")) kept.push_back(name);
    }
    return kept;
}

void execute(const std::string& path, const std::string& sql) {
    sqlite3* connection = nullptr;
    sqlite3_open(path.c_str(), &connection);
    const int status = sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr);
    const std::string words = sqlite3_errmsg(connection);
    sqlite3_close(connection);
    if (status != SQLITE_OK) throw std::runtime_error(words);
}

// A part of a file with a changed octet in it

enum class Part : std::uint8_t { header, whole };

struct FlippedOctet : testing::TestWithParam<Part> {};

INSTANTIATE_TEST_SUITE_P(Everywhere, FlippedOctet, testing::Values(Part::header, Part::whole), [](const auto& info) {
    return std::string(info.param == Part::header ? "of_the_header" : "of_the_whole_file");
});

/// What must hold after one octet was flipped before the second pass of a mirror.
void expect_works_or_is_set_aside(Scene& scene, const std::string& flipped, std::uint32_t& set_aside) {
    const Report report = scene.servers.sync();
    const std::string words = in_words(report);
    EXPECT_EQ(report.ending, Ending::complete) << words;
    expect_counts_add_up(report);
    scene.expect_nothing_lost_nothing_doubled();
    const auto kept = kept_beside(scene.servers.ledger_path());
    if (kept.empty()) {
        scene.expect_all_there();
        EXPECT_EQ(report.totals().adopted, 0U) << "what was known is known";
        return;
    }
    ++set_aside;
    EXPECT_EQ(kept.size(), 1U);
    EXPECT_EQ(content_of(kept.front()).size(), flipped.size());
    EXPECT_THAT(words, HasSubstr(kept.front()));
    EXPECT_EQ(report.totals().deleted_on_destination, 0U) << "deletions wait";
    const Report next = scene.servers.sync();
    EXPECT_EQ(next.ending, Ending::complete) << in_words(next);
    EXPECT_EQ(next.totals().copied, 0U);
    EXPECT_EQ(bodies_of(truth_of(scene.servers.to())), bodies_of(truth_of(scene.servers.from()))) << in_words(next);
    EXPECT_EQ(kept_beside(scene.servers.ledger_path()), kept) << "the new one is sound";
}

TEST_P(FlippedOctet, of_a_ledger_is_harmless_or_sets_it_aside) {
    const std::size_t all =
        GetParam() == Part::header ? 100 : content_of(Scene(rich, Dialogue::follow).servers.ledger_path()).size();
    constexpr std::uint64_t few = 30;
    std::uint32_t flipped_ones = 0;
    std::uint32_t set_aside = 0;
    for (const std::uint64_t place : places_to_break(all, few, 4711)) {
        const int bit = static_cast<int>(place % 8);
        SCOPED_TRACE("bit " + std::to_string(bit) + " of octet " + std::to_string(place - 1) + " of " + std::to_string(all));
        Scene scene(rich, Dialogue::follow);
        const std::string path = scene.servers.ledger_path();
        std::string flipped = content_of(path);
        flipped.at(place - 1) ^= static_cast<char>(1 << bit);
        write_file(path, flipped);
        expect_works_or_is_set_aside(scene, flipped, set_aside);
        ++flipped_ones;
        if (HasFailure()) break;
    }
    std::printf("flipped %u octets of %zu, set aside %u\n", flipped_ones, all, set_aside);
    EXPECT_GT(set_aside, 0U);
    EXPECT_LT(set_aside, flipped_ones);
}

// Larger damage

class DamagedLedger : public testing::Test {
protected:
    DamagedLedger() {
        put_many(servers.from(), "INBOX", 30);
        expect_complete(servers.sync());
    }

    /// The run after the damage: complete, the file as it was kept and named, and nothing copied twice.
    void expect_set_aside(const std::string& damaged) {
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_EQ(report.totals().adopted, 30U) << in_words(report);
        EXPECT_TRUE(servers.equal());
        const auto kept = kept_beside(path);
        ASSERT_EQ(kept.size(), 1U) << in_words(report);
        EXPECT_EQ(content_of(kept.front()), damaged);
        EXPECT_THAT(in_words(report), AllOf(HasSubstr("is damaged"), HasSubstr(kept.front())));
        const Report next = servers.sync();
        expect_complete(next);
        EXPECT_EQ(next.totals().already, 30U) << in_words(next);
        EXPECT_THAT(next.warnings, testing::IsEmpty());
    }

    /// The run is refused with these words, and the file and what lies beside it stay as they are.
    void expect_refused(Errc code, const std::string& words) {
        const std::string before = content_of(path);
        const Report report = servers.sync();
        ASSERT_TRUE(report.error) << in_words(report);
        EXPECT_EQ(report.error->code, code) << in_words(report);
        EXPECT_THAT(report.error->describe(), HasSubstr(words));
        EXPECT_EQ(content_of(path), before);
        EXPECT_THAT(kept_beside(path), testing::IsEmpty());
    }

    TwoServers servers;
    std::string path = servers.ledger_path();
};

TEST_F(DamagedLedger, cut_short_anywhere_behind_its_marks_is_set_aside) {
    const std::string whole = content_of(path);
    for (const std::size_t size :
         {std::size_t{72}, std::size_t{99}, std::size_t{100}, std::size_t{4'096}, whole.size() / 2, whole.size() - 4'096}) {
        SCOPED_TRACE("cut to " + std::to_string(size));
        for (const std::string& kept : kept_beside(path)) std::filesystem::remove(kept);
        write_file(path, whole.substr(0, size));
        expect_set_aside(whole.substr(0, size));
        if (HasFailure()) break;
    }
}

TEST_F(DamagedLedger, a_segment_whose_checksum_is_wrong_is_found_in_the_middle_of_a_run_which_begins_again) {
    put_many(servers.from(), "INBOX", 1);  // so that the mailbox is opened
    expunge(servers.from(), "INBOX", 31);
    execute(path, "UPDATE segment SET octets = CAST(substr(octets, 1, 19) || x'EE' || substr(octets, 21) AS BLOB)");
    expect_set_aside(content_of(path));
}

TEST_F(DamagedLedger, without_a_second_run_of_damage_a_run_that_began_again_ends) {
    execute(path, "UPDATE segment SET octets = x'00'; UPDATE settled SET entries = entries + 1");
    expect_set_aside(content_of(path));
}

TEST_F(DamagedLedger, with_its_write_ahead_log_is_kept_with_it) {
    write_file(path + "-wal", "left by a crash");
    std::string damaged = content_of(path);
    damaged.replace(4'096, 4'096, 4'096, '\xee');
    write_file(path, damaged);
    const Report report = servers.sync();
    expect_complete(report);
    const auto kept = kept_beside(path);
    ASSERT_EQ(kept.size(), 1U) << in_words(report);
    EXPECT_TRUE(servers.equal());
}

TEST_F(DamagedLedger, is_left_alone_by_a_dry_run_which_says_so) {
    servers.request.dry_run = true;
    std::string damaged = content_of(path);
    damaged.replace(4'096, 4'096, 4'096, '\xee');
    write_file(path, damaged);
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(report.totals().adopted, 30U);
    EXPECT_THAT(in_words(report), AllOf(HasSubstr("is damaged"), HasSubstr("does without it")));
    EXPECT_EQ(content_of(path), damaged);
    EXPECT_THAT(kept_beside(path), testing::IsEmpty());
}

TEST_F(DamagedLedger, under_the_name_we_chose_is_set_aside_whatever_is_left_of_it) {
    const testkit::ScratchFolder state;
    setenv("XDG_STATE_HOME", state.file("state").c_str(), 1);
    servers.request.ledger_path = "";
    expect_complete(servers.sync());
    path = store::default_ledger_path({servers.request.source.label(), servers.request.destination.label()});
    const std::string zeros(content_of(path).size(), '\0');
    write_file(path, zeros);
    expect_set_aside(zeros);
    unsetenv("XDG_STATE_HOME");
}

// What is deleted without a memory

TEST_F(DamagedLedger, deletes_nothing_on_the_destination_in_its_run_even_as_imapsync_would) {
    servers.request.rules.delete_destination = true;
    servers.request.rules.guard.on_activity = OnActivity::warn;  // --delete2 of imapsync's command line
    servers.request.rules.guard.max_deletions = GuardRules::unlimited;
    for (std::uint32_t uid = 1; uid <= 30; ++uid) expunge(servers.from(), "INBOX", uid);  // a source that lost its mail
    write_file(path, content_of(path).substr(0, 4'096));
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("nothing is deleted there in this run")));
    EXPECT_EQ(servers.to().messages(), 30U);
}

TEST_F(DamagedLedger, makes_the_next_pass_take_what_only_the_destination_holds_for_its_users) {
    servers.request.rules.delete_destination = true;
    expunge(servers.from(), "INBOX", 7);
    put(servers.to(), "INBOX", dated(mail(99, "the user's own")));
    write_file(path, content_of(path).substr(0, 4'096));
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().messages(), 31U);
    const Report next = servers.sync();
    EXPECT_EQ(next.ending, Ending::needs_person) << in_words(next);
    EXPECT_EQ(next.totals().deletions_refused, 2U);
    EXPECT_EQ(servers.to().messages(), 31U);
}

TEST_F(DamagedLedger, makes_a_move_delete_on_the_source_only_what_is_recognised_on_the_destination) {
    servers.request.rules.delete_source = true;
    const AccountTruth before = truth_of(servers.from());
    expunge(servers.to(), "INBOX", 5);
    write_file(path, content_of(path).substr(0, 4'096));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(servers.from().messages(), 0U);
    EXPECT_EQ(truth_of(servers.to()), before);
}

// What is no damage

TEST_F(DamagedLedger, is_not_what_another_program_wrote) {
    for (const std::string& content :
         {std::string("user1;secret\n"), std::string(9'000, '\0'), std::string("SQLite format 3\0", 16)}) {
        write_file(path, content);
        expect_refused(Errc::store_foreign, "is not a ledger");
    }
    std::filesystem::remove(path);
    execute(path, "CREATE TABLE bookmark (place TEXT); INSERT INTO bookmark VALUES ('x')");
    expect_refused(Errc::store_foreign, "another program");
}

TEST_F(DamagedLedger, is_not_the_ledger_of_another_account) {
    servers.request.ledger_path = path + ".another";
    servers.request.source.user = "ANN";
    servers.source.add_account("ANN", "secret");
    expect_complete(servers.sync());
    path = servers.request.ledger_path;
    servers.request.source.user = "ann";
    expect_refused(Errc::store_foreign, "belongs to ANN");
}

TEST_F(DamagedLedger, is_not_one_of_a_newer_version) {
    const store::AccountKey account{servers.request.source.label(), servers.request.destination.label()};
    execute(path, "PRAGMA user_version = 9; UPDATE account SET version = 9, checksum = " +
                      std::to_string(store::checksum_of(account, 9)));
    expect_refused(Errc::store_foreign, "version 9");
}

TEST_F(DamagedLedger, is_not_one_that_cannot_be_written_to_at_any_moment) {
    // Not SQLITE_BUSY, which comes of locks and never of a write: a checkpoint would take it for a reader in its way, and end
    // well.
    for (const int status : {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_READONLY, SQLITE_PERM}) {
        for (std::uint32_t first = 1; first < 40; first += 3) {
            SCOPED_TRACE("status " + std::to_string(status) + " from write " + std::to_string(first));
            put(servers.from(), "INBOX", dated(mail(static_cast<int>(1'000 * first) + status)));
            bool failed = false;
            {
                const BrokenDisk disk(first, status);
                const Report report = servers.sync();
                failed = BrokenDisk::has_failed();
                if (report.ending != Ending::complete) {
                    ASSERT_TRUE(report.error);
                    EXPECT_EQ(report.error->code, Errc::store_failed) << in_words(report);
                }
            }
            EXPECT_THAT(kept_beside(path), testing::IsEmpty());
            const Report next = servers.sync();
            expect_complete(next);
            EXPECT_TRUE(servers.equal()) << in_words(next);
            if (!failed || HasFailure()) break;
        }
    }
}

}  // namespace
}  // namespace mailhaul::sync
