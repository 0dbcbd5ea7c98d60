// SPDX-License-Identifier: Apache-2.0
// imapsync's way from a source name to a destination name, to the letter (behaviour 4.3, 4.5).
//
// For operators who move an account that imapsync began: the names must be those it made. Works on raw names. Leaves out
// --f1f2 and --automap, which come before it, and --regextrans2, which comes after.
#pragma once

#include <string>
#include <string_view>

#include "sync/mapping/side.hpp"

namespace mailhaul::sync {

/// The destination's raw name for the source's `raw`.
std::string imapsync_name(std::string_view raw, const Side& from, const Side& to, const MappingRules& rules);

/// The value of --subfolder1 or --subfolder2 as imapsync reads it: trimmed, ASCII letters, digits and `-_./ ` only.
std::string imapsync_sub_folder(std::string_view value);

}  // namespace mailhaul::sync
