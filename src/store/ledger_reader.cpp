// SPDX-License-Identifier: Apache-2.0
#include "store/ledger_reader.hpp"

#include <filesystem>
#include <utility>

#include "store/columns.hpp"
#include "store/ledger_file.hpp"
#include "store/schema.hpp"

namespace mailhaul::store {

Entry PairContent::entry(std::size_t index) const {
    const Change& change = changes_[index];
    const auto flags = flags_.find(change.flag_set);
    return entry_from(change, flags == flags_.end() ? imap::FlagSet() : flags->second);
}

Result<LedgerReader> LedgerReader::open(const std::string& path) {
    const std::string file = one_name_of(path);
    MH_TRY_VOID(recognise_existing_file(file));
    MH_TRY(database, Database::open_for_reading(file));
    MH_TRY(account, read_account(database, file));
    return LedgerReader(std::move(database), file, std::move(account));
}

std::uint64_t LedgerReader::octets() const {
    std::uint64_t sum = 0;
    for (const char* suffix : {"", "-wal"}) {
        std::error_code missing;
        const auto size = std::filesystem::file_size(path_ + suffix, missing);
        if (!missing) sum += size;
    }
    return sum;
}

Result<std::vector<PairKey>> LedgerReader::pairs() {
    std::vector<PairKey> pairs;
    MH_TRY(select, database_.prepare("SELECT source_name, source_uid_validity, destination_name, destination_uid_validity "
                                     "FROM mailbox_pair ORDER BY id"));
    Rows rows = select.start();
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return pairs;
        pairs.push_back({.source = mailbox_columns(rows, 0), .destination = mailbox_columns(rows, 2)});
    }
}

/// One transaction, so that a message that is copied at this moment is seen as an exception or as an entry, not as neither.
Result<PairContent> LedgerReader::content(const PairKey& pair) {
    PairContent content;
    MH_TRY(transaction, Transaction::begin_reading(database_));
    static_cast<void>(transaction);
    MH_TRY(select, database_.prepare("SELECT id FROM mailbox_pair WHERE source_name = ?1 AND source_uid_validity = ?2 "
                                     "AND destination_name = ?3 AND destination_uid_validity = ?4"));
    Rows rows = select.start({pair.source.name.raw(), std::int64_t{pair.source.uid_validity.value()},
                              pair.destination.name.raw(), std::int64_t{pair.destination.uid_validity.value()}});
    MH_TRY(row, rows.next());
    if (!row) return content;
    const std::int64_t id = rows.number(0);
    MH_TRY_VOID(read_changes(id, content));
    MH_TRY_VOID(read_flags(content));
    MH_TRY_VOID(read_exceptions(id, content));
    MH_TRY_VOID(read_settled(id, content));
    return content;
}

Result<void> LedgerReader::read_changes(std::int64_t pair, PairContent& content) {
    std::vector<Change> changes;
    MH_TRY(select, database_.prepare("SELECT octets FROM segment WHERE pair = ?1 ORDER BY id"));
    Rows rows = select.start({pair});
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) break;
        const auto part = decode_segment(rows.octets(0));
        if (!part) return damaged(path_, "a segment of it cannot be read");
        changes.insert(changes.end(), part->begin(), part->end());
    }
    content.changes_ = fold(std::move(changes), Fold::whole);
    return {};
}

Result<void> LedgerReader::read_flags(PairContent& content) {
    MH_TRY(select, database_.prepare("SELECT id, flags FROM flag_set"));
    Rows rows = select.start();
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return {};
        content.flags_.emplace(static_cast<std::uint32_t>(rows.number(0)), flags_from(rows.text(1)));
    }
}

Result<void> LedgerReader::read_exceptions(std::int64_t pair, PairContent& content) {
    MH_TRY(select, database_.prepare("SELECT source_uid, at, reason, message_id, subject, size FROM exception WHERE pair = ?1 "
                                     "ORDER BY source_uid"));
    Rows rows = select.start({pair});
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return {};
        content.exceptions.push_back(exception_columns(rows));
    }
}

Result<void> LedgerReader::read_settled(std::int64_t pair, PairContent& content) {
    MH_TRY(select, database_.prepare("SELECT source_uid_next, destination_uid_next, source_messages, destination_messages, "
                                     "source_mod_seq, destination_mod_seq, entries, checksum FROM settled WHERE pair = ?1"));
    Rows rows = select.start({pair});
    MH_TRY(row, rows.next());
    if (!row) return {};
    const Settled state = settled_columns(rows);
    if (rows.number(7) != checksum_of(pair, state)) return damaged(path_, "a settled state of it has a wrong checksum");
    content.settled = state;
    return {};
}

}  // namespace mailhaul::store
