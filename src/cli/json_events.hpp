// SPDX-License-Identifier: Apache-2.0
// The --json output: one event per line, the report last. A contract: docs/json-events.md; a field may be added, none
// changes its meaning. Pure functions of the run's own values; no secret is among those.
#pragma once

#include <chrono>
#include <string>

#include "sync/executor/report.hpp"

namespace mailhaul::cli {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// `2026-11-23T17:55:25.013Z` (RFC 3339).
std::string rfc3339(WallTime time);

// Each is one line without its end.
std::string json_connected(WallTime time, sync::SideName side, const sync::SideReport& server);
std::string json_mailbox_started(WallTime time, const sync::MailboxReport& mailbox);
std::string json_mailbox_done(WallTime time, const sync::MailboxReport& mailbox);
std::string json_progress(WallTime time, const sync::Progress& progress);
std::string json_exception(WallTime time, const sync::MessageException& exception);
std::string json_repaired(WallTime time, const sync::RepairedMessage& message);
std::string json_note(WallTime time, const std::string& words);
std::string json_waiting(WallTime time, const sync::Pause& pause);
std::string json_warning(WallTime time, const std::string& words);
/// A command line that cannot be carried out.
std::string json_usage_error(WallTime time, const std::string& words);
/// `exit_status` is what the process will return.
std::string json_report(WallTime time, const sync::Report& report, int exit_status);

}  // namespace mailhaul::cli
