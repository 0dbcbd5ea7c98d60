// SPDX-License-Identifier: Apache-2.0
// SqliteLedger: the ledger of one account in one SQLite file (docs/formats/ledger.md).
//
// Every call that changes something is one transaction, and returns after it is in the write-ahead log: a process killed
// at any moment loses nothing it was told is recorded. Recording appends a segment; small ones are merged as they
// become many, so that writing stays in proportion to what changed. Leaves out who may hold the file (run_lock,
// ledger_file), how its tables came to be (schema) and how segments are packed (segment).
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include "store/columns.hpp"
#include "store/ledger.hpp"
#include "store/ledger_file.hpp"
#include "store/run_lock.hpp"
#include "store/schema.hpp"
#include "store/segment.hpp"
#include "store/sqlite.hpp"
#include "store/traffic.hpp"

namespace mailhaul::store {

namespace {

constexpr std::int64_t small_segment = 1024;         // changes; fewer waste most of a page
constexpr std::int64_t small_ones_at_most = 16;      // at the end of a pair; then they are merged
constexpr std::size_t largest_segment = 4096;        // changes
constexpr std::int64_t dead_changes_allowed = 4096;  // and half as many as there are entries; then all is folded

// Values -> parameters

std::int64_t number_from(const imap::UidValidity& validity) { return validity.value(); }

Value nullable(const std::optional<std::uint32_t>& number) { return number ? Value(std::int64_t{*number}) : Value(nullptr); }
Value nullable(const std::optional<imap::Uid>& uid) { return uid ? Value(std::int64_t{uid->value()}) : Value(nullptr); }
Value nullable(const std::optional<imap::ModSeq>& mod_seq) {
    return mod_seq ? Value(static_cast<std::int64_t>(mod_seq->value())) : Value(nullptr);
}

class SqliteLedger final : public Ledger {
public:
    SqliteLedger(RunLock lock, Database database, std::string path)
        : path_(std::move(path)), lock_(std::move(lock)), database_(std::move(database)) {}

    /// Before anything else.
    Result<void> prepare();

    Result<std::vector<Entry>> entries(const PairKey& pair) override;
    Result<void> record(const PairKey& pair, std::span<const Entry> entries) override;
    Result<void> record_flags(const PairKey& pair, std::span<const std::pair<imap::Uid, imap::FlagSet>> flags) override;
    Result<void> forget(const PairKey& pair, std::span<const imap::Uid> source) override;
    Result<std::vector<Intent>> intents(const PairKey& pair) override;
    Result<void> record_intent(const PairKey& pair, const Intent& intent) override;
    Result<void> close_intents(const PairKey& pair) override;
    Result<std::vector<Exception>> exceptions(const PairKey& pair) override;
    Result<void> record_exceptions(const PairKey& pair, std::span<const Exception> exceptions) override;
    Result<std::optional<Settled>> settled(const PairKey& pair) override;
    Result<void> record_settled(const PairKey& pair, const Settled& state) override;
    Result<std::optional<std::string>> mailbox_id(const MailboxKey& mailbox) override;
    Result<std::vector<MailboxId>> mailbox_ids() override;
    Result<void> record_mailbox_ids(std::span<const MailboxId> ids) override;
    Result<bool> rename_pair(const PairKey& from, const PairKey& to) override;
    Result<std::vector<HourOfTraffic>> traffic() override { return traffic_.read(); }
    Result<void> record_traffic(std::span<const HourOfTraffic> hours) override { return traffic_.record(database_, hours); }
    Result<std::vector<PairKey>> pairs() override;
    Result<std::uint64_t> size() override;

private:
    using FlagIds = std::map<std::string, std::int64_t>;
    using FlagsById = std::map<std::int64_t, imap::FlagSet>;

    Result<std::optional<std::int64_t>> find_pair(const PairKey& pair);
    Result<std::int64_t> enter_pair(const PairKey& pair);
    Result<std::int64_t> intern(const imap::FlagSet& flags, FlagIds& known);
    Result<imap::FlagSet> flags_of(std::int64_t id, FlagsById& known);

