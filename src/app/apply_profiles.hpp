// SPDX-License-Identifier: Apache-2.0
// What is known of both servers' kinds (data/profiles.txt), as wishes of a run. Pure.
//
// A profile is a hint. It leaves out, renames or refuses before the server would; it never sends what the server's
// capabilities do not offer, and what the operator said goes before it.
#pragma once

#include <string>
#include <vector>

#include "imap/types/capability.hpp"
#include "sync/mapping/map_mailboxes.hpp"
#include "sync/planner/rules.hpp"

namespace mailhaul::app {

/// What a server shows of itself.
struct ServerSigns {
    ServerSigns() = default;
    std::string words;  ///< ID or greeting
    std::string host;
    imap::CapabilitySet capabilities;
};

/// Puts it into `mapping` and `rules`; a server known by its host's name alone is taken for unknown. Returns what the
/// operator should be told.
std::vector<std::string> apply_profiles(const ServerSigns& source, const ServerSigns& destination, sync::MappingRules& mapping,
                                        sync::Rules& rules);

}  // namespace mailhaul::app
