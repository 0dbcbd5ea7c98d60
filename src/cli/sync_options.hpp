// SPDX-License-Identifier: Apache-2.0
// What `mailhaul sync` accepts, as data.
#pragma once

#include "cli/help.hpp"

namespace mailhaul::cli {

extern const CommandHelp sync_help;

}  // namespace mailhaul::cli
