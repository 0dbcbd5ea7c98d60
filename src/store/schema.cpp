// SPDX-License-Identifier: Apache-2.0
// Each step below leads from version n to n + 1. A released step never changes; a new need is a new step.
#include "store/schema.hpp"

#include <iterator>

#include "store/checksum.hpp"

namespace mailhaul::store {

namespace {

constexpr std::string_view steps[] = {
    // 1. Messages are many, so `entry` is lean: the pair and the flags are numbers into small tables, digests are octets,
    // and the key is the table (WITHOUT ROWID), in the order entries are read.
    R"sql(
    CREATE TABLE account (
        source      TEXT NOT NULL,
        destination TEXT NOT NULL
    ) STRICT;

    CREATE TABLE mailbox_pair (
        id                       INTEGER PRIMARY KEY,
        source_name              TEXT NOT NULL,
        source_uid_validity      INTEGER NOT NULL,
        destination_name         TEXT NOT NULL,
        destination_uid_validity INTEGER NOT NULL,
        UNIQUE (source_name, source_uid_validity, destination_name, destination_uid_validity)
    ) STRICT;

    CREATE TABLE flag_set (
        id    INTEGER PRIMARY KEY,
        flags TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE entry (
        pair            INTEGER NOT NULL REFERENCES mailbox_pair,
        source_uid      INTEGER NOT NULL CHECK (source_uid BETWEEN 1 AND 4294967295),
        destination_uid INTEGER NOT NULL CHECK (destination_uid BETWEEN 1 AND 4294967295),
        origin          INTEGER NOT NULL CHECK (origin IN (1, 2)),
        flags           INTEGER NOT NULL REFERENCES flag_set,
        sha256          BLOB CHECK (length(sha256) = 32),
        fingerprint     BLOB CHECK (length(fingerprint) = 16),
        PRIMARY KEY (pair, source_uid)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE settled (
        pair                 INTEGER PRIMARY KEY REFERENCES mailbox_pair,
        source_uid_next      INTEGER,
        destination_uid_next INTEGER,
        source_messages      INTEGER,
        destination_messages INTEGER,
        source_mod_seq       INTEGER,
        destination_mod_seq  INTEGER
    ) STRICT;
    )sql",
    // 2. Entries packed (segment.hpp), and what could not be copied. Entries of version 1, which no release wrote, are left
    // behind: the next run recognises their messages on the servers.
    R"sql(
    DROP TABLE entry;
    DELETE FROM settled;
    ALTER TABLE settled ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE segment (
        id        INTEGER PRIMARY KEY,  -- a larger one has the last word
        pair      INTEGER NOT NULL REFERENCES mailbox_pair,
        changes   INTEGER NOT NULL CHECK (changes > 0),
        additions INTEGER NOT NULL CHECK (additions BETWEEN 0 AND changes),  -- of `changes`: entries
        octets    BLOB NOT NULL
    ) STRICT;
    CREATE INDEX segment_of_pair ON segment (pair);

    CREATE TABLE intent (
        id                   INTEGER PRIMARY KEY,
        pair                 INTEGER NOT NULL REFERENCES mailbox_pair,
        at                   INTEGER NOT NULL,
        destination_uid_next INTEGER,
        octets               BLOB NOT NULL  -- a segment; only its source UIDs count
    ) STRICT;
    CREATE INDEX intent_of_pair ON intent (pair);

    CREATE TABLE exception (
        pair       INTEGER NOT NULL REFERENCES mailbox_pair,
        source_uid INTEGER NOT NULL CHECK (source_uid BETWEEN 1 AND 4294967295),
        at         INTEGER NOT NULL,
        reason     TEXT NOT NULL,
        message_id TEXT NOT NULL,
        subject    TEXT NOT NULL,
        size       INTEGER NOT NULL,
        PRIMARY KEY (pair, source_uid)
    ) STRICT, WITHOUT ROWID;
    )sql",
    // 3. Checksums where a flipped bit would be believed: what no index repeats. `account` keeps these columns in every
    // version to come, so that a newer ledger is told from a damaged version number. Segments of format 2 may say that a
    // message was repaired, which no earlier mailhaul can read. MAILBOXID of source mailboxes, by which a renamed one is known.
    R"sql(
    DELETE FROM settled;
    ALTER TABLE settled ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE account ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE account ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE source_mailbox (
        name         TEXT NOT NULL,
        uid_validity INTEGER NOT NULL,
        mailbox_id   TEXT NOT NULL,
        PRIMARY KEY (name, uid_validity)
    ) STRICT, WITHOUT ROWID;
    )sql",
    // 4. What went over the wire lately, for limits a day.
    R"sql(
    CREATE TABLE traffic (
        side     INTEGER NOT NULL CHECK (side IN (1, 2)),  -- source, destination
        hour     INTEGER NOT NULL,
        last     INTEGER NOT NULL,
        octets   INTEGER NOT NULL,
        checksum INTEGER NOT NULL,
        PRIMARY KEY (side, hour)
    ) STRICT, WITHOUT ROWID;
    )sql",
};

