// SPDX-License-Identifier: Apache-2.0
// --tests and its kin, --simulong: what imapsync's author tries imapsync with, done in a way that says something of mailhaul.
#pragma once

#include "cli/console.hpp"
#include "cli/imapsync_verdict.hpp"

namespace mailhaul::cli {

/// Moves a sample account between two servers inside this program and compares both. 254 where they differ.
ImapsyncVerdict imapsync_self_test(const Surroundings& surroundings);

/// A fifth of a second for each line: the ETA of a run of so many `seconds` that copies nothing, to try what reads it.
void imapsync_simulation(double seconds, const Surroundings& surroundings);

}  // namespace mailhaul::cli
