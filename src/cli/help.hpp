// SPDX-License-Identifier: Apache-2.0
// Help text, made from the tables of options and commands. Pure; wraps to the width given.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "cli/option.hpp"

namespace mailhaul::cli {

/// A subcommand as people see it.
struct CommandHelp {
    std::string_view name;
    std::string_view task;     ///< heading it stands under in the overview
    std::string_view summary;  ///< one sentence; first line of its --help
    std::string_view usage;    ///< after `mailhaul <name>`
    std::span<const std::string_view> examples;
    std::span<const OptionGroup> groups;
    std::string_view exit_status;
};

/// What `mailhaul` alone prints: commands grouped by task, in the order given.
std::string overview(std::span<const CommandHelp* const> commands);

/// What `mailhaul <name> --help` prints; lines of at most `width` columns, at least 40.
std::string help_text(const CommandHelp& command, std::size_t width);

}  // namespace mailhaul::cli
