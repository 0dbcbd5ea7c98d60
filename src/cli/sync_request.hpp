// SPDX-License-Identifier: Apache-2.0
// From the command line of `mailhaul sync` to the request it means, or to every mistake in it at once. Touches no
// network and no file; secrets are not read here.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/sync_account.hpp"
#include "cli/console.hpp"
#include "cli/option.hpp"

namespace mailhaul::cli {

/// A request, and how to talk about it.
struct SyncOrder {
    app::SyncRequest request;
    Chattiness chattiness = Chattiness::normal;
    bool json = false;
    std::vector<std::string> mistakes;  ///< where not empty, `request` is not to be run
};

/// Takes variables and the time of day from `surroundings`.
SyncOrder order_sync(const ParsedLine& line, const Surroundings& surroundings);

}  // namespace mailhaul::cli
