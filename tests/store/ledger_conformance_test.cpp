// SPDX-License-Identifier: Apache-2.0
// What every engine of the ledger must do, asked through the interface alone. A new engine is a new line at the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <map>
#include <memory>

#include "store/entries.hpp"
#include "store/ledger.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const AccountKey account{.source = "u1@old.example:993", .destination = "u1@new.example:993"};

/// A place for one ledger, which open() opens again and again.
class Place {
public:
    Place() = default;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    virtual ~Place() = default;
    virtual Result<std::unique_ptr<Ledger>> open() = 0;
};

struct Engine {
    const char* name;
    std::function<std::unique_ptr<Place>()> make_place;
};

/// A ledger that can be closed and opened again between two looks at it.
class OpenLedger {
public:
    explicit OpenLedger(Place& place) : place_(place) { reopen(); }
    void reopen() {
        ledger_.reset();
        auto opened = place_.open();
        if (!opened.ok()) throw std::runtime_error(opened.error().describe());
        ledger_ = std::move(opened).value();
    }
    Ledger* operator->() { return ledger_.get(); }
    std::vector<std::string> lines(const PairKey& pair) { return spell(ledger_->entries(pair).value()); }

private:
    Place& place_;
    std::unique_ptr<Ledger> ledger_;
};

class LedgerConformance : public testing::TestWithParam<Engine> {
protected:
    std::unique_ptr<Place> place_ = GetParam().make_place();
    OpenLedger ledger_{*place_};
    const PairKey inbox_ = pair_of("INBOX");
};

bool recorded(const Result<void>& result) {
    if (!result.ok()) ADD_FAILURE() << result.error().describe();
    return result.ok();
}

TEST_P(LedgerConformance, a_pair_never_seen_has_no_entries_and_is_not_settled) {
    EXPECT_THAT(ledger_.lines(inbox_), IsEmpty());
    EXPECT_EQ(ledger_->settled(inbox_).value(), std::nullopt);
    EXPECT_THAT(ledger_->pairs().value(), IsEmpty());
    EXPECT_EQ(ledger_->size().value(), 0U);
}

TEST_P(LedgerConformance, a_mailbox_id_is_kept_and_replaced) {
    EXPECT_THAT(ledger_->mailbox_ids().value(), IsEmpty());
    const MailboxId inbox{inbox_.source, "F1"};
    const MailboxId made_anew{pair_of("INBOX", 2).source, "F2"};
    ASSERT_TRUE(recorded(ledger_->record_mailbox_ids(std::vector{inbox, made_anew})));
    const MailboxId other{inbox_.source, "F3"};
    ASSERT_TRUE(recorded(ledger_->record_mailbox_ids(std::vector{other})));
    ledger_.reopen();
    EXPECT_THAT(ledger_->mailbox_ids().value(), testing::UnorderedElementsAre(other, made_anew));
}

TEST_P(LedgerConformance, a_renamed_pair_keeps_all_that_is_known_of_it) {
    const std::vector entries{entry_of(7, 3), entry_of(8, 4)};
    Settled state;
    state.entries = 2;
    ASSERT_TRUE(recorded(ledger_->record(inbox_, entries)));
    ASSERT_TRUE(recorded(ledger_->record_settled(inbox_, state)));
    const PairKey renamed = pair_of("Renamed");
    EXPECT_TRUE(ledger_->rename_pair(inbox_, renamed).value());
    ledger_.reopen();
    EXPECT_EQ(ledger_.lines(renamed), spell(entries));
    EXPECT_EQ(ledger_->settled(renamed).value(), state);
    EXPECT_THAT(ledger_.lines(inbox_), IsEmpty());
    EXPECT_THAT(ledger_->pairs().value(), ElementsAre(renamed));
}

