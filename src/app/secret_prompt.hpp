// SPDX-License-Identifier: Apache-2.0
// Asking a person for a secret on the controlling terminal, without showing what is typed.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::app {

/// Writes `question` and `: ` to /dev/tty and reads one line with the echo off. One question at a time in a process.
///
/// The terminal is as before when this returns, and also where SIGINT, SIGTERM, SIGHUP, SIGQUIT or SIGTSTP comes in
/// between; these then do what they would have done, and after SIGTSTP the question is asked again.
/// credential_unavailable where there is no terminal, nothing was typed, or a signal ended the question.
Result<Secret> ask_on_terminal(const std::string& question);

}  // namespace mailhaul::app
