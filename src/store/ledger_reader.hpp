// SPDX-License-Identifier: Apache-2.0
// LedgerReader: a ledger for whoever asks and never writes. Takes no lock, so a run may hold the ledger meanwhile, and
// needs not know the account: it tells whose ledger it is.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/ledger.hpp"
#include "store/segment.hpp"
#include "store/sqlite.hpp"

namespace mailhaul::store {

/// All that is known of one mailbox pair, at one moment. Entries stay packed: some 80 octets each.
class PairContent {
public:
    [[nodiscard]] std::size_t entry_count() const { return changes_.size(); }
    /// In the order of source UIDs; `index` is below entry_count().
    [[nodiscard]] Entry entry(std::size_t index) const;

    std::vector<Exception> exceptions;  ///< ascending by source UID
    std::optional<Settled> settled;     ///< empty: no pass over it ended with nothing left to do

private:
    friend class LedgerReader;
    std::vector<Change> changes_;  // entries only
    std::map<std::uint32_t, imap::FlagSet> flags_;
};

class LedgerReader {
public:
    /// Neither creates nor changes the file. store_failed where there is none, or where it cannot be read;
    /// store_damaged where it is damaged; store_foreign where it is not a ledger, or of a newer version. The message says which
    /// and what to do.
    static Result<LedgerReader> open(const std::string& path);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const AccountKey& account() const { return account_; }
    /// Of the file and its write-ahead log, on disk.
    [[nodiscard]] std::uint64_t octets() const;

    /// In the order they were first met.
    Result<std::vector<PairKey>> pairs();
    /// A pair never seen has none of everything.
    Result<PairContent> content(const PairKey& pair);

private:
    LedgerReader(Database database, std::string path, AccountKey account)
        : path_(std::move(path)), database_(std::move(database)), account_(std::move(account)) {}

    Result<void> read_changes(std::int64_t pair, PairContent& content);
    Result<void> read_flags(PairContent& content);
    Result<void> read_exceptions(std::int64_t pair, PairContent& content);
    Result<void> read_settled(std::int64_t pair, PairContent& content);

    std::string path_;
    Database database_;
    AccountKey account_;
};

}  // namespace mailhaul::store