    Result<void> append(std::int64_t pair, std::vector<Change> changes);
    Result<void> insert_segment(std::int64_t pair, std::span<const Change> changes);
    Result<void> drop_exceptions(std::int64_t pair, std::span<const Change> changes);
    Result<void> tidy(std::int64_t pair);
    Result<std::optional<std::int64_t>> first_of_many_small_ones(std::int64_t pair);
    Result<bool> has_many_dead(std::int64_t pair);
    Result<void> fold_all(std::int64_t pair);
    Result<std::vector<Change>> changes_from(std::int64_t pair, std::int64_t first_segment);

    std::string path_;
    // In this order: statements go before the database, and the lock last of all.
    RunLock lock_;
    Database database_;
    Statement select_pair_, insert_pair_, select_pairs_;
    Statement select_flag_id_, insert_flags_, select_flags_;
    Statement select_segments_, select_last_segments_, insert_segment_, delete_segments_, count_changes_;
    Statement select_exceptions_, upsert_exception_, delete_exception_, any_exception_;
    Statement select_intents_, insert_intent_, delete_intents_;
    Statement select_settled_, upsert_settled_;
    Statement select_mailbox_ids_, select_mailbox_id_, upsert_mailbox_id_, rename_pair_;
    TrafficTable traffic_;
};

Result<void> SqliteLedger::prepare() {
    const std::pair<Statement*, std::string_view> statements[] = {
        {&select_pair_,
         "SELECT id FROM mailbox_pair WHERE source_name = ?1 AND source_uid_validity = ?2 AND destination_name = ?3 "
         "AND destination_uid_validity = ?4"},
        {&insert_pair_,
         "INSERT INTO mailbox_pair (source_name, source_uid_validity, destination_name, destination_uid_validity) "
         "VALUES (?1, ?2, ?3, ?4) RETURNING id"},
        {&select_pairs_,
         "SELECT source_name, source_uid_validity, destination_name, destination_uid_validity FROM mailbox_pair ORDER BY id"},
        {&select_flag_id_, "SELECT id FROM flag_set WHERE flags = ?1"},
        {&insert_flags_, "INSERT INTO flag_set (flags) VALUES (?1) RETURNING id"},
        {&select_flags_, "SELECT flags FROM flag_set WHERE id = ?1"},
        {&select_segments_, "SELECT octets FROM segment WHERE pair = ?1 AND id >= ?2 ORDER BY id"},
        {&select_last_segments_, "SELECT id, changes FROM segment WHERE pair = ?1 ORDER BY id DESC LIMIT ?2"},
        {&insert_segment_, "INSERT INTO segment (pair, changes, additions, octets) VALUES (?1, ?2, ?3, ?4)"},
        {&delete_segments_, "DELETE FROM segment WHERE pair = ?1 AND id >= ?2"},
        {&count_changes_, "SELECT sum(changes - additions), sum(additions) FROM segment WHERE pair = ?1"},
        {&select_exceptions_,
         "SELECT source_uid, at, reason, message_id, subject, size FROM exception WHERE pair = ?1 ORDER BY source_uid"},
        {&upsert_exception_,
         "INSERT OR REPLACE INTO exception (pair, source_uid, at, reason, message_id, subject, size) "
         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
        {&delete_exception_, "DELETE FROM exception WHERE pair = ?1 AND source_uid = ?2"},
        {&any_exception_, "SELECT EXISTS (SELECT 1 FROM exception WHERE pair = ?1)"},
        {&select_intents_, "SELECT at, destination_uid_next, octets FROM intent WHERE pair = ?1 ORDER BY id"},
        {&insert_intent_, "INSERT INTO intent (pair, at, destination_uid_next, octets) VALUES (?1, ?2, ?3, ?4)"},
        {&delete_intents_, "DELETE FROM intent WHERE pair = ?1"},
        {&select_settled_,
         "SELECT source_uid_next, destination_uid_next, source_messages, destination_messages, source_mod_seq, "
         "destination_mod_seq, entries, checksum FROM settled WHERE pair = ?1"},
        {&upsert_settled_,
         "INSERT OR REPLACE INTO settled (pair, source_uid_next, destination_uid_next, source_messages, destination_messages, "
         "source_mod_seq, destination_mod_seq, entries, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
        {&select_mailbox_ids_, "SELECT name, uid_validity, mailbox_id FROM source_mailbox"},
        {&select_mailbox_id_, "SELECT mailbox_id FROM source_mailbox WHERE name = ?1 AND uid_validity = ?2"},
        {&upsert_mailbox_id_, "INSERT OR REPLACE INTO source_mailbox (name, uid_validity, mailbox_id) VALUES (?1, ?2, ?3)"},
        {&rename_pair_,
         "UPDATE mailbox_pair SET source_name = ?2, source_uid_validity = ?3, destination_name = ?4, "
         "destination_uid_validity = ?5 WHERE id = ?1"},
    };
    for (const auto& [statement, sql] : statements) {
        MH_TRY(prepared, database_.prepare(sql));
        *statement = std::move(prepared);
    }
    return traffic_.prepare(database_);
}

Result<std::optional<std::int64_t>> SqliteLedger::find_pair(const PairKey& pair) {
    Rows rows = select_pair_.start({pair.source.name.raw(), number_from(pair.source.uid_validity), pair.destination.name.raw(),
                                    number_from(pair.destination.uid_validity)});
    MH_TRY(row, rows.next());
    if (!row) return std::optional<std::int64_t>();
    return std::optional(rows.number(0));
}

/// The pair's number, given to it now where it has none.
Result<std::int64_t> SqliteLedger::enter_pair(const PairKey& pair) {
    MH_TRY(known, find_pair(pair));
    if (known) return *known;
    Rows rows = insert_pair_.start({pair.source.name.raw(), number_from(pair.source.uid_validity), pair.destination.name.raw(),
                                    number_from(pair.destination.uid_validity)});
    MH_TRY_VOID(rows.next());
    return rows.number(0);
}

/// The number of this set of flags. `known` spares the look-up for sets met before in the same call; it must not outlive
/// the transaction, which may be undone.
Result<std::int64_t> SqliteLedger::intern(const imap::FlagSet& flags, FlagIds& known) {
    const auto [place, is_new] = known.try_emplace(flags.to_string(), 0);
    if (!is_new) return place->second;
    {
        Rows found = select_flag_id_.start({place->first});
        MH_TRY(row, found.next());
        if (row) return place->second = found.number(0);
    }
    Rows inserted = insert_flags_.start({place->first});
    MH_TRY_VOID(inserted.next());
    return place->second = inserted.number(0);
}

Result<imap::FlagSet> SqliteLedger::flags_of(std::int64_t id, FlagsById& known) {
    const auto place = known.find(id);
    if (place != known.end()) return place->second;
    Rows rows = select_flags_.start({id});
    MH_TRY(row, rows.next());
    imap::FlagSet flags = row ? flags_from(rows.text(0)) : imap::FlagSet();
    return known.emplace(id, std::move(flags)).first->second;
}

Result<std::vector<Entry>> SqliteLedger::entries(const PairKey& pair) {
    std::vector<Entry> entries;
    MH_TRY(id, find_pair(pair));
    if (!id) return entries;
    MH_TRY(changes, changes_from(*id, 0));
    changes = fold(std::move(changes), Fold::whole);
    entries.reserve(changes.size());
    FlagsById known;
    for (const Change& change : changes) {
        MH_TRY(flags, flags_of(change.flag_set, known));
        entries.push_back(entry_from(change, std::move(flags)));
    }
    return entries;
}

Result<void> SqliteLedger::record(const PairKey& pair, std::span<const Entry> entries) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, enter_pair(pair));
    FlagIds known;
    std::vector<Change> changes;
    changes.reserve(entries.size());
    for (const Entry& entry : entries) {
        if (entry.source.value() == 0 || entry.destination.value() == 0)
            return Error{Errc::store_failed, Scope::account, Retry::never, "an entry without a UID cannot be recorded"};
        MH_TRY(flags, intern(entry.flags, known));
        Change change;
        change.source = entry.source;
        change.kind = entry.origin == Origin::copied ? Change::Kind::copied : Change::Kind::adopted;
        change.destination = entry.destination;
        change.flag_set = static_cast<std::uint32_t>(flags);
        change.at = entry.at;
        change.sha256 = entry.sha256;
        change.message_id = entry.message_id;
        change.repair = entry.repair;
        changes.push_back(change);
    }
    MH_TRY_VOID(append(id, std::move(changes)));
    return transaction.commit();
}

Result<void> SqliteLedger::record_flags(const PairKey& pair, std::span<const std::pair<imap::Uid, imap::FlagSet>> flags) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, find_pair(pair));
    if (!id) return {};
    FlagIds known;
    std::vector<Change> changes;
    for (const auto& [uid, set] : flags) {
        MH_TRY(flag_id, intern(set, known));
        Change change;
        change.source = uid;
        change.kind = Change::Kind::flags;
        change.flag_set = static_cast<std::uint32_t>(flag_id);
        changes.push_back(change);
    }
    MH_TRY_VOID(append(*id, std::move(changes)));
    return transaction.commit();
}

