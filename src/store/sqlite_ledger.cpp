// SPDX-License-Identifier: Apache-2.0
// SqliteLedger: the ledger of one account in one SQLite file (docs/formats/ledger.md).
//
// Every call that changes something is one transaction, and returns after it is in the write-ahead log: a process killed
// at any moment loses nothing it was told is recorded. Leaves out who may hold the file (run_lock) and how its tables came
// to be (schema).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include "store/ledger.hpp"
#include "store/run_lock.hpp"
#include "store/schema.hpp"
#include "store/sqlite.hpp"

namespace mailhaul::store {

namespace {

// Values <-> columns

using FingerprintOctets = std::array<std::uint8_t, 16>;

FingerprintOctets octets_from(const message::Digest128& digest) {
    FingerprintOctets octets{};
    for (std::size_t i = 0; i < 8; ++i) {
        octets[i] = static_cast<std::uint8_t>(digest.high >> (56 - 8 * i));
        octets[8 + i] = static_cast<std::uint8_t>(digest.low >> (56 - 8 * i));
    }
    return octets;
}

std::optional<message::Digest128> digest128_from(std::span<const std::uint8_t> octets) {
    if (octets.size() != std::tuple_size_v<FingerprintOctets>) return std::nullopt;
    message::Digest128 digest;
    for (std::size_t i = 0; i < 8; ++i) {
        digest.high = digest.high << 8 | octets[i];
        digest.low = digest.low << 8 | octets[8 + i];
    }
    return digest;
}

std::optional<message::Sha256> sha256_from(std::span<const std::uint8_t> octets) {
    message::Sha256 digest{};
    if (octets.size() != digest.size()) return std::nullopt;
    std::copy(octets.begin(), octets.end(), digest.begin());
    return digest;
}

imap::FlagSet flags_from(std::string_view text) {
    imap::FlagSet flags;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) flags.insert(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return flags;
}

std::int64_t number_from(const imap::UidValidity& validity) { return validity.value(); }

Value nullable(const std::optional<std::uint32_t>& number) { return number ? Value(std::int64_t{*number}) : Value(nullptr); }
Value nullable(const std::optional<imap::Uid>& uid) { return uid ? Value(std::int64_t{uid->value()}) : Value(nullptr); }
Value nullable(const std::optional<imap::ModSeq>& mod_seq) {
    return mod_seq ? Value(static_cast<std::int64_t>(mod_seq->value())) : Value(nullptr);
}

template <typename T>
std::optional<T> optional_column(const Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    if constexpr (requires { typename T::value_type; }) return T{static_cast<typename T::value_type>(rows.number(column))};
    else return static_cast<T>(rows.number(column));
}

imap::Uid uid_column(const Rows& rows, int column) { return imap::Uid{static_cast<std::uint32_t>(rows.number(column))}; }

class SqliteLedger final : public Ledger {
public:
    SqliteLedger(RunLock lock, Database database) : lock_(std::move(lock)), database_(std::move(database)) {}

    /// Before anything else.
    Result<void> prepare();

    Result<std::vector<Entry>> entries(const PairKey& pair) override;
    Result<void> record(const PairKey& pair, std::span<const Entry> entries) override;
    Result<void> record_flags(const PairKey& pair, std::span<const std::pair<imap::Uid, imap::FlagSet>> flags) override;
    Result<void> forget(const PairKey& pair, std::span<const imap::Uid> source) override;
    Result<std::optional<Settled>> settled(const PairKey& pair) override;
    Result<void> record_settled(const PairKey& pair, const Settled& state) override;
    Result<std::vector<PairKey>> pairs() override;
    Result<std::uint64_t> size() override;

private:
    using FlagIds = std::map<std::string, std::int64_t>;
    using FlagsById = std::map<std::int64_t, imap::FlagSet>;

    Result<std::optional<std::int64_t>> find_pair(const PairKey& pair);
    Result<std::int64_t> enter_pair(const PairKey& pair);
    Result<std::int64_t> intern(const imap::FlagSet& flags, FlagIds& known);
    Result<imap::FlagSet> flags_of(std::int64_t id, FlagsById& known);

