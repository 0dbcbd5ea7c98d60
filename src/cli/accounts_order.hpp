// SPDX-License-Identifier: Apache-2.0
// From `mailhaul sync --accounts FILE` to a request for each row: the command line says what all have in common, the row
// whose mail it is. Reads the file and the rows' secrets, so that every mistake is told before anything is done.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/sync_accounts.hpp"
#include "cli/console.hpp"
#include "cli/option.hpp"
#include "cli/sync_request.hpp"

namespace mailhaul::cli {

struct AccountsOrder {
    AccountsOrder() = default;
    app::ManyAccounts request;
    std::vector<std::size_t> lines;     ///< of the file, by account
    std::vector<std::string> mistakes;  ///< where not empty, `request` is not to be run
};

/// `common` is of the same `line`.
AccountsOrder order_accounts(const SyncOrder& common, const ParsedLine& line, const Surroundings& surroundings);

}  // namespace mailhaul::cli