TEST_P(LedgerConformance, a_pair_is_not_renamed_to_one_that_is_known) {
    const PairKey other = pair_of("Other");
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::vector{entry_of(7, 3)})));
    EXPECT_FALSE(ledger_->rename_pair(other, pair_of("Third")).value()) << "nothing is known of it";
    ASSERT_TRUE(recorded(ledger_->record(other, std::vector{entry_of(1, 1)})));
    EXPECT_FALSE(ledger_->rename_pair(inbox_, other).value());
    EXPECT_EQ(ledger_.lines(inbox_).size(), 1U);
    EXPECT_EQ(ledger_.lines(other).size(), 1U);
}

TEST_P(LedgerConformance, reopening_keeps_every_item_of_an_entry_and_that_it_was_missing) {
    Entry bare;
    bare.source = imap::Uid{4'294'967'295};
    bare.destination = imap::Uid{1};
    bare.origin = Origin::adopted;
    const std::vector entries{entry_of(7, 3, {"\\Seen", "$Forwarded"}), bare};
    ASSERT_TRUE(recorded(ledger_->record(inbox_, entries)));
    ledger_.reopen();
    EXPECT_EQ(ledger_.lines(inbox_), spell(entries));
    EXPECT_EQ(ledger_->size().value(), 2U);
}

TEST_P(LedgerConformance, entries_come_by_source_uid_in_whatever_order_they_were_recorded) {
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(9, 1), entry_of(2, 5), entry_of(300, 2)})));
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(4, 4)})));
    EXPECT_EQ(ledger_.lines(inbox_), spell(std::vector{entry_of(2, 5), entry_of(4, 4), entry_of(9, 1), entry_of(300, 2)}));
}

TEST_P(LedgerConformance, recording_a_source_uid_again_replaces_all_of_its_entry) {
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(7, 3, {"\\Seen"})})));
    Entry replaced;
    replaced.source = imap::Uid{7};
    replaced.destination = imap::Uid{8};
    replaced.origin = Origin::adopted;
    replaced.flags = {"\\Draft"};
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{replaced})));
    EXPECT_THAT(ledger_.lines(inbox_), ElementsAre(spell(replaced)));
}

TEST_P(LedgerConformance, a_batch_with_an_impossible_entry_leaves_nothing_of_itself) {
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(1, 1)})));
    const auto result = ledger_->record(inbox_, std::array{entry_of(1, 9), entry_of(2, 2), entry_of(0, 3)});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, Errc::store_failed);
    EXPECT_EQ(ledger_.lines(inbox_), spell(std::vector{entry_of(1, 1)}));
    const PairKey unseen = pair_of("Unseen");
    EXPECT_FALSE(ledger_->record(unseen, std::array{entry_of(0, 1, {"$OnlyHere"})}).ok());
    EXPECT_THAT(ledger_->pairs().value(), ElementsAre(inbox_));
}

TEST_P(LedgerConformance, after_a_refused_batch_its_flags_can_still_be_recorded) {
    ASSERT_FALSE(ledger_->record(inbox_, std::array{entry_of(1, 1, {"$New"}), entry_of(0, 1)}).ok());
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(1, 1, {"$New"})})));
    EXPECT_EQ(ledger_.lines(inbox_), spell(std::vector{entry_of(1, 1, {"$New"})}));
}

TEST_P(LedgerConformance, recording_flags_changes_nothing_else_and_makes_no_entry) {
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(1, 1), entry_of(2, 2)})));
    const std::array<std::pair<imap::Uid, imap::FlagSet>, 2> flags{
        {{imap::Uid{2}, {"\\Flagged", "Work"}}, {imap::Uid{3}, {"\\Seen"}}}};
    ASSERT_TRUE(recorded(ledger_->record_flags(inbox_, flags)));
    ASSERT_TRUE(recorded(ledger_->record_flags(pair_of("Unseen"), flags)));
    EXPECT_EQ(ledger_.lines(inbox_), spell(std::vector{entry_of(1, 1), entry_of(2, 2, {"\\Flagged", "Work"})}));
    EXPECT_THAT(ledger_->pairs().value(), ElementsAre(inbox_));
}

