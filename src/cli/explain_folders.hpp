// SPDX-License-Identifier: Apache-2.0
// What a command line of imapsync's means for each folder, as both servers list them. Logs in, and changes nothing.
#pragma once

#include <string>

#include "cli/console.hpp"
#include "cli/imapsync_request.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::cli {

/// Where each folder goes and by which rule, which are left out and why, and which would be removed. Pure.
std::string folders_text(const sync::Report& report);

struct FoldersExplained {
    std::string text;
    int status = 0;  ///< app::exit_status() of the look at both servers
};
FoldersExplained explain_folders(ImapsyncOrder order);

}  // namespace mailhaul::cli
