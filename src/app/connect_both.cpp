// SPDX-License-Identifier: Apache-2.0
#include "app/connect_both.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "app/diagnose_login.hpp"
#include "app/protocol_log.hpp"
#include "async/pause.hpp"
#include "async/task_scope.hpp"
#include "client/prove_impersonation.hpp"

namespace mailhaul::app {
namespace {

void describe_side(sync::SideReport& side, const client::Connection& connection) {
    side.label = connection.access().label();
    side.server = connection.server();
    side.transport = connection.transport();
    side.mechanism = connection.mechanism();
    side.capabilities.clear();
    for (const std::string& capability : connection.capabilities()) side.capabilities.push_back(capability);
    side.connections = std::max(side.connections, 1U);
}

/// Opens one side as far as asked, and tells the observer. The connection is kept even where login failed.
Task<Connected> open_side(client::Access access, client::ProtocolLog log, Extent extent, sync::SideName name,
                          sync::SideReport& side, sync::Observer& observer) {
    side.label = access.label();
    auto opened = co_await client::Connection::open(std::move(access), std::move(log));
    if (!opened.ok()) co_return std::move(opened).error();
    if (extent != Extent::connect_only) {
        auto logged_in = co_await opened.value()->login();
        if (!logged_in.ok()) {
            Error explained = with_next_step(std::move(logged_in).error(), *opened.value());
            co_await opened.value()->close();
            co_return std::move(explained);
        }
        auto proven = co_await client::prove_impersonation(*opened.value());
        if (!proven.ok()) {
            co_await opened.value()->close();
            co_return std::move(proven).error();
        }
    }
    describe_side(side, *opened.value());
    observer.on_connected(name, side);
    co_return std::move(opened).value();
}

/// Both sides are tried even where the first fails, so that one run tells everything that is wrong.
Task<std::pair<Connected, Connected>> open_both(const SyncRequest& request, sync::Report& report, sync::Observer& observer) {
    co_return co_await both(open_side(request.source, protocol_log(request.protocol_log, "1"), request.extent,
                                      sync::SideName::source, report.source, observer),
                            open_side(request.destination, protocol_log(request.protocol_log, "2"), request.extent,
                                      sync::SideName::destination, report.destination, observer));
}

/// Until both servers have room for an account that has no connection, or the run must stop. Not in step with others.
Task<void> wait_until_let_in(const SyncRequest& request, sync::RunState& run) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const govern::ServerGate::Queuing at_source(*request.source.gate);
    const govern::ServerGate::Queuing at_destination(*request.destination.gate);
    const auto is_open = [](const client::Access& access) { return access.gate->is_open(std::chrono::steady_clock::now()); };
    while (!run.must_stop() && !(is_open(request.source) && is_open(request.destination)))
        co_await pause_for(std::chrono::milliseconds(std::uniform_int_distribution<int>(50, 200)(random)));
}

/// True where all that went wrong is that a server has no room now, or wants a pause, and it is worth waiting.
bool may_be_let_in_later(const std::pair<Connected, Connected>& opened, const SyncRequest& request, sync::RunState& run) {
    const auto waits = [&run](const Connected& side, const client::Access& access) {
        if (side.ok() || !access.gate->note_refusal(side.error(), std::chrono::steady_clock::now())) return false;
        run.note("waiting for " + access.label() + " to let this account in: " + side.error().server_text);
        return true;
    };
    const bool source_waits = waits(opened.first, request.source);
    const bool destination_waits = waits(opened.second, request.destination);
    return (opened.first.ok() || source_waits) && (opened.second.ok() || destination_waits);
}

}  // namespace

Task<void> close_both(std::pair<Connected, Connected>& opened) {
    if (opened.first.ok()) co_await opened.first.value()->close();
    if (opened.second.ok()) co_await opened.second.value()->close();
}

Task<std::pair<Connected, Connected>> connect_both(const SyncRequest& request, sync::RunState& run) {
    co_await wait_until_let_in(request, run);
    std::pair<Connected, Connected> opened = co_await open_both(request, run.report, run.observer);
    while ((!opened.first.ok() || !opened.second.ok()) && may_be_let_in_later(opened, request, run)) {
        co_await close_both(opened);
        co_await wait_until_let_in(request, run);
        if (run.must_stop()) {
            opened = {Connected(run.why_stopping()), Connected(run.why_stopping())};
            break;
        }
        opened = co_await open_both(request, run.report, run.observer);
    }
    if (opened.first.ok()) request.source.gate->note_welcome();
    if (opened.second.ok()) request.destination.gate->note_welcome();
    sync::Report& report = run.report;
    if (!opened.second.ok()) {
        report.error = opened.second.error();
        report.error_side = sync::SideName::destination;
    }
    if (!opened.first.ok()) {
        if (report.error) report.warnings.push_back("the destination fails as well: " + report.error->describe());
        report.error = opened.first.error();
        report.error_side = sync::SideName::source;
    }
    co_return std::move(opened);
}

}  // namespace mailhaul::app
