// SPDX-License-Identifier: Apache-2.0
#include "app/read_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "testkit/sample_ledger.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testkit::sample_account;
using testkit::sample_time;

std::uint32_t source_uid(const LedgerRecord& record) {
    return std::visit([](const auto& message) { return message.source.value(); }, record.message);
}

class ReadLedger : public testing::Test {
protected:
    void SetUp() override { ASSERT_FALSE(testkit::write_sample_ledger(path_).empty()); }

    [[nodiscard]] store::LedgerReader open() const {
        return std::move(open_ledger({.path = path_, .account = std::nullopt})).value();
    }

    /// Source UIDs of what answers.
    std::vector<std::uint32_t> found(const LedgerQuestion& question) {
        std::vector<std::uint32_t> uids;
        auto ledger = open();
        auto search = find_records(ledger, question, [&](const LedgerRecord& record) { uids.push_back(source_uid(record)); });
        EXPECT_TRUE(search.ok());
        search_ = search.value();
        EXPECT_EQ(search_.found, uids.size());
        return uids;
    }

    mailhaul::testkit::ScratchFolder folder_;
    std::string path_ = folder_.file("u1.ledger");
    LedgerSearch search_;
};

TEST_F(ReadLedger, sums_up_every_mailbox_pair) {
    auto ledger = open();
    const auto summary = summarise_ledger(ledger);
    ASSERT_TRUE(summary.ok());
    EXPECT_EQ(summary->account, sample_account);
    ASSERT_EQ(summary->pairs.size(), 2U);
    EXPECT_EQ(summary->pairs[0].pair, testkit::sample_inbox);
    EXPECT_TRUE(summary->pairs[0].settled);
    EXPECT_FALSE(summary->pairs[1].settled);
    EXPECT_EQ(summary->copied(), 1U);
    EXPECT_EQ(summary->adopted(), 1U);
    EXPECT_EQ(summary->exceptions(), 1U);
    EXPECT_EQ(summary->messages(), 2U);
    EXPECT_EQ(summary->octets, std::filesystem::file_size(path_));
}

TEST_F(ReadLedger, gives_every_record_pair_by_pair) {
    auto ledger = open();
    std::vector<std::uint32_t> uids;
    EXPECT_TRUE(read_records(ledger, [&](const LedgerRecord& record) { uids.push_back(source_uid(record)); }).ok());
    EXPECT_THAT(uids, ElementsAre(7, 9, 1));
}

struct Row {
    const char* what;
    LedgerQuestion question;
    std::vector<std::uint32_t> wanted;
};

TEST_F(ReadLedger, finds_what_answers_every_part_of_the_question) {
    const auto ask = [](auto set) {
        LedgerQuestion question;
        set(question);
        return question;
    };
    const std::vector<Row> rows{
        {"a Message-ID", ask([](auto& q) { q.message_id = "<42@old.example>"; }), {7}},
        {"one without its brackets", ask([](auto& q) { q.message_id = "42@old.example"; }), {7}},
        {"one of a refused message", ask([](auto& q) { q.message_id = "<43@old.example>"; }), {9}},
        {"an unknown one", ask([](auto& q) { q.message_id = "<44@old.example>"; }), {}},
        {"a UID", ask([](auto& q) { q.source_uid = imap::Uid{9}; }), {9}},
        {"a UID on the destination", ask([](auto& q) { q.destination_uid = imap::Uid{3}; }), {7}},
        {"a UID that only the other side has", ask([](auto& q) { q.source_uid = imap::Uid{3}; }), {}},
        {"part of a subject in another case", ask([](auto& q) { q.subject = "holiday PICT"; }), {9}},
        {"a day", ask([](auto& q) { q.recorded_from = sample_time, q.recorded_until = sample_time + 1; }), {7, 1}},
        {"the end of a day is the next one", ask([](auto& q) { q.recorded_until = sample_time; }), {}},
        {"a day in a folder", ask([](auto& q) { q.recorded_until = sample_time + 1, q.folder = "inbox"; }), {7}},
        {"a folder as people read it", ask([](auto& q) { q.source_uid = imap::Uid{1}, q.folder = "Entwürfe"; }), {1}},
        {"a folder as the server spells it", ask([](auto& q) { q.source_uid = imap::Uid{1}, q.folder = "Entw&APw-rfe"; }), {1}},
        {"a folder of the destination", ask([](auto& q) { q.source_uid = imap::Uid{1}, q.folder = "Drafts"; }), {1}},
        {"two that no message has", ask([](auto& q) { q.source_uid = imap::Uid{1}, q.message_id = "42@old.example"; }), {}},
    };
    for (const Row& row : rows) EXPECT_EQ(found(row.question), row.wanted) << row.what;
}

TEST_F(ReadLedger, a_search_tells_how_many_messages_it_could_not_know) {
    LedgerQuestion question;
    question.message_id = "<44@old.example>";
    EXPECT_TRUE(found(question).empty());
    EXPECT_EQ(search_.pairs, 2U);
    EXPECT_EQ(search_.messages, 3U);
    EXPECT_EQ(search_.without_message_id, 1U);
    question.folder = "Nowhere";
    EXPECT_TRUE(found(question).empty());
    EXPECT_EQ(search_.pairs, 0U);
}

TEST_F(ReadLedger, the_ledger_of_another_account_is_refused_with_both_names) {
    const auto ledger = open_ledger({.path = path_, .account = store::AccountKey{"u2@old.example:993", "u2@new.example:993"}});
    ASSERT_FALSE(ledger.ok());
    EXPECT_EQ(ledger.error().code, Errc::store_foreign);
    EXPECT_THAT(ledger.error().message, AllOf(HasSubstr("u1@old.example:993"), HasSubstr("u2@old.example:993")));
}

TEST_F(ReadLedger, a_ledger_that_is_not_there_is_told_with_what_was_looked_for) {
    const auto file = open_ledger({.path = path_ + "2", .account = std::nullopt});
    ASSERT_FALSE(file.ok());
    EXPECT_THAT(file.error().message, AllOf(HasSubstr("no ledger \"" + path_ + "2\""), HasSubstr("SOURCE --to DESTINATION")));

    setenv("XDG_STATE_HOME", "/nonexistent", 1);
    const auto account = open_ledger({.path = "", .account = sample_account});
    unsetenv("XDG_STATE_HOME");
    ASSERT_FALSE(account.ok());
    EXPECT_THAT(account.error().message, AllOf(HasSubstr("u1@old.example:993 to u1@new.example:993"),
                                               HasSubstr("/nonexistent/mailhaul/u1@"), HasSubstr("--ledger")));
}

}  // namespace
}  // namespace mailhaul::app