constexpr std::int64_t first_with_checksums = 3;

std::string spell(const AccountKey& account) { return account.source + " to " + account.destination; }

Error foreign(const std::string& path, const std::string& what) {
    return {Errc::store_foreign, Scope::account, Retry::never, "ledger \"" + path + "\" " + what};
}

/// What all steps make of nothing, as statements that make it at once.
Result<std::string> made_by_all_steps() {
    MH_TRY(database, Database::open(":memory:"));
    for (const std::string_view step : steps) MH_TRY_VOID(database.execute(std::string(step)));
    MH_TRY(select, database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"));
    std::string statements;
    Rows rows = select.start();
    while (true) {
        MH_TRY(row, rows.next());
        if (!row) return statements;
        statements.append(rows.text(0)).append(";\n");
    }
}

/// A process that moves many accounts makes many ledgers, and changing tables step by step takes several times as long.
const Result<std::string>& newest_schema() {
    static const Result<std::string> statements = made_by_all_steps();
    return statements;
}

Result<void> apply_steps(Database& database, std::int64_t version, const AccountKey& account) {
    MH_TRY(transaction, Transaction::begin(database));
    if (version == 0) {
        MH_TRY(statements, newest_schema());
        MH_TRY_VOID(database.execute(statements));
    } else {
        for (auto step = std::begin(steps) + version; step != std::end(steps); ++step)
            MH_TRY_VOID(database.execute(std::string(*step)));
    }
    if (version == 0) MH_TRY_VOID(database.execute("PRAGMA application_id = " + std::to_string(application_id)));
    MH_TRY_VOID(database.execute("DELETE FROM account"));
    MH_TRY(insert, database.prepare("INSERT INTO account (source, destination, version, checksum) VALUES (?1, ?2, ?3, ?4)"));
    MH_TRY_VOID(insert.run({account.source, account.destination, schema_version(), checksum_of(account, schema_version())}));
    MH_TRY_VOID(database.execute("PRAGMA user_version = " + std::to_string(schema_version())));
    return transaction.commit();
}

/// `version` as the file tells it.
Result<AccountKey> select_account(Database& database, const std::string& path, std::int64_t version) {
    const bool is_checked = version >= first_with_checksums;
    MH_TRY(select, database.prepare(is_checked ? "SELECT source, destination, version, checksum FROM account"
                                               : "SELECT source, destination FROM account"));
    Rows rows = select.start();
    MH_TRY(row, rows.next());
    if (!row) return damaged(path, "it names no account");
    AccountKey account{std::string(rows.text(0)), std::string(rows.text(1))};
    if (!is_checked) return account;
    if (rows.number(3) != checksum_of(account, rows.number(2)))
        return damaged(path, "the account it names has a wrong checksum");
    if (rows.number(2) != version)
        return damaged(path, "its version is " + std::to_string(version) + " and " + std::to_string(rows.number(2)));
    return account;
}

Result<void> check_account(Database& database, const std::string& path, std::int64_t version, const AccountKey& wanted) {
    MH_TRY(seen, select_account(database, path, version));
    if (seen == wanted) return {};
    return foreign(path, "belongs to " + spell(seen) + ", not to " + spell(wanted) + ": give this account a ledger of its own");
}

/// 0 for an empty database; never above schema_version(). A newer version is believed where the account's row confirms it.
Result<std::int64_t> read_version(Database& database, const std::string& path) {
    MH_TRY(answer, database.ask_number("PRAGMA user_version"));
    const std::int64_t version = answer.value_or(0);
    if (version < 0) return damaged(path, "its version is " + std::to_string(version));
    if (version > schema_version()) {
        MH_TRY_VOID(select_account(database, path, version));
        return foreign(path, "has version " + std::to_string(version) + ", and this mailhaul reads up to " +
                                 std::to_string(schema_version()) + ": use the newer mailhaul that wrote it" +
                                 ", or move it aside and run again: messages already copied are recognised on the servers");
    }
    return version;
}

}  // namespace

std::int64_t schema_version() { return std::ssize(steps); }

std::int64_t checksum_of(const AccountKey& account, std::int64_t version) {
    return Checksum().add(account.source).add(account.destination).add(version).value();
}

Result<AccountKey> read_account(Database& database, const std::string& path) {
    constexpr std::int64_t oldest_readable = 3;  // before, rows had no checksums
    MH_TRY(version, read_version(database, path));
    if (version < oldest_readable)
        return foreign(path,
                       "has version " + std::to_string(version) + ", which no release wrote: sync once to bring it up to date");
    return select_account(database, path, version);
}

Result<void> settle_schema(Database& database, const std::string& path, const AccountKey& account) {
    MH_TRY(version, read_version(database, path));
    if (version > 0) MH_TRY_VOID(check_account(database, path, version, account));  // before any change to it
    if (version < schema_version()) MH_TRY_VOID(apply_steps(database, version, account));
    return {};
}

}  // namespace mailhaul::store