TEST_P(LedgerConformance, an_entry_forgotten_is_gone_and_its_neighbours_stay) {
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(1, 1), entry_of(2, 2), entry_of(3, 3)})));
    ASSERT_TRUE(recorded(ledger_->forget(inbox_, std::array{imap::Uid{2}, imap::Uid{77}})));
    ASSERT_TRUE(recorded(ledger_->forget(pair_of("Unseen"), std::array{imap::Uid{1}})));
    ledger_.reopen();
    EXPECT_EQ(ledger_.lines(inbox_), spell(std::vector{entry_of(1, 1), entry_of(3, 3)}));
}

TEST_P(LedgerConformance, pairs_differ_by_each_of_their_four_parts) {
    PairKey other_destination = inbox_;
    other_destination.destination.name = imap::MailboxName("Elsewhere");
    PairKey other_validity = inbox_;
    other_validity.source.uid_validity = imap::UidValidity{4'294'967'295};
    PairKey other_destination_validity = inbox_;
    other_destination_validity.destination.uid_validity = imap::UidValidity{5};
    const std::vector pairs{inbox_, pair_of("Archive"), other_destination, other_validity, other_destination_validity};
    for (std::uint32_t i = 0; i < pairs.size(); ++i)
        ASSERT_TRUE(recorded(ledger_->record(pairs[i], std::array{entry_of(1, i + 1)})));
    ledger_.reopen();
    EXPECT_THAT(ledger_->pairs().value(), testing::UnorderedElementsAreArray(pairs));
    for (std::uint32_t i = 0; i < pairs.size(); ++i) EXPECT_EQ(ledger_.lines(pairs[i]), spell(std::vector{entry_of(1, i + 1)}));
}

TEST_P(LedgerConformance, mailbox_names_and_keywords_keep_octets_that_are_no_utf8) {
    const PairKey pair = pair_of("caf\xe9 'quoted\" &AOk-");
    ASSERT_TRUE(recorded(ledger_->record(pair, std::array{entry_of(1, 1, {"\xe9tiquette"})})));
    ledger_.reopen();
    EXPECT_THAT(ledger_->pairs().value(), ElementsAre(pair));
    EXPECT_EQ(ledger_.lines(pair), spell(std::vector{entry_of(1, 1, {"\xe9tiquette"})}));
}

TEST_P(LedgerConformance, the_settled_state_is_replaced_whole_and_unknown_stays_unknown) {
    const Settled all{.source_uid_next = imap::Uid{4'294'967'295},
                      .destination_uid_next = imap::Uid{2},
                      .source_messages = 0,
                      .destination_messages = 4,
                      .source_mod_seq = imap::ModSeq{9'223'372'036'854'775'807},
                      .destination_mod_seq = imap::ModSeq{6},
                      .entries = 7};
    ASSERT_TRUE(recorded(ledger_->record_settled(inbox_, all)));
    ledger_.reopen();
    EXPECT_EQ(ledger_->settled(inbox_).value(), all);
    Settled some;
    some.source_messages = 5;
    ASSERT_TRUE(recorded(ledger_->record_settled(inbox_, some)));
    EXPECT_EQ(ledger_->settled(inbox_).value(), some);
    EXPECT_EQ(ledger_->settled(pair_of("Other")).value(), std::nullopt);
}

TEST_P(LedgerConformance, intents_stay_open_until_they_are_closed) {
    const Intent first{.source = {imap::Uid{3}, imap::Uid{4}, imap::Uid{900}}, .destination_uid_next = imap::Uid{17}, .at = 5};
    const Intent second{.source = {imap::Uid{4'294'967'295}}, .destination_uid_next = std::nullopt, .at = 6};
    ASSERT_TRUE(recorded(ledger_->record_intent(inbox_, first)));
    ASSERT_TRUE(recorded(ledger_->record_intent(inbox_, second)));
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(3, 17)})));
    ledger_.reopen();
    EXPECT_THAT(ledger_->intents(inbox_).value(), ElementsAre(first, second));
    EXPECT_THAT(ledger_->intents(pair_of("Other")).value(), IsEmpty());
    ASSERT_TRUE(recorded(ledger_->close_intents(inbox_)));
    ASSERT_TRUE(recorded(ledger_->close_intents(pair_of("Other"))));
    ledger_.reopen();
    EXPECT_THAT(ledger_->intents(inbox_).value(), IsEmpty());
}

Exception exception_of(std::uint32_t source, std::string reason) {
    return {.source = imap::Uid{source},
            .at = 1'764'000'000,
            .reason = std::move(reason),
            .message_id = "<a@b>",
            .subject = "caf\xc3\xa9",
            .size = 9'000'000'000};
}

TEST_P(LedgerConformance, an_exception_stays_until_its_message_is_copied_or_forgotten) {
    const std::vector exceptions{exception_of(1, "too large"), exception_of(2, "virus"), exception_of(9, "full")};
    ASSERT_TRUE(recorded(ledger_->record_exceptions(inbox_, exceptions)));
    ASSERT_TRUE(recorded(ledger_->record_exceptions(inbox_, std::array{exception_of(9, "still full")})));
    ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(2, 2), entry_of(3, 3)})));
    ASSERT_TRUE(recorded(ledger_->forget(inbox_, std::array{imap::Uid{1}})));
    ledger_.reopen();
    EXPECT_THAT(ledger_->exceptions(inbox_).value(), ElementsAre(exception_of(9, "still full")));
    EXPECT_THAT(ledger_->exceptions(pair_of("Unseen")).value(), IsEmpty());
}