Result<void> SqliteLedger::forget(const PairKey& pair, std::span<const imap::Uid> source) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, find_pair(pair));
    if (!id) return {};
    std::vector<Change> changes;
    for (const imap::Uid uid : source) {
        Change change;
        change.source = uid;
        change.kind = Change::Kind::forgotten;
        changes.push_back(change);
    }
    MH_TRY_VOID(append(*id, std::move(changes)));
    return transaction.commit();
}

// Segments

Result<void> SqliteLedger::append(std::int64_t pair, std::vector<Change> changes) {
    if (changes.empty()) return {};
    changes = fold(std::move(changes), Fold::part);
    MH_TRY_VOID(insert_segment(pair, changes));
    MH_TRY_VOID(drop_exceptions(pair, changes));
    return tidy(pair);
}

/// Of what was copied after all, or is to be forgotten.
Result<void> SqliteLedger::drop_exceptions(std::int64_t pair, std::span<const Change> changes) {
    {
        Rows any = any_exception_.start({pair});
        MH_TRY_VOID(any.next());
        if (any.number(0) == 0) return {};
    }
    for (const Change& change : changes)
        if (change.kind != Change::Kind::flags) MH_TRY_VOID(delete_exception_.run({pair, std::int64_t{change.source.value()}}));
    return {};
}

