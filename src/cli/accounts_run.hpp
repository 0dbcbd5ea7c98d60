// SPDX-License-Identifier: Apache-2.0
// `mailhaul sync --accounts FILE`: reads the file, runs what stands in it, tells of each account as it ends.
#pragma once

#include "cli/console.hpp"
#include "cli/option.hpp"
#include "cli/sync_request.hpp"

namespace mailhaul::cli {

/// `common` is the order of `line`, without mistakes. Returns the exit status.
int run_accounts_file(const SyncOrder& common, const ParsedLine& line, const Surroundings& surroundings);

}  // namespace mailhaul::cli