    // In this order: statements go before the database, and the lock last of all.
    RunLock lock_;
    Database database_;
    Statement select_pair_, insert_pair_, select_pairs_;
    Statement select_flag_id_, insert_flags_, select_flags_;
    Statement select_entries_, upsert_entry_, update_flags_, delete_entry_, count_entries_;
    Statement select_settled_, upsert_settled_;
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
        {&select_entries_,
         "SELECT source_uid, destination_uid, origin, flags, sha256, fingerprint FROM entry WHERE pair = ?1 ORDER BY "
         "source_uid"},
        {&upsert_entry_,
         "INSERT INTO entry (pair, source_uid, destination_uid, origin, flags, sha256, fingerprint) "
         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET destination_uid = excluded.destination_uid, "
         "origin = excluded.origin, flags = excluded.flags, sha256 = excluded.sha256, fingerprint = excluded.fingerprint"},
        {&update_flags_, "UPDATE entry SET flags = ?3 WHERE pair = ?1 AND source_uid = ?2"},
        {&delete_entry_, "DELETE FROM entry WHERE pair = ?1 AND source_uid = ?2"},
        {&count_entries_, "SELECT count(*) FROM entry"},
        {&select_settled_,
         "SELECT source_uid_next, destination_uid_next, source_messages, destination_messages, source_mod_seq, "
         "destination_mod_seq FROM settled WHERE pair = ?1"},
        {&upsert_settled_,
         "INSERT OR REPLACE INTO settled (pair, source_uid_next, destination_uid_next, source_messages, destination_messages, "
         "source_mod_seq, destination_mod_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
    };
    for (const auto& [statement, sql] : statements) {
        MH_TRY(prepared, database_.prepare(sql));
        *statement = std::move(prepared);
    }
    return {};
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
    FlagsById known;
    Rows rows = select_entries_.start({*id});
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return entries;
        MH_TRY(flags, flags_of(rows.number(3), known));
        entries.push_back({.source = uid_column(rows, 0),
                           .destination = uid_column(rows, 1),
                           .origin = static_cast<Origin>(rows.number(2)),
                           .sha256 = sha256_from(rows.octets(4)),
                           .fingerprint = digest128_from(rows.octets(5)),
                           .flags = std::move(flags)});
    }
}

Result<void> SqliteLedger::record(const PairKey& pair, std::span<const Entry> entries) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, enter_pair(pair));
    FlagIds known;
    for (const Entry& entry : entries) {
        MH_TRY(flags, intern(entry.flags, known));
        FingerprintOctets fingerprint{};
        if (entry.fingerprint) fingerprint = octets_from(*entry.fingerprint);
        MH_TRY_VOID(
            upsert_entry_.run({id, std::int64_t{entry.source.value()}, std::int64_t{entry.destination.value()},
                               std::int64_t{std::to_underlying(entry.origin)}, flags,
                               entry.sha256 ? Value(std::span<const std::uint8_t>(*entry.sha256)) : Value(nullptr),
                               entry.fingerprint ? Value(std::span<const std::uint8_t>(fingerprint)) : Value(nullptr)}));
    }
    return transaction.commit();
}

Result<void> SqliteLedger::record_flags(const PairKey& pair, std::span<const std::pair<imap::Uid, imap::FlagSet>> flags) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, find_pair(pair));
    if (!id) return {};
    FlagIds known;
    for (const auto& [uid, set] : flags) {
        MH_TRY(flag_id, intern(set, known));
        MH_TRY_VOID(update_flags_.run({*id, std::int64_t{uid.value()}, flag_id}));
    }
    return transaction.commit();
}

Result<void> SqliteLedger::forget(const PairKey& pair, std::span<const imap::Uid> source) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, find_pair(pair));
    if (!id) return {};
    for (const imap::Uid uid : source) MH_TRY_VOID(delete_entry_.run({*id, std::int64_t{uid.value()}}));
    return transaction.commit();
}

Result<std::optional<Settled>> SqliteLedger::settled(const PairKey& pair) {
    MH_TRY(id, find_pair(pair));
    if (!id) return std::optional<Settled>();
    Rows rows = select_settled_.start({*id});
    MH_TRY(row, rows.next());
    if (!row) return std::optional<Settled>();
    return std::optional<Settled>({.source_uid_next = optional_column<imap::Uid>(rows, 0),
                                   .destination_uid_next = optional_column<imap::Uid>(rows, 1),
                                   .source_messages = optional_column<std::uint32_t>(rows, 2),
                                   .destination_messages = optional_column<std::uint32_t>(rows, 3),
                                   .source_mod_seq = optional_column<imap::ModSeq>(rows, 4),
                                   .destination_mod_seq = optional_column<imap::ModSeq>(rows, 5)});
}

Result<void> SqliteLedger::record_settled(const PairKey& pair, const Settled& state) {
    MH_TRY(transaction, Transaction::begin(database_));
    MH_TRY(id, enter_pair(pair));
    MH_TRY_VOID(upsert_settled_.run({id, nullable(state.source_uid_next), nullable(state.destination_uid_next),
                                     nullable(state.source_messages), nullable(state.destination_messages),
                                     nullable(state.source_mod_seq), nullable(state.destination_mod_seq)}));
    return transaction.commit();
}

