// SPDX-License-Identifier: Apache-2.0
// `mailhaul sync`: read the line, run the use case while somebody watches, print its report.
#include "cli/accounts_run.hpp"
#include "cli/commands.hpp"
#include "cli/report_text.hpp"
#include "cli/sync_options.hpp"
#include "cli/sync_request.hpp"

namespace mailhaul::cli {
namespace {

/// Reads every secret once before anything is drawn: a question does not stand in the middle of a progress line, and an
/// unreadable file is known before anybody is connected. The sources remember.
Result<void> read_secrets(const app::SyncRequest& request) {
    for (const client::Access* access : {&request.source, &request.destination})
        for (const client::SecretSource* source : {&access->password, &access->token})
            if (*source) MH_TRY_VOID((*source)());
    return {};
}

int refuse(const SyncOrder& order, const Surroundings& surroundings) {
    if (order.json)
        for (const std::string& mistake : order.mistakes)
            surroundings.out(json_usage_error(surroundings.wall_now(), mistake) + "\n");
    return usage_error(order.mistakes, "sync", surroundings);
}

/// Nothing was connected yet: a report that says only why.
sync::Report report_of(const SyncOrder& order, Error error) {
    sync::Report report;
    report.source.label = order.request.source.label();
    report.destination.label = order.request.destination.label();
    report.dry_run = order.request.dry_run;
    report.ending = sync::Ending::needs_person;
    report.error = std::move(error);
    return report;
}

sync::Report run_watched(SyncOrder& order, const Surroundings& surroundings) {
    if (auto read = read_secrets(order.request); !read.ok()) return report_of(order, std::move(read).error());
    const bool dry_run = order.request.dry_run;
    // The dialogue goes to the same place as the live line would: lines get along with it.
    const auto observer = order.json                   ? watch_as_json(surroundings)
                          : order.request.protocol_log ? watch_as_lines(surroundings, order.chattiness, dry_run)
                                                       : watch(surroundings, order.chattiness, dry_run);
    return app::run_sync(std::move(order.request), *observer);
}

}  // namespace

int sync_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    const ParsedLine line = parse_native(arguments, sync_help.groups);
    if (line.is_on("help")) {
        surroundings.out(help_text(sync_help, surroundings.width()));
        return exit_ok;
    }
    SyncOrder order = order_sync(line, surroundings);
    if (!order.mistakes.empty()) return refuse(order, surroundings);

    if (order.accounts_file) return run_accounts_file(order, line, surroundings);

    const bool json = order.json;
    const Chattiness chattiness = order.chattiness;
    const sync::Report report = run_watched(order, surroundings);
    const int status = app::exit_status(report);
    if (json) surroundings.out(json_report(surroundings.wall_now(), report, status) + "\n");
    else
        surroundings.out(chattiness == Chattiness::quiet ? exceptions_text(report) : report_text(report, surroundings.width()));
    return status;
}

}  // namespace mailhaul::cli
