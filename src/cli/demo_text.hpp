// SPDX-License-Identifier: Apache-2.0
// What the demo says at its end and while it serves. Pure.
#pragma once

#include <string>

#include "app/run_demo.hpp"
#include "cli/json_events.hpp"

namespace mailhaul::cli {

/// The two passes and the proof, for people.
std::string demo_text(const app::DemoOutcome& outcome);

/// The proof as one event; docs/json-events.md.
std::string json_proof(WallTime time, const app::DemoOutcome& outcome, int exit_status);

/// Where the servers are and a command to try on them.
std::string demo_servers_text(const app::DemoServer& source, const app::DemoServer& destination);
std::string json_demo_servers(WallTime time, const app::DemoServer& source, const app::DemoServer& destination);

}  // namespace mailhaul::cli
