// SPDX-License-Identifier: Apache-2.0
// --regexmess, --pipemess and their like: what is changed on the way. docs/decisions/0031-messages-changed-on-their-way.md.
#include <algorithm>

#include "app/secret_command.hpp"
#include "cli/imapsync_reading.hpp"
#include "perl/operators.hpp"
#include "perl/regular_expression.hpp"
#include "sync/executor/rewriting.hpp"

namespace mailhaul::cli {
namespace {

// Memory for messages where they are held whole: the largest may take a quarter, which is what --office2 lets through.
constexpr Octets budget_for_rewriting{192U << 20};

bool needs_shell(const std::string& command) { return command.find_first_of("|&;<>()$`*?[]{}~!#\n") != std::string::npos; }

std::vector<std::string> words_of_command(ImapsyncOrder& order, const std::string& option, const std::string& command) {
    if (needs_shell(command)) {
        order.notes.push_back(option + " " + command + " is run by /bin/sh, as it holds signs of its language");
        return {"/bin/sh", "-c", command};
    }
    auto words = app::split_command(command);
    if (words) return std::move(*words);
    refuse(order, option + " \"" + command + "\": wanted a command and its arguments, with every quote closed");
    return {};
}

std::optional<std::uint64_t> count_of(ImapsyncOrder& order, const ParsedLine& line, const std::string& name) {
    const auto number = number_of(line, name);
    if (!number) return std::nullopt;
    if (*number >= 1) return static_cast<std::uint64_t>(*number);
    refuse(order, "--" + name + " " + *line.last(name) + ": wanted a number of octets above 0");
    return std::nullopt;
}

void read_commands(ImapsyncOrder& order, const ParsedLine& line, sync::RewriteRules& rewrite) {
    for (const std::string& command : line.all("pipemess"))
        rewrite.pipes.push_back(words_of_command(order, "--pipemess", command));
    if (const auto command = line.last("maxlinelengthcmd"); command && line.has("maxlinelength"))
        rewrite.long_line_pipe = words_of_command(order, "--maxlinelengthcmd", *command);
    if (!line.is_on("pipemesscheck", true)) return;
    order.filters_to_try = rewrite.pipes;
    if (!rewrite.long_line_pipe.empty()) order.filters_to_try.push_back(rewrite.long_line_pipe);
}

void read_flags(ImapsyncOrder& order, const ParsedLine& line) {
    sync::Rules& rules = order.request.rules;
    rules.adapt_flags = false;  // imapsync sends what PERMANENTFLAGS lets through, as it is spelt
    rules.filter_flags = line.is_on("filterflags", true);
    auto rewrites = perl::parse_substitutions("--regexflag", line.all("regexflag"), rules.rewrite.variables);
    if (rewrites.ok()) rules.flag_rewrites = std::move(rewrites).value();
    else refuse(order, rewrites.error().message);
}

}  // namespace

void read_rewriting(ImapsyncOrder& order, const ParsedLine& line) {
    sync::RewriteRules& rewrite = order.request.rules.rewrite;
    rewrite.variables = order.request.mapping.variables;
    rewrite.skip_matches = line.all("skipmess");
    rewrite.substitutions = line.all("regexmess");
    rewrite.disarm_read_receipts = line.is_on("disarmreadreceipts");
    read_commands(order, line, rewrite);
    rewrite.truncate = count_of(order, line, "truncmess");
    rewrite.longest_line = count_of(order, line, "maxlinelength");
    rewrite.least_longest_line = count_of(order, line, "minmaxlinelength");
    rewrite.date_from_header = line.is_on("idatefromheader");
    const imap::MailboxName any("INBOX");
    if (const auto made = sync::Rewriting::make(rewrite, any, any); !made.ok()) refuse(order, made.error().message);
    if (rewrite.is_anything()) order.request.budget = std::max(order.request.budget, budget_for_rewriting);
    read_flags(order, line);
}

}  // namespace mailhaul::cli
