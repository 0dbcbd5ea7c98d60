// SPDX-License-Identifier: Apache-2.0
// `mailhaul demo`: what a newcomer sees after one command.
#include <array>

#include "app/sync_account.hpp"
#include "cli/commands.hpp"
#include "cli/demo_text.hpp"
#include "cli/plain_text.hpp"
#include "cli/quantities.hpp"
#include "cli/report_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array running{
    Option{.name = "serve", .help = "only keep both servers up, to try mailhaul or a mail program on them"},
    Option{.name = "seed", .value = "NUMBER", .help = "other sample mail (default 1)"},
};
constexpr std::array output{
    Option{.name = "json", .help = "one JSON event per line, the proof last (docs/json-events.md)"},
    Option{.name = "verbose", .help = "the report of the first pass as well", .letter = 'v'},
    Option{.name = "protocol", .help = "print the dialogue with both servers"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};
constexpr std::array groups{OptionGroup{"The demo", running}, OptionGroup{"Output", output}};

constexpr int exit_proof_fails = 1;

int fail(const Error& error, const Surroundings& surroundings) {
    surroundings.err("mailhaul demo: " + printable(error.describe()) + "\n");
    return exit_proof_fails;
}

/// The first pass that did not end well decides; then the proof.
int demo_status(const app::DemoOutcome& outcome) {
    for (const sync::Report* pass : {&outcome.first, &outcome.second})
        if (const int status = app::exit_status(*pass); status != exit_ok) return status;
    return outcome.holds() ? exit_ok : exit_proof_fails;
}

int serve(std::uint64_t seed, bool json, const Surroundings& surroundings) {
    app::ServeOptions options;
    options.seed = seed;
    options.on_ready = [&](const app::DemoServer& source, const app::DemoServer& destination) {
        surroundings.out(json ? json_demo_servers(surroundings.wall_now(), source, destination) + "\n"
                              : demo_servers_text(source, destination));
    };
    const auto served = app::serve_demo(std::move(options));
    return served.ok() ? exit_ok : fail(served.error(), surroundings);
}

Result<app::DemoOutcome> run_watched(const app::DemoOptions& options, const ParsedLine& line,
                                     const Surroundings& surroundings) {
    const Chattiness chattiness = line.is_on("verbose") ? Chattiness::verbose : Chattiness::normal;
    const auto observer = line.is_on("json")     ? watch_as_json(surroundings)
                          : options.protocol_log ? watch_as_lines(surroundings, chattiness, false)
                                                 : watch(surroundings, chattiness, false);
    return app::run_demo(options, *observer);
}

int run_and_prove(const app::DemoOptions& options, const ParsedLine& line, const Surroundings& surroundings) {
    const auto outcome = run_watched(options, line, surroundings);
    if (!outcome.ok()) return fail(outcome.error(), surroundings);
    const int status = demo_status(outcome.value());
    if (line.is_on("json")) {
        surroundings.out(json_proof(surroundings.wall_now(), outcome.value(), status) + "\n");
        return status;
    }
    if (line.is_on("verbose")) surroundings.out(report_text(outcome->first, surroundings.width()) + "\n");
    surroundings.out(demo_text(outcome.value()));
    return status;
}

}  // namespace

constexpr CommandHelp demo_help{
    .name = "demo",
    .task = "Look first",
    .summary = "Move a sample account between two mail servers inside this program, and prove what arrived.",
    .usage = "[options]",
    .examples = {},
    .groups = groups,
    .exit_status = "Exit status: 0 the proof holds; 1 it does not; else as mailhaul sync.",
};

int demo_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    ParsedLine line = parse_native(arguments, demo_help.groups);
    if (line.is_on("help")) {
        surroundings.out(help_text(demo_help, surroundings.width()));
        return exit_ok;
    }
    for (const std::string& word : line.words) line.mistakes.push_back("what is '" + word + "'? the demo needs no account");
    const auto seed = parse_number(line.last("seed").value_or("1"));
    if (!seed) line.mistakes.push_back("--seed " + *line.last("seed") + ": wanted a number");
    if (!line.mistakes.empty()) return usage_error(line.mistakes, "demo", surroundings);
    if (line.is_on("serve")) return serve(*seed, line.is_on("json"), surroundings);
    app::DemoOptions options;
    options.seed = *seed;
    options.protocol_log = line.is_on("protocol");
    return run_and_prove(options, line, surroundings);
}

}  // namespace mailhaul::cli
