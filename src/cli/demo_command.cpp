// SPDX-License-Identifier: Apache-2.0
// `mailhaul demo`: what a newcomer sees after one command.
#include <array>

#include "cli/commands.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array output{
    Option{.name = "help", .help = "this text", .letter = 'h'},
};
constexpr std::array groups{OptionGroup{"Output", output}};

}  // namespace

constexpr CommandHelp demo_help{
    .name = "demo",
    .task = "Look first",
    .summary = "Move a sample account between two mail servers inside this program, and prove what arrived.",
    .usage = "[options]",
    .examples = {},
    .groups = groups,
    .exit_status = "Exit status: 0 the proof holds; else as mailhaul sync.",
};

int demo_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    const ParsedLine line = parse_native(arguments, demo_help.groups);
    if (!line.mistakes.empty()) return usage_error(line.mistakes, "demo", surroundings);
    if (line.is_on("help")) {
        surroundings.out(help_text(demo_help, surroundings.width()));
        return exit_ok;
    }
    surroundings.err("mailhaul demo: not part of this build yet\n");
    return exit_software;
}

}  // namespace mailhaul::cli
