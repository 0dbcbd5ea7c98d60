// SPDX-License-Identifier: Apache-2.0
// The lines imapsync prints and wrappers look for. Labels and their places are kept; figures mailhaul does not have are
// left away rather than invented. Pure.
#pragma once

#include <chrono>
#include <string>

#include "cli/estimate.hpp"
#include "cli/imapsync_machine.hpp"
#include "cli/imapsync_verdict.hpp"
#include "cli/json_events.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::cli {

/// `Monday 23 November 2026-11-23 17:55:25 +0000 UTC`, in the process's time zone.
std::string imapsync_date(WallTime time);

/// `143 bytes` as imapsync adds for people: `0.140 KiB`.
std::string imapsync_size(Octets octets);

/// `Folder   1/12 [INBOX]   -> [INBOX]`.
std::string imapsync_folder_line(const sync::MailboxReport& mailbox, std::uint32_t position, std::uint32_t total);

/// What became of a folder's messages.
std::string imapsync_folder_result(const sync::MailboxReport& mailbox, bool dry_run);

/// `ETA: <date>  <seconds> s  <left>/<total> msgs left`.
std::string imapsync_eta_line(WallTime now, std::chrono::seconds remaining, const sync::Progress& progress);

/// From `++++ Statistics` to `Detected N errors`.
std::string imapsync_statistics(const sync::Report& report, const ImapsyncVerdict& verdict, WallTime started, WallTime ended,
                                const MachineUse& machine);

/// The errors again, and the most frequent type; empty where there is none.
std::string imapsync_error_list(const ImapsyncVerdict& verdict);

/// `Exiting with return value 0 (EX_OK) 0/50 nb_errors/max_errors PID 4711`.
std::string imapsync_exit_line(const ImapsyncVerdict& verdict, int pid);

}  // namespace mailhaul::cli
