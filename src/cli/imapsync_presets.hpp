// SPDX-License-Identifier: Apache-2.0
// imapsync's presets: --gmail1, --office2 and their like, as the options they stand for (behaviour 1.15).
#pragma once

#include "cli/option.hpp"

namespace mailhaul::cli {

/// Puts the options of the presets given into `line`: a single value only where the user gave none, lists after the user's.
void apply_presets(ParsedLine& line);

}  // namespace mailhaul::cli
