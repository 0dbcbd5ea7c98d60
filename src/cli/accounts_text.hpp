// SPDX-License-Identifier: Apache-2.0
// Many accounts in words: a line for each as it ends, and what became of all. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include "cli/json_events.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::cli {

/// How accounts ended.
struct AccountCounts {
    std::array<std::size_t, 5> by_ending{};  ///< by sync::Ending
    std::size_t not_begun = 0;               ///< the run was stopped before
    std::uint64_t copied = 0, failed = 0;    ///< messages
    Octets octets;
    void add(const sync::Report& report);
    [[nodiscard]] std::size_t all() const;
};

/// `[3/20] line 5: ann@old.example:993: complete: 1,234 copied (1.2 MB), 5 already there, in 12 s`, then what went wrong, each
/// on a line of its own.
std::string account_text(const sync::Report& report, std::size_t line, std::size_t ended, std::size_t of);

/// `20 accounts in 2 min: 17 complete, 1 with exceptions, 2 need a person`, and what to do.
std::string accounts_text(const AccountCounts& counts, std::chrono::milliseconds elapsed);

/// One line without its end, like every event: `report` is what json_report() makes.
std::string json_account(WallTime time, std::size_t line, const std::string& report);
std::string json_accounts(WallTime time, const AccountCounts& counts, std::chrono::milliseconds elapsed, int exit_status);

/// The status of many by their own: that of the account that it went worst with. In order: 0, 3, 4, then what needs a person,
/// then failures, a stop and bugs.
int worst_status(int one, int other);

}  // namespace mailhaul::cli
