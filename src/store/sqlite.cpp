// SPDX-License-Identifier: Apache-2.0
// SQLite's result codes become Errors here, with words for the operator; nothing above sees a code.
#include "store/sqlite.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace mailhaul::store {

namespace {

// How long to wait for a foreign reader (a backup, a shell) that blocks a checkpoint; mailhaul itself never blocks.
constexpr int busy_milliseconds = 5'000;

std::string quoted(const std::string& path) { return '"' + path + '"'; }

Error failed(Retry retry, std::string message) { return {Errc::store_failed, Scope::account, retry, std::move(message)}; }

std::string path_of(sqlite3* connection) {
    const char* path = sqlite3_db_filename(connection, "main");
    return path == nullptr || *path == '\0' ? ":memory:" : path;
}

/// What went wrong last on `connection`.
Error last_failure(sqlite3* connection) {
    const std::string ledger = "ledger " + quoted(path_of(connection));
    const std::string seen = sqlite3_errmsg(connection);
    switch (sqlite3_errcode(connection)) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return damaged(path_of(connection), seen);
        case SQLITE_FULL: return failed(Retry::later, ledger + ": " + seen + ": free space there, then run again");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return failed(Retry::later, ledger + " is held by another program (" + seen + "): end it, then run again");
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY:
            return failed(Retry::never,
                          ledger + " cannot be written (" + seen + "): allow this user to write it and its folder");
        case SQLITE_CONSTRAINT: return failed(Retry::never, ledger + " refuses an impossible entry (" + seen + ")");
        case SQLITE_ERROR: return damaged(path_of(connection), seen);  // our SQL is right, so the schema is not
        default: return failed(Retry::later, ledger + ": " + seen + ": check the disk it lies on, then run again");
    }
}

/// For `file:` names (https://www.sqlite.org/uri.html): what has a meaning there, and what is not printable.
std::string percent_encoded(const std::string& path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char letter : path) {
        const auto octet = static_cast<unsigned char>(letter);
        if (octet > 0x20 && octet < 0x7F && letter != '%' && letter != '?' && letter != '#') encoded += letter;
        else encoded.append({'%', digits[octet >> 4], digits[octet & 15]});
    }
    return encoded;
}

struct Bind {
    sqlite3_stmt* statement;
    int parameter;

    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, parameter); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, parameter, number); }
    int operator()(std::string_view text) const {
        return sqlite3_bind_text64(statement, parameter, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    int operator()(std::span<const std::uint8_t> octets) const {
        return sqlite3_bind_blob64(statement, parameter, octets.data(), octets.size(), SQLITE_TRANSIENT);
    }
};

}  // namespace

Error damaged(const std::string& path, std::string_view seen) {
    return {Errc::store_damaged, Scope::account, Retry::never,
            "ledger " + quoted(path) + " is damaged (" + std::string(seen) + ")" + std::string(sets_it_aside)};
}

// Rows

Rows::~Rows() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Result<bool> Rows::next() {
    sqlite3* const connection = sqlite3_db_handle(statement_);
    if (bind_status_ != SQLITE_OK) return last_failure(connection);
    switch (sqlite3_step(statement_)) {
        case SQLITE_ROW: return true;
        case SQLITE_DONE: return false;
        default: return last_failure(connection);
    }
}

bool Rows::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Rows::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Rows::text(int column) const {
    const auto octet = octets(column);
    return {reinterpret_cast<const char*>(octet.data()), octet.size()};
}

std::span<const std::uint8_t> Rows::octets(int column) const {
    // The pointer before the size: asking for the pointer may convert the value.
    const auto* first = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return {first, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

// Statement

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Rows Statement::start(std::initializer_list<Value> values) {
    int parameter = 0;
    int status = SQLITE_OK;
    for (const Value& value : values) {
        if (status == SQLITE_OK) status = std::visit(Bind{statement_.get(), ++parameter}, value);
    }
    return {statement_.get(), status};
}

Result<void> Statement::run(std::initializer_list<Value> values) {
    Rows rows = start(values);
    MH_TRY(row, rows.next());
    while (row) {
        MH_TRY(another, rows.next());
        row = another;
    }
    return {};
}

// Database

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close(connection); }

/// `name` is what SQLite opens, `path` what people call it.
Result<Database> Database::connect(const std::string& name, const std::string& path, int flags) {
    sqlite3* connection = nullptr;
    const int status = sqlite3_open_v2(name.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(connection);  // closed also where it failed
    if (connection == nullptr) return failed(Retry::later, "ledger " + quoted(path) + ": out of memory");
    if (status != SQLITE_OK) return last_failure(connection);
    sqlite3_busy_timeout(connection, busy_milliseconds);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return database;
}

Result<Database> Database::open(const std::string& path) { return connect(path, path, SQLITE_OPEN_READWRITE); }

/// A reader of a database in WAL mode joins the write-ahead log. Where there is one, reading it is enough, and the file
/// descriptor that cannot write keeps SQLite from a checkpoint at the end. Where there is none, SQLite makes an empty one,
/// which a connection that could write takes away again, and one that could not leaves lying about. Where none can be
/// made, nobody else of this user writes either: then the file is read as it stands (`immutable`).
Result<Database> Database::open_for_reading(const std::string& path) {
    if (access((path + "-wal").c_str(), F_OK) == 0) return connect(path, path, SQLITE_OPEN_READONLY);
    const std::string folder = std::filesystem::path(path).parent_path().string();
    if (access(path.c_str(), W_OK) != 0 || access(folder.empty() ? "." : folder.c_str(), W_OK) != 0)
        return connect("file:" + percent_encoded(path) + "?immutable=1", path, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    MH_TRY(database, connect(path, path, SQLITE_OPEN_READWRITE));
    MH_TRY_VOID(database.execute("PRAGMA query_only = ON"));
    return std::move(database);
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int status = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (status != SQLITE_OK) return last_failure(connection_.get());
    return Statement(statement);
}

Result<void> Database::execute(const std::string& sql) {
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return last_failure(connection_.get());
    return {};
}

Result<std::optional<std::int64_t>> Database::ask_number(std::string_view sql) {
    MH_TRY(statement, prepare(sql));
    Rows rows = statement.start();
    MH_TRY(row, rows.next());
    if (!row) return std::optional<std::int64_t>();
    return std::optional(rows.number(0));
}

Result<std::optional<std::string>> Database::ask_text(std::string_view sql) {
    MH_TRY(statement, prepare(sql));
    Rows rows = statement.start();
    MH_TRY(row, rows.next());
    if (!row) return std::optional<std::string>();
    return std::optional(std::string(rows.text(0)));
}

// Transaction

Result<Transaction> Transaction::begin(Database& database) {
    MH_TRY_VOID(database.execute("BEGIN IMMEDIATE"));
    return Transaction(database);
}

Result<Transaction> Transaction::begin_reading(Database& database) {
    MH_TRY_VOID(database.execute("BEGIN"));
    return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
    if (database_ == nullptr) return;
    // Where this fails, SQLite has rolled back by itself already: after a full disk or an I/O error.
    const Result<void> undone = database_->execute("ROLLBACK");
    static_cast<void>(undone);
}

Result<void> Transaction::commit() {
    MH_TRY_VOID(database_->execute("COMMIT"));
    database_ = nullptr;
    return {};
}

}  // namespace mailhaul::store