TEST_P(LedgerConformance, many_small_changes_read_as_if_they_were_one) {
    for (std::uint32_t i = 1; i <= 200; ++i) {
        ASSERT_TRUE(recorded(ledger_->record(inbox_, std::array{entry_of(i % 50 + 1, i)})));
        const std::array<std::pair<imap::Uid, imap::FlagSet>, 1> flags{{{imap::Uid{i % 7 + 1}, {"n" + std::to_string(i)}}}};
        ASSERT_TRUE(recorded(ledger_->record_flags(inbox_, flags)));
        if (i % 10 == 0) ASSERT_TRUE(recorded(ledger_->forget(inbox_, std::array{imap::Uid{i % 50 + 1}})));
    }
    ledger_.reopen();
    std::map<std::uint32_t, Entry> expected;
    for (std::uint32_t i = 1; i <= 200; ++i) {
        expected[i % 50 + 1] = entry_of(i % 50 + 1, i);
        if (const auto known = expected.find(i % 7 + 1); known != expected.end())
            known->second.flags = {"n" + std::to_string(i)};
        if (i % 10 == 0) expected.erase(i % 50 + 1);
    }
    EXPECT_EQ(ledger_.lines(inbox_), spell(expected));
}

TEST_P(LedgerConformance, an_empty_batch_is_no_failure) {
    EXPECT_TRUE(recorded(ledger_->record(inbox_, {})));
    EXPECT_TRUE(recorded(ledger_->record_flags(inbox_, {})));
    EXPECT_TRUE(recorded(ledger_->forget(inbox_, {})));
    EXPECT_EQ(ledger_->size().value(), 0U);
}

// The model: what a ledger is, with nothing durable about it.

using Model = std::map<std::string, std::map<std::uint32_t, Entry>>;

const std::array<std::string, 3> mailboxes{"INBOX", "Archive", "a/b"};

imap::FlagSet any_flags() {
    imap::FlagSet flags;
    for (const char* flag : *rc::gen::container<std::vector<const char*>>(
             rc::gen::element("\\Seen", "\\Flagged", "\\Answered", "$Junk", "Work", "NonJunk")))
        flags.insert(flag);
    return flags;
}

