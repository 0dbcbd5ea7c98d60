// SPDX-License-Identifier: Apache-2.0
// A command that prints a secret, such as a password manager: how it is written, and how it is run.
//
// No shell takes part, so nothing in a command is expanded, globbed or interpreted.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "process/child.hpp"

namespace mailhaul::app {

/// Time for a person to unlock a password manager.
inline constexpr std::chrono::milliseconds command_limit{60'000};

/// Splits at blanks. '...' is taken literally; in "..." a backslash escapes `"` and `\`; outside, any character. Empty where
/// a quote or escape does not end, or where there is no word.
std::optional<std::vector<std::string>> split_command(std::string_view text);

using process::IsHiddenVariable;

/// Runs `words` (the first is looked up in PATH) and gives the first line it prints.
///
/// Standard input is empty; standard error is ours, so the command can explain itself. Killed after `limit`. Ends when the
/// command does, not when its output is closed: an agent that it leaves behind may keep that open for hours.
/// credential_unavailable where it cannot be started, fails, takes too long or prints no first line.
Result<Secret> first_line_printed_by(const std::vector<std::string>& words, std::chrono::milliseconds limit,
                                     const IsHiddenVariable& is_hidden);

}  // namespace mailhaul::app
