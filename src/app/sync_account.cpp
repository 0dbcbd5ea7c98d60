// SPDX-License-Identifier: Apache-2.0
#include "app/sync_account.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <functional>
#include <utility>

#include <sys/resource.h>

#include "app/apply_profiles.hpp"
#include "app/connect_both.hpp"
#include "app/join_reports.hpp"
#include "app/protocol_log.hpp"
#include "app/run_ledger.hpp"
#include "client/connection.hpp"
#include "sync/executor/account_sync.hpp"
#include "sync/executor/reader_desk.hpp"

namespace mailhaul::app {
namespace {

/// How the run ended, from what it says of itself.
sync::Ending ending_of(const sync::Report& report, Extent extent) {
    std::optional<Error> first = report.error;
    for (const sync::MailboxReport& mailbox : report.mailboxes)
        if (mailbox.error && !first) first = mailbox.error;
    if (first) {
        switch (first->code) {
            case Errc::throttled:
            case Errc::server_unavailable:
            case Errc::too_many_connections: return sync::Ending::paused;
            case Errc::login_refused:
            case Errc::login_unavailable:
            case Errc::credential_unavailable:
            case Errc::over_quota:
            case Errc::certificate_rejected:
            case Errc::plaintext_refused:
            case Errc::mailbox_missing:
            case Errc::mailbox_renamed:
            case Errc::same_account:
            case Errc::no_permission:
            case Errc::unknown_host: return sync::Ending::needs_person;
            default: return sync::Ending::failed;
        }
    }
    if (report.totals().deletions_refused > 0 || report.mailboxes_refused > 0) return sync::Ending::needs_person;
    if (!report.exceptions.empty() || report.totals().failed > 0) return sync::Ending::complete_with_exceptions;
    const bool looked = report.dry_run || extent != Extent::everything || report.mailboxes.empty() || report.totals().verified;
    return looked ? sync::Ending::complete : sync::Ending::failed;
}

constexpr std::uint64_t parts_of_a_limit = 8;  // what is asked for at once: a limit is kept to within one part

/// All lanes share one pool; none may take more than half of it, so that there is room for a second.
sync::TransferLimits limits_for(const SyncRequest& request, const asio::any_io_executor& executor) {
    sync::TransferLimits limits;
    const std::uint64_t budget = std::max<std::uint64_t>(request.budget.value(), 1u << 20);
    limits.shared = request.shared ? request.shared : std::make_shared<sync::SharedLimits>(executor, budget);
    limits.order = request.order;
    limits.help_above = request.help_above;
    limits.activity = std::make_shared<govern::Activity>();
    limits.source_line = std::make_shared<govern::LineRate>();
    limits.in_memory = request.connections == 1 ? budget : budget / 2;
    limits.hold = std::min<std::uint64_t>(limits.hold, budget / 12);
    limits.fetch_octets = std::min<std::uint64_t>(limits.fetch_octets, budget / 14);
    limits.batch_octets = std::min<std::uint64_t>(limits.batch_octets, budget / 8);
    limits.window = std::min<std::uint64_t>(limits.window, budget / 24);
    for (const auto& a_day : {request.allowance.source_a_day, request.allowance.destination_a_day, request.allowance.in_all})
        if (a_day) limits.fetch_octets = std::min(limits.fetch_octets, a_day->value() / parts_of_a_limit);
    // What a connection has asked for under a limit is counted for the connections of its own lane.
    if (!request.allowance.source_a_day && !request.allowance.destination_a_day && !request.allowance.in_all)
        limits.desk = std::make_shared<sync::ReaderDesk>(executor);
    if (request.most_messages_a_second) limits.message_pace = std::make_shared<Pace>(*request.most_messages_a_second);
    return limits;
}

/// Seconds of this process on all cores so far.
std::chrono::duration<double> cpu_time() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return std::chrono::duration<double>(static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

sync::AccountPlan plan_for(const SyncRequest& request) {
    sync::AccountPlan plan;
    plan.source = request.source;
    plan.destination = request.destination;
    plan.source_log = protocol_log(request.protocol_log, "1");
    plan.destination_log = protocol_log(request.protocol_log, "2");
    plan.mapping = request.mapping;
    plan.folders_only = request.extent == Extent::folders_only;
    plan.allow_same_account = request.allow_same_account;
    plan.subscribe = request.subscribe;
    plan.subscribe_all = request.subscribe_all;
    plan.skip_empty_folders = request.skip_empty_folders;
    plan.mix_folders = request.mix_folders;
    plan.on_rename = request.on_rename;
    plan.delete_folders = request.delete_folders;
    plan.delete_empty_source = request.delete_empty_source;
    plan.first = request.first;
    plan.last = request.last;
    plan.in_order = request.in_order;
    if (request.connections) plan.lanes = std::clamp(*request.connections, 1U, 32U);
    return plan;
}

/// A ledger that was lost knows neither what users did on the destination nor what the source held before, which is what
/// keeps deletions there from doing harm: they wait for the next run.
void tell_of_lost_ledger(sync::RunState& run, const RunLedger& ledger) {
    if (!ledger.is_new_in_place_of_a_lost_one()) return;
    run.warn(ledger.warning());
    run.rules.delete_destination = run.rules.delete_duplicates = false;
}

/// Reads what earlier runs used, and begins to count.
Result<void> begin_allowance(sync::RunState& run, const SyncRequest& request) {
    using Memory = sync::Allowance::Memory;
    return run.allowance.begin(request.allowance, request.source.meter, request.destination.meter, run.ledger,
                               run.dry_run ? Memory::none : Memory::kept, request.clock);
}

bool is_of_the_ledger(const std::optional<Error>& error) {
    return error && (error->code == Errc::store_damaged || error->code == Errc::store_failed);
}

/// Once nothing goes any more. A ledger that failed is told nothing: a damaged one is kept as it was found.
void end_allowance(sync::RunState& run) {
    if (is_of_the_ledger(run.report.error)) return;
    if (auto told = run.allowance.finish(); !told.ok())
        run.warn("the next run does not know what this one used of a day's limit: " + told.error().describe());
    const bool is_ours = run.report.error && run.report.error->code == Errc::throttled;
    if (is_ours && !run.stopping && run.allowance.is_closed()) run.report.pause = run.allowance.pause(run.progress);
}

ServerSigns signs_of(const client::Connection& connection) {
    ServerSigns signs;
    signs.words = connection.server();
    signs.host = connection.access().host;
    signs.capabilities = connection.capabilities();
    return signs;
}

Task<void> carry_out(sync::RunState& run, SyncRequest request, const RunLedger& ledger) {
    for (client::Access* side : {&request.source, &request.destination})
        side->gate = run.limits.shared->gate_of(*side, request.first_pause * 30);
    auto opened = co_await connect_both(request, run);
    const bool only_connections = request.extent == Extent::connect_only || request.extent == Extent::login_only;
    if (run.report.error || only_connections) {
        co_await close_both(opened);
        co_return;
    }
    sync::AccountPlan plan = plan_for(request);
    if (!plan.mapping.imapsync_names) {
        const ServerSigns source = signs_of(*opened.first.value());
        const ServerSigns destination = signs_of(*opened.second.value());
        for (std::string& words : apply_profiles(source, destination, plan.mapping, run.rules)) run.warn(std::move(words));
    }
    if (ledger.is_new_in_place_of_a_lost_one()) plan.delete_folders.which = sync::DeleteFolders::no;
    sync::AccountSync account(run, std::move(plan), std::move(opened.first).value(), std::move(opened.second).value());
    co_await account.run();
}

/// With the ledger as it is. A stop leaves `stop` without effect, and RunState::stopping said in `stopped`.
Task<sync::Report> sync_once(const SyncRequest& request, RunLedger& ledger, sync::Observer& observer, StopSwitch& stop,
                             bool& stopped) {
    sync::RunState run(request.rules, ledger.ledger(), observer);
    run.only_sizes = request.extent == Extent::sizes_only;
    run.dry_run = run.report.dry_run = request.dry_run || run.only_sizes;
    run.limits = limits_for(request, co_await asio::this_coro::executor);
    const sync::SharedLimits::Place place(*run.limits.shared);
    const auto cpu_before = cpu_time();
    const auto verdict = [activity = run.limits.activity, cpu_before] {  // co-owned: outlives the lanes' marks
        return govern::judge(activity->times(std::chrono::steady_clock::now()), cpu_time() - cpu_before);
    };
    run.limit_by_now = [verdict] { return verdict().limit; };
    run.first_pause = request.first_pause;
    run.portion = request.portion;
    run.claims = request.claims;
    run.clock = request.clock;
    run.report.source.label = request.source.label();
    run.report.destination.label = request.destination.label();
    tell_of_lost_ledger(run, ledger);
    stop.pull = [&run] { run.stopping = true; };
    run.show_progress();

    if (auto begun = begin_allowance(run, request); !begun.ok()) run.report.error = std::move(begun).error();
    if (!run.report.error && run.must_stop()) run.report.error = run.why_stopping();
    if (!run.report.error) co_await carry_out(run, request, ledger);
    for (const sync::MailboxReport& mailbox : run.report.mailboxes)
        if (mailbox.error && !run.report.error) run.report.error = mailbox.error;
    run.report.verdict = verdict();
    end_allowance(run);
    stop.pull = nullptr;
    stopped = run.stopping;
    run.report.ending = ending_of(run.report, request.extent);
    const bool begins_again = run.report.error && run.report.error->code == Errc::store_damaged;
    if (!begins_again) run.enter(sync::Progress::Phase::done);
    co_return std::move(run.report);
}

void add_traffic(sync::SideReport& sum, const sync::SideReport& more) {
    sum.received += more.received;
    sum.sent += more.sent;
}

/// Until something ends it. Damage to the ledger that shows in the middle makes the run begin again, once, with a new ledger.
Task<sync::Report> sync_until_it_ends(const SyncRequest& request, RunLedger& ledger, sync::Observer& observer,
                                      StopSwitch& stop) {
    bool stopped = false;
    sync::Report report = co_await sync_once(request, ledger, observer, stop, stopped);
    if (!report.error || stopped) co_return report;
    auto replaced = ledger.replace_after(*report.error);
    if (!replaced.ok()) {
        report.error = std::move(replaced).error();
        report.ending = ending_of(report, request.extent);
        co_return report;
    }
    if (!replaced.value()) co_return report;
    sync::Report again = co_await sync_once(request, ledger, observer, stop, stopped);
    add_traffic(again.source, report.source);
    add_traffic(again.destination, report.destination);
    co_return again;
}

/// Returns true once the time has come, false where a stop came first. The clock on the wall is looked at every minute: it
/// may be set, and this computer may sleep.
Task<bool> wait_until(std::chrono::sys_seconds time, const SyncRequest& request, StopSwitch& stop) {
    constexpr std::chrono::milliseconds between_looks{60'000};
    asio::steady_timer timer(co_await asio::this_coro::executor);
    bool stopped = false;
    stop.pull = [&] {
        stopped = true;
        timer.cancel();
    };
    while (!stopped) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - request.clock());
        if (left <= std::chrono::milliseconds::zero()) break;
        timer.expires_after(std::min(left, between_looks));
        boost::system::error_code woken;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    stop.pull = nullptr;
    co_return !stopped;
}

/// Until nothing is left to wait for.
Task<sync::Report> sync_patiently(const SyncRequest& request, RunLedger& ledger, sync::Observer& observer, StopSwitch& stop) {
    std::optional<sync::Report> before;
    for (;;) {
        sync::Report report = co_await sync_until_it_ends(request, ledger, observer, stop);
        if (before) join_reports(std::move(*before), report);
        if (!report.pause || !report.pause->until || request.on_pause == OnPause::end) co_return report;
        observer.on_waiting(*report.pause);
        const bool goes_on = co_await wait_until(*report.pause->until, request, stop);
        if (!goes_on) {
            report.error = Error{Errc::cancelled, Scope::run, Retry::now, "stopped while it waited: run again to go on"};
            report.pause.reset();
            report.ending = sync::Ending::failed;
            co_return report;
        }
        before = std::move(report);
    }
}

Task<sync::Report> sync_with_switch(SyncRequest request, sync::Observer& observer, StopSwitch& stop) {
    const auto began = std::chrono::steady_clock::now();
    if (request.most_octets_a_second)
        request.source.read_pace =
            std::make_shared<Pace>(static_cast<double>(request.most_octets_a_second->value()), request.free_octets.value());
    for (client::Access* side : {&request.source, &request.destination})  // what an earlier run was refused counts no more
        side->logins = std::make_shared<client::LoginMemory>();
    request.source.meter = std::make_shared<Meter>();
    request.destination.meter = std::make_shared<Meter>();
    sync::Report report;
    RunLedger ledger(request);
    Result<void> opened = ledger.open();
    if (opened.ok()) {
        report = co_await sync_patiently(request, ledger, observer, stop);
    } else {
        report.error = std::move(opened).error();
        report.ending = ending_of(report, request.extent);
    }
    report.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    co_return report;
}

}  // namespace

Task<sync::Report> sync_account(SyncRequest request, sync::Observer& observer) {
    StopSwitch unused;
    co_return co_await sync_with_switch(std::move(request), observer, unused);
}

Task<sync::Report> sync_account(SyncRequest request, sync::Observer& observer, StopSwitch& stop) {
    co_return co_await sync_with_switch(std::move(request), observer, stop);
}

sync::Report run_sync(SyncRequest request, sync::Observer& observer) {
    asio::io_context loop(1);
    StopSwitch stop;
    std::optional<sync::Report> report;
    StopOnSignals signals(loop, stop);
    asio::co_spawn(loop, sync_with_switch(std::move(request), observer, stop),
                   [&](const std::exception_ptr& thrown, sync::Report finished) {
                       signals.cancel();
                       if (thrown) std::rethrow_exception(thrown);
                       report = std::move(finished);
                   });
    loop.run();
    if (report) {
        report->stopped_by = signals.stopped_by();
        return std::move(*report);
    }
    sync::Report abandoned;
    abandoned.stopped_by = signals.stopped_by();
    abandoned.error =
        Error{Errc::cancelled, Scope::run, Retry::now, "abandoned; the ledger holds what was confirmed: run again to go on"};
    return abandoned;
}

}  // namespace mailhaul::app