std::uint32_t any_uid() { return *rc::gen::inRange<std::uint32_t>(1, 25); }

std::vector<Entry> any_batch() {
    std::vector<Entry> batch;
    for (int left = *rc::gen::inRange(0, 8); left > 0; --left) {
        Entry entry = entry_of(any_uid(), any_uid(), any_flags());
        if (*rc::gen::arbitrary<bool>()) entry.origin = Origin::adopted;
        if (*rc::gen::arbitrary<bool>()) entry.sha256.reset();
        if (*rc::gen::arbitrary<bool>()) entry.message_id.reset();
        batch.push_back(std::move(entry));
    }
    return batch;
}

/// One change, done `times` times to the ledger and once to the model.
void change(OpenLedger& ledger, Model& model, int times) {
    const std::string name = *rc::gen::elementOf(mailboxes);
    const PairKey pair = pair_of(name);
    switch (*rc::gen::inRange(0, 4)) {
        case 0: {
            const auto batch = any_batch();
            for (int i = 0; i < times; ++i) RC_ASSERT(ledger->record(pair, batch).ok());
            for (const Entry& entry : batch) model[name].insert_or_assign(entry.source.value(), entry);
            break;
        }
        case 1: {
            const std::vector<std::pair<imap::Uid, imap::FlagSet>> flags{{imap::Uid{any_uid()}, any_flags()}};
            for (int i = 0; i < times; ++i) RC_ASSERT(ledger->record_flags(pair, flags).ok());
            const auto place = model[name].find(flags[0].first.value());
            if (place != model[name].end()) place->second.flags = flags[0].second;
            break;
        }
        case 2: {
            const std::array uids{imap::Uid{any_uid()}, imap::Uid{any_uid()}};
            for (int i = 0; i < times; ++i) RC_ASSERT(ledger->forget(pair, uids).ok());
            for (const imap::Uid uid : uids) model[name].erase(uid.value());
            break;
        }
        default: ledger.reopen();
    }
}

TEST_P(LedgerConformance, doing_every_change_twice_equals_once_and_equals_the_model) {
    const bool holds = rc::check("the ledger holds what the model holds", [] {
        const auto place = GetParam().make_place();
        OpenLedger ledger(*place);
        Model model;
        const int times = *rc::gen::inRange(1, 3);
        for (int left = *rc::gen::inRange(0, 20); left > 0; --left) change(ledger, model, times);
        std::size_t size = 0;
        for (const std::string& name : mailboxes) {
            RC_ASSERT(ledger.lines(pair_of(name)) == spell(model[name]));
            size += model[name].size();
        }
        RC_ASSERT(ledger->size().value() == size);
    });
    EXPECT_TRUE(holds);
}

// Killed in the middle: every acknowledged batch is there, and no half of one.

constexpr std::uint32_t batch_size = 40;

std::vector<Entry> batch_number(std::uint32_t number) {
    std::vector<Entry> batch;
    for (std::uint32_t i = 0; i < batch_size; ++i) batch.push_back(entry_of(number * batch_size + i + 1, number + 1));
    return batch;
}

/// Never returns: one octet into `acknowledgements` before the ledger is opened, and one after each batch.
[[noreturn]] void record_until_killed(Place& place, int acknowledgements) {
    const auto acknowledge = [acknowledgements] {
        if (write(acknowledgements, "+", 1) != 1) _exit(1);
    };
    acknowledge();
    auto ledger = place.open();
    if (!ledger.ok()) _exit(2);
    for (std::uint32_t number = 0;; ++number) {
        if (!ledger.value()->record(pair_of("INBOX"), batch_number(number)).ok()) _exit(3);
        acknowledge();
    }
}

