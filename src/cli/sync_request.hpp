// SPDX-License-Identifier: Apache-2.0
// From the command line of `mailhaul sync` to the request it means, or to every mistake in it at once. Touches no
// network and no file; secrets are not read here.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/seal_keys.hpp"
#include "app/sync_account.hpp"
#include "cli/console.hpp"
#include "cli/option.hpp"

namespace mailhaul::cli {

/// A request, and how to talk about it.
struct SyncOrder {
    app::SyncRequest request;
    Chattiness chattiness = Chattiness::normal;
    bool json = false;
    /// Many accounts: `request` is what they have in common. Its sides may be missing; a login there is an administrator's,
    /// and who is meant stands in the file.
    std::optional<std::string> accounts_file;
    bool has_source = true, has_destination = true;
    std::optional<std::uint32_t> at_once;
    app::SharedSealKeys seal_keys;
    std::string ledgers;                ///< folder; empty: the default one
    std::vector<std::string> mistakes;  ///< where not empty, `request` is not to be run
};

/// Takes variables and the time of day from `surroundings`.
SyncOrder order_sync(const ParsedLine& line, const Surroundings& surroundings);

}  // namespace mailhaul::cli
