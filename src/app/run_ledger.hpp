// SPDX-License-Identifier: Apache-2.0
// RunLedger: the ledger of one run, and what becomes of a damaged one (docs/decisions/0021-damaged-ledger.md).
#pragma once

#include <memory>
#include <string>

#include "app/sync_account.hpp"
#include "base/result.hpp"
#include "store/ledger.hpp"

namespace mailhaul::app {

class RunLedger {
public:
    explicit RunLedger(const SyncRequest& request);

    /// Errors as store::open_sqlite_ledger(), but for damage: that is set aside here.
    Result<void> open();

    /// Goes on with a new ledger where `error` is damage found in the one that is open, and tells so by true. False, and
    /// nothing is done, for every other error, and where this run has set one aside already.
    Result<bool> replace_after(const Error& error);

    /// After open() or replace_after().
    [[nodiscard]] store::Ledger& ledger() { return *ledger_; }

    /// For people: what became of the ledger that was there. Empty where nothing did.
    [[nodiscard]] const std::string& warning() const { return warning_; }

    /// Its past was lost with the one it stands in for.
    [[nodiscard]] bool is_new_in_place_of_a_lost_one() const { return !warning_.empty(); }

private:
    store::AccountKey account_;
    store::NamedBy named_by_;
    std::string path_;
    bool only_looks_;  ///< and changes nothing, so a ledger in memory must do
    std::unique_ptr<store::Ledger> ledger_;
    std::string warning_;
};

}  // namespace mailhaul::app
