// SPDX-License-Identifier: Apache-2.0
// The subcommands and the program that dispatches to them. One file each; every one returns the exit status.
#pragma once

#include <span>
#include <string>

#include "cli/console.hpp"
#include "cli/help.hpp"

namespace mailhaul::cli {

// `arguments` is what follows the subcommand's name.
int sync_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int ledger_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int probe_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int login_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int demo_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int verify_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int certificate_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int explain_command(std::span<const std::string> arguments, const Surroundings& surroundings);
int imapsync_command(std::span<const std::string> arguments, const Surroundings& surroundings);

extern const CommandHelp probe_help;
extern const CommandHelp login_help;
extern const CommandHelp demo_help;
extern const CommandHelp verify_help;
extern const CommandHelp certificate_help;
extern const CommandHelp imapsync_help;
extern const CommandHelp explain_help;
extern const CommandHelp ledger_help;

/// `name` is argv[0]: started as `imapsync`, the program is that.
int run_program(const std::string& name, std::span<const std::string> arguments, const Surroundings& surroundings);

// Exit statuses that no report decides; docs/exit-codes.md has all.
inline constexpr int exit_ok = 0;
inline constexpr int exit_usage = 64;
inline constexpr int exit_software = 70;
inline constexpr int exit_output_lost = 74;  // EX_IOERR

/// Prints the mistakes, all of them, and where to read on.
int usage_error(std::span<const std::string> mistakes, const std::string& command, const Surroundings& surroundings);

}  // namespace mailhaul::cli
