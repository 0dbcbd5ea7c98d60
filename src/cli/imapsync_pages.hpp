// SPDX-License-Identifier: Apache-2.0
// What imapsync prints in place of a copy: sizes, folders, the mapping. Pure.
#pragma once

#include <string>

#include "cli/imapsync_request.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::cli {

/// --justfoldersizes: each folder of both sides, and the sums.
std::string imapsync_sizes(const sync::Report& report);

/// --justautomap and --justfolderlists: where each folder goes and why; for the latter both listings first.
std::string imapsync_mapping(const sync::Report& report, ImapsyncShow show);

}  // namespace mailhaul::cli