Result<void> SqliteLedger::insert_segment(std::int64_t pair, std::span<const Change> changes) {
    while (!changes.empty()) {
        const auto part = changes.first(std::min(changes.size(), largest_segment));
        changes = changes.subspan(part.size());
        const std::string octets = encode_segment(part);
        const std::span view(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
        MH_TRY_VOID(insert_segment_.run(
            {pair, std::ssize(part), std::int64_t{std::ranges::count_if(part, &Change::is_entry)}, Value(view)}));
    }
    return {};
}

/// The first of the small segments the pair ends in, where they are so many that they are to be merged.
Result<std::optional<std::int64_t>> SqliteLedger::first_of_many_small_ones(std::int64_t pair) {
    std::optional<std::int64_t> first;
    Rows last = select_last_segments_.start({pair, small_ones_at_most});
    for (std::int64_t seen = 0; seen < small_ones_at_most; ++seen) {
        MH_TRY(row, last.next());
        if (!row || last.number(1) >= small_segment) return std::optional<std::int64_t>();
        first = last.number(0);
    }
    return first;
}

/// Keeps segments few and alive. Costs nothing most of the time, and in the end a few octets for each octet recorded.
Result<void> SqliteLedger::tidy(std::int64_t pair) {
    MH_TRY(first, first_of_many_small_ones(pair));
    if (!first) return {};
    MH_TRY(changes, changes_from(pair, *first));
    MH_TRY_VOID(delete_segments_.run({pair, *first}));
    MH_TRY_VOID(insert_segment(pair, fold(std::move(changes), Fold::part)));
    MH_TRY(dead, has_many_dead(pair));
    return dead ? fold_all(pair) : Result<void>{};
}

Result<bool> SqliteLedger::has_many_dead(std::int64_t pair) {
    Rows counts = count_changes_.start({pair});
    MH_TRY_VOID(counts.next());
    return counts.number(0) > counts.number(1) / 2 + dead_changes_allowed;
}

Result<void> SqliteLedger::fold_all(std::int64_t pair) {
    MH_TRY(changes, changes_from(pair, 0));
    MH_TRY_VOID(delete_segments_.run({pair, std::int64_t{0}}));
    return insert_segment(pair, fold(std::move(changes), Fold::whole));
}

/// In the order they were made.
Result<std::vector<Change>> SqliteLedger::changes_from(std::int64_t pair, std::int64_t first_segment) {
    std::vector<Change> changes;
    Rows rows = select_segments_.start({pair, first_segment});
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return changes;
        auto part = decode_segment(rows.octets(0));
        if (!part) return damaged(path_, "a segment of it cannot be read");
        changes.insert(changes.end(), std::make_move_iterator(part->begin()), std::make_move_iterator(part->end()));
    }
}

