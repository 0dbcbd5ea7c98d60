// SPDX-License-Identifier: Apache-2.0
// Secrets on a command line: anybody on the machine can list them, so they are overwritten at once, and masked where
// the line is shown.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace mailhaul::cli {

/// Overwrites with `x`, in place, the values of imapsync's password and token options and the password of any
/// `scheme://user:password@host`. Call it after copying what is needed.
void hide_secret_arguments(std::span<char*> arguments);

/// The same arguments for showing, each secret as `MASKED`.
std::vector<std::string> masked_arguments(std::span<const std::string> arguments);

}  // namespace mailhaul::cli
