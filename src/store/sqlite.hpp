// SPDX-License-Identifier: Apache-2.0
// The sqlite3 C API with owners, values and Results: as much of it as the ledger needs.
//
// One thread at a time uses a Database and its statements. Leaves out everything about what is stored.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mailhaul::store {

/// What a statement's parameter can be; text and octets are copied by start().
using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view, std::span<const std::uint8_t>>;

/// The rows of one execution, and its end: the statement is free again when this goes. Outlived by its Statement.
class Rows {
public:
    Rows(sqlite3_stmt* statement, int bind_status) : statement_(statement), bind_status_(bind_status) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows();

    /// Moves to the next row; false after the last. Work is done here, never before the first call.
    Result<bool> next();

    // Columns of the row next() moved to, from 0. Views last until the next call of next().
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::span<const std::uint8_t> octets(int column) const;

private:
    sqlite3_stmt* statement_;
    int bind_status_;
};

/// A statement prepared once and executed often, once at a time.
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    /// Binds `values` to the parameters ?1, ?2 ... and gives the rows to come.
    Rows start(std::initializer_list<Value> values = {});
    /// The same where no rows are wanted.
    Result<void> run(std::initializer_list<Value> values = {});

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
public:
    /// Opens a file that exists, or a fresh database for `:memory:`. Functions and triggers that a file might bring along
    /// cannot do harm: the file's own schema is not trusted.
    static Result<Database> open(const std::string& path);
    /// Opens a file that exists to read it, whoever writes to it meanwhile. Neither it nor a write-ahead log beside it is
    /// changed, and no file is left behind. It may be where this user cannot write.
    static Result<Database> open_for_reading(const std::string& path);

    Result<Statement> prepare(std::string_view sql);
    /// Runs one or more statements; their rows are dropped.
    Result<void> execute(const std::string& sql);
    /// First column of the first row, such as a PRAGMA's answer; empty where there is no row.
    Result<std::optional<std::int64_t>> ask_number(std::string_view sql);
    Result<std::optional<std::string>> ask_text(std::string_view sql);

private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    explicit Database(sqlite3* connection) : connection_(connection) {}
    static Result<Database> connect(const std::string& name, const std::string& path, int flags);
    std::unique_ptr<sqlite3, Close> connection_;
};

/// All or nothing: what ran since begin() is undone unless commit() succeeded. Outlived by its Database.
class Transaction {
public:
    static Result<Transaction> begin(Database& database);
    /// One that only reads: whatever others write meanwhile, it sees one moment.
    static Result<Transaction> begin_reading(Database& database);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<void> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;  // null: nothing to undo
};

/// Ends every message about a damaged ledger.
inline constexpr std::string_view sets_it_aside = ": mailhaul sync sets it aside and recognises on the servers what was copied";

/// The error (store_damaged) for a ledger that is ours and yet cannot be read. `seen` is what was found.
Error damaged(const std::string& path, std::string_view seen);

}  // namespace mailhaul::store