// Intents

Result<std::vector<Intent>> SqliteLedger::intents(const PairKey& pair) {
    std::vector<Intent> intents;
    MH_TRY(id, find_pair(pair));
    if (!id) return intents;
    Rows rows = select_intents_.start({*id});
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return intents;
        const auto changes = decode_segment(rows.octets(2));
        if (!changes) return damaged(path_, "an intent of it cannot be read");
        Intent intent;
        intent.at = rows.number(0);
        intent.destination_uid_next = optional_column<imap::Uid>(rows, 1);
        for (const Change& change : *changes) intent.source.push_back(change.source);
        intents.push_back(std::move(intent));
    }
}

Result<void> SqliteLedger::record_intent(const PairKey& pair, const Intent& intent) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, enter_pair(pair));
    std::vector<Change> changes(intent.source.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        changes[i].source = intent.source[i];
        changes[i].kind = Change::Kind::forgotten;
    }
    const std::string octets = encode_segment(fold(std::move(changes), Fold::part));
    const std::span view(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
    MH_TRY_VOID(insert_intent_.run({id, intent.at, nullable(intent.destination_uid_next), Value(view)}));
    return transaction.commit();
}

Result<void> SqliteLedger::close_intents(const PairKey& pair) {
    MH_TRY(id, find_pair(pair));
    return id ? delete_intents_.run({*id}) : Result<void>{};
}

// Exceptions

Result<std::vector<Exception>> SqliteLedger::exceptions(const PairKey& pair) {
    std::vector<Exception> exceptions;
    MH_TRY(id, find_pair(pair));
    if (!id) return exceptions;
    Rows rows = select_exceptions_.start({*id});
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return exceptions;
        exceptions.push_back(exception_columns(rows));
    }
}

Result<void> SqliteLedger::record_exceptions(const PairKey& pair, std::span<const Exception> exceptions) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, enter_pair(pair));
    for (const Exception& one : exceptions)
        MH_TRY_VOID(upsert_exception_.run({id, std::int64_t{one.source.value()}, one.at, std::string_view(one.reason),
                                           std::string_view(one.message_id), std::string_view(one.subject),
                                           static_cast<std::int64_t>(one.size)}));
    return transaction.commit();
}

// Settled states

Result<std::optional<Settled>> SqliteLedger::settled(const PairKey& pair) {
    MH_TRY(id, find_pair(pair));
    if (!id) return std::optional<Settled>();
    Rows rows = select_settled_.start({*id});
    MH_TRY(row, rows.next());
    if (!row) return std::optional<Settled>();
    const Settled state = settled_columns(rows);
    if (rows.number(7) != checksum_of(*id, state)) return damaged(path_, "a settled state of it has a wrong checksum");
    return std::optional(state);
}

