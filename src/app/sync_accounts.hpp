// SPDX-License-Identifier: Apache-2.0
// Use case: many accounts in one process, some at once, each with its own ledger and report. One that fails stops no other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/sync_account.hpp"

namespace mailhaul::app {

/// Logins that an account has in common with others: an administrator's, for people. Empty: its own.
struct SharedLogins {
    std::string source, destination;
};

struct ManyAccounts {
    ManyAccounts() = default;
    std::vector<SyncRequest> accounts;  ///< their budget is shared: that of the first counts
    std::vector<SharedLogins> logins;   ///< by account
    std::uint32_t at_once = 8;          ///< above 0
};

/// Told what becomes of each, on the run's own thread.
class AccountsObserver {
public:
    AccountsObserver() = default;
    AccountsObserver(const AccountsObserver&) = delete;
    AccountsObserver& operator=(const AccountsObserver&) = delete;
    virtual ~AccountsObserver() = default;
    /// Who watches this account's run.
    virtual std::unique_ptr<sync::Observer> begin(std::size_t /*account*/) { return std::make_unique<sync::Observer>(); }
    virtual void ended(std::size_t /*account*/, const sync::Report& /*report*/) {}
};

struct ManyReports {
    ManyReports() = default;
    std::vector<std::optional<sync::Report>> reports;  ///< by account; empty: stopped before its turn
    std::optional<int> stopped_by;                     ///< the signal that did
    bool abandoned = false;                            ///< by a second signal: some reports are missing for that
};

/// Until all have ended. A login that several accounts share is tried with one account first; where it was refused for
/// three accounts and worked for none, it is sent no more, so that nobody gets locked out, and the others end with
/// login_refused. Signals as run_sync().
ManyReports run_accounts(ManyAccounts request, AccountsObserver& observer);

}  // namespace mailhaul::app