/// Kills a recording child as soon as it has acknowledged `patience` times; how many acknowledgements it made in all.
std::uint32_t kill_after(Place& place, std::uint32_t patience) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        record_until_killed(place, ends[1]);
    }
    close(ends[1]);
    std::uint32_t acknowledged = 0;
    char octet = 0;
    while (acknowledged < patience && read(ends[0], &octet, 1) == 1) ++acknowledged;
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child gave up by itself with status " << WEXITSTATUS(status);
    while (read(ends[0], &octet, 1) == 1) ++acknowledged;
    close(ends[0]);
    return acknowledged;
}

TEST_P(LedgerConformance, a_process_killed_at_any_moment_loses_no_acknowledged_batch_and_leaves_no_half_one) {
    for (const std::uint32_t patience : {1U, 2U, 3U, 4U, 5U, 8U, 13U, 21U, 55U, 144U}) {
        SCOPED_TRACE("killed after " + std::to_string(patience) + " acknowledgements");
        const auto place = GetParam().make_place();
        const std::uint32_t batches = kill_after(*place, patience) - 1;
        OpenLedger survivor(*place);
        const auto entries = survivor->entries(pair_of("INBOX")).value();
        EXPECT_GE(entries.size(), batches * batch_size);
        EXPECT_EQ(entries.size() % batch_size, 0U);
        std::vector<Entry> wanted;
        for (std::uint32_t number = 0; number < entries.size() / batch_size; ++number)
            for (Entry& entry : batch_number(number)) wanted.push_back(std::move(entry));
        EXPECT_EQ(spell(entries), spell(wanted));
    }
}

// Traffic

using Side = HourOfTraffic::Side;

HourOfTraffic traffic(Side side, std::int64_t hour, std::uint64_t octets) {
    return {.side = side, .hour = hour, .last = hour * 3600 + 1800, .octets = octets};
}

TEST_P(LedgerConformance, traffic_is_remembered_by_side_and_hour_and_the_last_word_counts) {
    const auto place = GetParam().make_place();
    OpenLedger ledger(*place);
    EXPECT_THAT(ledger->traffic().value(), IsEmpty());
    ASSERT_TRUE(ledger->record_traffic(std::array{traffic(Side::destination, 100, 7), traffic(Side::source, 100, 5)}).ok());
    ASSERT_TRUE(ledger->record_traffic(std::array{traffic(Side::source, 100, 9), traffic(Side::source, 101, 1)}).ok());
    ledger.reopen();
    EXPECT_THAT(ledger->traffic().value(),
                ElementsAre(traffic(Side::source, 100, 9), traffic(Side::source, 101, 1), traffic(Side::destination, 100, 7)));
}

TEST_P(LedgerConformance, traffic_of_more_than_25_hours_is_forgotten_for_that_side_alone) {
    const auto place = GetParam().make_place();
    OpenLedger ledger(*place);
    ASSERT_TRUE(ledger->record_traffic(std::array{traffic(Side::destination, 1, 3)}).ok());
    for (std::int64_t hour = 1; hour <= 60; ++hour)
        ASSERT_TRUE(ledger->record_traffic(std::array{traffic(Side::source, hour, 1)}).ok());
    const auto known = ledger->traffic().value();
    EXPECT_EQ(known.size(), 25U + 1U);
    EXPECT_EQ(known.front(), traffic(Side::source, 36, 1));
    EXPECT_EQ(known.back(), traffic(Side::destination, 1, 3));
}

// Engines

class SqlitePlace final : public Place {
public:
    Result<std::unique_ptr<Ledger>> open() override { return open_sqlite_ledger(folder_.file("u1.ledger"), account); }

private:
    testkit::ScratchFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(engines, LedgerConformance,
                         testing::Values(Engine{"sqlite", [] { return std::unique_ptr<Place>(new SqlitePlace); }}),
                         [](const auto& engine) { return std::string(engine.param.name); });

}  // namespace
}  // namespace mailhaul::store
