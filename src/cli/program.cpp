// SPDX-License-Identifier: Apache-2.0
// The program's first word: which subcommand, or the overview.
#include <array>
#include <vector>

#include "cli/commands.hpp"
#include "cli/plain_text.hpp"
#include "cli/sync_options.hpp"

namespace mailhaul::cli {
namespace {

struct Command {
    const CommandHelp* help;
    int (*run)(std::span<const std::string>, const Surroundings&);
};

const std::array commands{
    Command{&sync_help, sync_command},
    Command{&imapsync_help, imapsync_command},
    Command{&explain_help, explain_command},
    Command{&verify_help, verify_command},
    Command{&certificate_help, certificate_command},
    Command{&ledger_help, ledger_command},
    Command{&probe_help, probe_command},
    Command{&login_help, login_command},
    Command{&demo_help, demo_command},
};

std::string overview_text() {
    std::vector<const CommandHelp*> helps;
    for (const Command& command : commands) helps.push_back(command.help);
    return overview(helps);
}

int unknown_command(const std::string& word, const Surroundings& surroundings) {
    std::vector<std::string> names;
    for (const Command& command : commands) names.emplace_back(command.help->name);
    const auto guess = nearest(word, names);
    surroundings.err("mailhaul: unknown command " + printable(word) + (guess ? ": did you mean " + *guess + "?" : "") + "\n\n" +
                     overview_text());
    return exit_usage;
}

bool is_imapsync(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    return name.substr(slash == std::string::npos ? 0 : slash + 1) == "imapsync";
}

}  // namespace

int usage_error(std::span<const std::string> mistakes, const std::string& command, const Surroundings& surroundings) {
    for (const std::string& mistake : mistakes) surroundings.err("mailhaul " + command + ": " + printable(mistake) + "\n");
    surroundings.err("mailhaul " + command + " --help explains every option.\n");
    return exit_usage;
}

int run_program(const std::string& name, std::span<const std::string> arguments, const Surroundings& surroundings) {
    if (is_imapsync(name)) return imapsync_command(arguments, surroundings);
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
        if (arguments.size() > 1)
            for (const Command& command : commands)
                if (command.help->name == arguments[1]) return command.run(std::array{std::string("--help")}, surroundings);
        surroundings.out(overview_text());
        return exit_ok;
    }
    if (arguments[0] == "--version" || arguments[0] == "-V") {
        surroundings.out("mailhaul " MAILHAUL_VERSION "\n");
        return exit_ok;
    }
    for (const Command& command : commands)
        if (command.help->name == arguments[0]) return command.run(arguments.subspan(1), surroundings);
    return unknown_command(arguments[0], surroundings);
}

}  // namespace mailhaul::cli