Result<void> SqliteLedger::record_settled(const PairKey& pair, const Settled& state) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, enter_pair(pair));
    MH_TRY_VOID(upsert_settled_.run({id, nullable(state.source_uid_next), nullable(state.destination_uid_next),
                                     nullable(state.source_messages), nullable(state.destination_messages),
                                     nullable(state.source_mod_seq), nullable(state.destination_mod_seq),
                                     std::int64_t{state.entries}, checksum_of(id, state)}));
    return transaction.commit();
}

// Names

Result<std::optional<std::string>> SqliteLedger::mailbox_id(const MailboxKey& mailbox) {
    Rows rows = select_mailbox_id_.start({mailbox.name.raw(), number_from(mailbox.uid_validity)});
    MH_TRY(row, rows.next());
    if (!row) return std::optional<std::string>{};
    return std::optional(std::string(rows.text(0)));
}

Result<std::vector<MailboxId>> SqliteLedger::mailbox_ids() {
    std::vector<MailboxId> ids;
    Rows rows = select_mailbox_ids_.start();
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return ids;
        ids.push_back({.mailbox = mailbox_columns(rows, 0), .id = std::string(rows.text(2))});
    }
}

Result<void> SqliteLedger::record_mailbox_ids(std::span<const MailboxId> ids) {
    MH_TRY(transaction, Transaction::begin(database_));
    for (const MailboxId& one : ids)
        MH_TRY_VOID(
            upsert_mailbox_id_.run({one.mailbox.name.raw(), number_from(one.mailbox.uid_validity), std::string_view(one.id)}));
    return transaction.commit();
}

Result<bool> SqliteLedger::rename_pair(const PairKey& from, const PairKey& to) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, find_pair(from));
    MH_TRY(taken, find_pair(to));
    if (!id || taken) return false;
    MH_TRY_VOID(rename_pair_.run({*id, to.source.name.raw(), number_from(to.source.uid_validity), to.destination.name.raw(),
                                  number_from(to.destination.uid_validity)}));
    MH_TRY_VOID(transaction.commit());
    return true;
}

Result<std::vector<PairKey>> SqliteLedger::pairs() {
    std::vector<PairKey> pairs;
    Rows rows = select_pairs_.start();
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return pairs;
        pairs.push_back({.source = mailbox_columns(rows, 0), .destination = mailbox_columns(rows, 2)});
    }
}

Result<std::uint64_t> SqliteLedger::size() {
    MH_TRY(every, pairs());
    std::uint64_t size = 0;
    for (const PairKey& pair : every) {
        MH_TRY(id, find_pair(pair));
        MH_TRY(changes, changes_from(id.value_or(0), 0));
        size += fold(std::move(changes), Fold::whole).size();
    }
    return size;
}

// Opening

Result<std::unique_ptr<Ledger>> finish_opening(RunLock lock, Database database, const std::string& path,
                                               const AccountKey& account) {
    MH_TRY_VOID(settle_schema(database, path, account));
    // A file system without shared memory cannot have WAL; SQLite then keeps its rollback journal, slower and as safe.
    MH_TRY_VOID(database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON"));
    auto ledger = std::make_unique<SqliteLedger>(std::move(lock), std::move(database), path);
    MH_TRY_VOID(ledger->prepare());
    return std::unique_ptr<Ledger>(std::move(ledger));
}

}  // namespace

Result<std::unique_ptr<Ledger>> open_sqlite_ledger(const std::string& path, const AccountKey& account, NamedBy named_by) {
    if (path == ":memory:") {
        MH_TRY(database, Database::open(path));
        return finish_opening(RunLock(), std::move(database), path, account);
    }
    MH_TRY_VOID(make_folders(path));
    const std::string file = one_name_of(path);
    MH_TRY(lock, RunLock::take(file));
    MH_TRY_VOID(recognise_file(file, named_by));
    MH_TRY(database, Database::open(file));
    MH_TRY_VOID(check_integrity(database, file));
    return finish_opening(std::move(lock), std::move(database), file, account);
}

}  // namespace mailhaul::store