Result<std::vector<PairKey>> SqliteLedger::pairs() {
    std::vector<PairKey> pairs;
    Rows rows = select_pairs_.start();
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return pairs;
        const auto side = [&rows](int column) {
            return MailboxKey{imap::MailboxName(std::string(rows.text(column))),
                              imap::UidValidity{static_cast<std::uint32_t>(rows.number(column + 1))}};
        };
        pairs.push_back({.source = side(0), .destination = side(2)});
    }
}

Result<std::uint64_t> SqliteLedger::size() {
    Rows rows = count_entries_.start();
    MH_TRY_VOID(rows.next());
    return static_cast<std::uint64_t>(rows.number(0));
}

// Opening

Error cannot_use(const std::string& path, int why) {
    return {Errc::store_failed, Scope::account, Retry::never,
            "ledger \"" + path + "\" cannot be opened (" + std::strerror(why) +
                "): allow this user to write there, or name another"};
}

/// The missing folders above `path`, readable by their owner alone.
Result<void> make_folders(const std::filesystem::path& path) {
    std::filesystem::path folder;
    for (const auto& component : path.parent_path()) {
        folder /= component;
        if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST && !std::filesystem::is_directory(folder))
            return cannot_use(path.string(), errno);
    }
    return {};
}

struct File {
    explicit File(int descriptor) : number(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number >= 0) close(number);
    }
    int number;
};

Error foreign_file(const std::string& path, const std::string& seen) {
    return {Errc::store_foreign, Scope::account, Retry::never,
            "\"" + path + "\" is not a ledger (" + seen + ") and stays as it is: name another file for the ledger"};
}

/// Creates the file where there is none, readable by its owner alone; else looks whether it is a ledger, reading only.
///
/// Before SQLite may touch it: opening is enough for SQLite to replay a journal into a file that is not ours. The
/// application id stands in the file itself from its first octets on, as the schema is made before WAL is switched on.
Result<void> recognise_file(const std::string& path) {
    const File file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600));
    if (file.number < 0) return cannot_use(path, errno);
    struct stat status{};
    if (fstat(file.number, &status) != 0) return cannot_use(path, errno);
    if (!S_ISREG(status.st_mode)) return foreign_file(path, "not a regular file");
    if (status.st_size == 0) return {};

    constexpr std::string_view magic("SQLite format 3\0", 16);  // https://www.sqlite.org/fileformat.html section 1.3
    constexpr std::size_t application_id_offset = 68;
    std::array<char, 100> header{};
    const ssize_t size = pread(file.number, header.data(), header.size(), 0);
    if (size < 0) return cannot_use(path, errno);
    if (size < std::ssize(header) || std::string_view(header.data(), magic.size()) != magic)
        return foreign_file(path, "it does not begin as an SQLite file does");
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < 4; ++i) id = id << 8 | static_cast<std::uint8_t>(header[application_id_offset + i]);
    if (id != application_id)
        return foreign_file(path, "an SQLite file of another program: application id " + std::to_string(id) + ", wanted " +
                                      std::to_string(application_id));
    return {};
}

/// SQLite removes the write-ahead log when the last connection closes; one that is still there was left by a crash.
bool was_closed_cleanly(const std::string& path) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path + "-wal", missing);
    return missing || size == 0;
}

Result<void> check_integrity(Database& database, const std::string& path) {
    MH_TRY(finding, database.ask_text("PRAGMA quick_check(1)"));
    if (finding && *finding != "ok") return damaged(path, *finding);
    return {};
}

Result<std::unique_ptr<Ledger>> finish_opening(RunLock lock, Database database, const std::string& path,
                                               const AccountKey& account) {
    MH_TRY_VOID(settle_schema(database, path, account));
    // A file system without shared memory cannot have WAL; SQLite then keeps its rollback journal, slower and as safe.
    MH_TRY_VOID(database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON"));
    auto ledger = std::make_unique<SqliteLedger>(std::move(lock), std::move(database));
    MH_TRY_VOID(ledger->prepare());
    return std::unique_ptr<Ledger>(std::move(ledger));
}

}  // namespace

Result<std::unique_ptr<Ledger>> open_sqlite_ledger(const std::string& path, const AccountKey& account) {
    if (path == ":memory:") {
        MH_TRY(database, Database::open(path));
        return finish_opening(RunLock(), std::move(database), path, account);
    }
    MH_TRY_VOID(make_folders(path));
    // One name per file, or two runs that come by different symbolic links would take different locks.
    std::error_code unresolved;
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(path, unresolved);
    const std::string file = unresolved ? path : resolved.string();

    MH_TRY(lock, RunLock::take(file));
    MH_TRY_VOID(recognise_file(file));
    const bool clean = was_closed_cleanly(file);
    MH_TRY(database, Database::open(file));
    if (!clean) MH_TRY_VOID(check_integrity(database, file));
    return finish_opening(std::move(lock), std::move(database), file, account);
}

}  // namespace mailhaul::store
