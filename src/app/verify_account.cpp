// SPDX-License-Identifier: Apache-2.0
#include "app/verify_account.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "app/diagnose_login.hpp"
#include "app/protocol_log.hpp"
#include "async/pause.hpp"
#include "async/task_scope.hpp"
#include "client/connection.hpp"
#include "client/mailbox_commands.hpp"
#include "client/prove_impersonation.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "proof/merkle.hpp"
#include "store/ledger.hpp"
#include "sync/executor/count_mailboxes.hpp"
#include "sync/executor/prove_mailbox.hpp"

namespace mailhaul::app {
namespace {

constexpr int most_tries = 5;  // of one mailbox; each goes on behind the last batch that was finished

/// One verification as it goes.
class VerifyRun {
public:
    VerifyRun(VerifyRequest request, store::Ledger& ledger, VerifyObserver& observer, VerifyReport& report)
        : request_(std::move(request)), ledger_(ledger), observer_(observer), report_(report) {}

    /// Leaves the connections open: close() is for both endings.
    Task<Result<void>> run();
    Task<void> close();

private:
    struct Side {
        sync::SideName name;
        const client::Access& access;
        sync::SideReport& report;
        std::unique_ptr<client::Connection>& connection;
    };
    Side source() { return {sync::SideName::source, request_.source, report_.source, source_}; }
    Side destination() { return {sync::SideName::destination, request_.destination, report_.destination, destination_}; }

    Task<Result<void>> connect(Side side);
    Task<void> retire(Side side);
    Task<Result<client::Connection*>> connected_source();
    Result<void> read_pairs();
    Task<Result<void>> count_all();
    Task<Result<void>> look_at_all();
    Task<Result<void>> look_at(sync::MailboxProof& mailbox);
    sync::ProofOptions options();
    void finish_mailbox(sync::MailboxProof mailbox, const std::optional<Error>& error);

    VerifyRequest request_;
    store::Ledger& ledger_;
    VerifyObserver& observer_;
    VerifyReport& report_;
    sync::Progress progress_;
    std::unique_ptr<client::Connection> source_;
    std::unique_ptr<client::Connection> destination_;
    std::vector<store::PairKey> pairs_;
};

Task<Result<void>> VerifyRun::run() {
    MH_CO_TRY_VOID(read_pairs());
    observer_.on_progress(progress_);
    MH_CO_TRY_VOID(co_await connect(destination()));
    if (needs_source(request_.level)) MH_CO_TRY_VOID(co_await connect(source()));
    progress_.phase = sync::Progress::Phase::verifying;
    observer_.on_progress(progress_);
    if (request_.level == proof::Level::counted) co_return co_await count_all();
    co_return co_await look_at_all();
}

/// Opens the side unless it is open.
Task<Result<void>> VerifyRun::connect(Side side) {
    if (side.connection && side.connection->is_open() && !side.connection->should_be_replaced()) co_return Result<void>{};
    co_await retire(side);
    report_.error_side = side.name;  // for as long as this can fail
    const char* mark = side.name == sync::SideName::source ? "1" : "2";
    auto opened = co_await client::Connection::open(side.access, protocol_log(request_.protocol_log, mark));
    if (!opened.ok()) co_return std::move(opened).error();
    side.connection = std::move(opened).value();
    auto logged_in = co_await side.connection->login();
    if (!logged_in.ok()) co_return with_next_step(std::move(logged_in).error(), *side.connection);
    const bool is_first = side.report.connections == 0;
    if (is_first) {
        auto proven = co_await client::prove_impersonation(*side.connection);
        if (!proven.ok()) co_return std::move(proven).error();
    }
    side.report.server = side.connection->server();
    side.report.transport = side.connection->transport();
    side.report.mechanism = side.connection->mechanism();
    side.report.connections = 1;
    report_.error_side.reset();
    if (is_first) observer_.on_connected(side.name, side.report);
    co_return Result<void>{};
}

Task<void> VerifyRun::retire(Side side) {
    if (!side.connection) co_return;
    co_await side.connection->close();
    side.report.received += side.connection->received();
    side.report.sent += side.connection->sent();
    side.connection.reset();
}

Task<void> VerifyRun::close() {
    co_await retire(source());
    co_await retire(destination());
}

Task<Result<client::Connection*>> VerifyRun::connected_source() {
    MH_CO_TRY_VOID(co_await connect(source()));
    co_return source_.get();
}

Result<void> VerifyRun::read_pairs() {
    MH_TRY(recorded, ledger_.pairs());
    auto [current, older] = proof::current_pairs(recorded);
    pairs_ = std::move(current);
    for (const store::PairKey& pair : older) {
        MH_TRY(entries, ledger_.entries(pair));
        if (entries.empty()) continue;
        report_.found.notes.push_back("not looked at: " + spell_messages(entries.size()) +
                                      " that earlier runs brought from \"" + imap::display_name(pair.source.name.raw()) +
                                      "\" to \"" + imap::display_name(pair.destination.name.raw()) +
                                      "\", before the mailbox was made anew or mapped elsewhere");
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        MH_TRY(exceptions, ledger_.exceptions(pairs_[i]));
        for (store::Exception& one : exceptions)
            report_.found.not_copied.push_back(
                {i, one.source, one.size, std::move(one.message_id), std::move(one.subject), std::move(one.reason)});
    }
    progress_.mailboxes_total = static_cast<std::uint32_t>(pairs_.size());
    MH_TRY(all, ledger_.size());
    progress_.messages_total = all;
    return {};
}

Task<Result<void>> VerifyRun::count_all() {
    std::vector<sync::CountedPair> counted;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        MH_CO_TRY(entries, ledger_.entries(pairs_[i]));
        const auto is_its = [i](const proof::NotCopied& one) { return one.mailbox == i; };
        counted.push_back(
            {pairs_[i], entries.size(), static_cast<std::uint64_t>(std::ranges::count_if(report_.found.not_copied, is_its))});
        sync::MailboxProof mailbox(options(), pairs_[i], std::move(entries), i);
        report_.found.mailboxes.push_back(std::move(mailbox).result());
    }
    auto listed = co_await both(client::list_mailboxes(*source_), client::list_mailboxes(*destination_));
    if (!listed.first.ok()) report_.error_side = sync::SideName::source;
    if (!listed.second.ok()) report_.error_side = sync::SideName::destination;
    MH_CO_TRY(on_source, std::move(listed.first));
    MH_CO_TRY(on_destination, std::move(listed.second));
    sync::judge_counters(counted, on_source, on_destination, report_.found);
    for (const proof::MailboxResult& mailbox : report_.found.mailboxes) observer_.on_verified(mailbox, {});
    co_return Result<void>{};
}

Task<Result<void>> VerifyRun::look_at_all() {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        MH_CO_TRY(entries, ledger_.entries(pairs_[i]));
        sync::MailboxProof mailbox(options(), pairs_[i], std::move(entries), i);
        auto looked = co_await look_at(mailbox);
        if (!looked.ok() && looked.error().scope >= Scope::account) co_return std::move(looked).error();
        std::optional<Error> error;
        if (!looked.ok()) error = std::move(looked).error();
        report_.error_side.reset();
        finish_mailbox(std::move(mailbox), error);
    }
    co_return Result<void>{};
}

/// Until it is done with, or has failed too often. A connection that broke is opened again.
Task<Result<void>> VerifyRun::look_at(sync::MailboxProof& mailbox) {
    for (int tries = 1;; ++tries) {
        Result<void> looked = co_await connect(destination());
        if (looked.ok()) looked = co_await mailbox.run(*destination_);
        if (looked.ok() || looked.error().retry != Retry::now || tries == most_tries) co_return looked;
        co_await pause_for(request_.first_pause * (1 << (tries - 1)));
    }
}

sync::ProofOptions VerifyRun::options() {
    sync::ProofOptions options;
    options.level = request_.level;
    options.sample = request_.sample;
    options.seed = request_.seed;
    if (request_.ask_source) options.source = [this] { return connected_source(); };
    options.progress = [this](std::uint64_t messages) {
        progress_.messages_done += messages;
        observer_.on_progress(progress_);
    };
    return options;
}

void VerifyRun::finish_mailbox(sync::MailboxProof mailbox, const std::optional<Error>& error) {
    std::vector<proof::Finding> findings = mailbox.findings();
    proof::MailboxResult result = std::move(mailbox).result();
    if (error) result.remarks.push_back("could not be looked at to the end: " + error->describe());
    ++progress_.mailboxes_done;
    observer_.on_progress(progress_);
    observer_.on_verified(result, findings);
    report_.found.mailboxes.push_back(std::move(result));
    std::ranges::move(findings, std::back_inserter(report_.found.findings));
}

/// Read from, never made: a verification without a ledger would prove nothing.
Result<std::unique_ptr<store::Ledger>> open_ledger(const VerifyRequest& request, const store::AccountKey& key) {
    const std::string path = request.ledger_path.empty() ? store::default_ledger_path(key) : request.ledger_path;
    std::error_code unreadable;
    if (!std::filesystem::exists(path, unreadable))
        return Error{
            Errc::store_failed, Scope::account, Retry::never,
            "there is no ledger " + path + ": name the accounts as they were named to mailhaul sync, or --ledger FILE"};
    return store::open_sqlite_ledger(path, key);
}

std::int64_t seconds_of(std::chrono::system_clock::time_point time) { return std::chrono::system_clock::to_time_t(time); }

}  // namespace

bool needs_source(proof::Level level) { return level == proof::Level::counted || level == proof::Level::headers; }

Task<VerifyReport> verify_account(VerifyRequest request, VerifyObserver& observer) {
    const auto began = std::chrono::steady_clock::now();
    const auto clock = request.clock;
    VerifyReport report;
    report.source.label = request.source.label();
    report.destination.label = request.destination.label();
    report.found.accounts = {report.source.label, report.destination.label};
    report.found.level = request.level;
    report.found.sample = request.sample;
    report.found.seed = request.seed;
    report.found.began = seconds_of(clock());
    auto ledger = open_ledger(request, report.found.accounts);
    if (ledger.ok()) {
        VerifyRun run(std::move(request), *ledger.value(), observer, report);
        auto done = co_await run.run();
        if (!done.ok()) report.error = std::move(done).error();
        co_await run.close();
    } else {
        report.error = std::move(ledger).error();
    }
    report.found.ended = seconds_of(clock());
    report.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    co_return report;
}

VerifyReport run_verify(VerifyRequest request, VerifyObserver& observer) {
    asio::io_context loop(1);
    VerifyReport abandoned;
    abandoned.source.label = request.source.label();
    abandoned.destination.label = request.destination.label();
    abandoned.error = Error{Errc::cancelled, Scope::run, Retry::now, "stopped; nothing was changed: run again"};
    std::optional<VerifyReport> report;
    asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& cancelled, int) {
        if (!cancelled) loop.stop();
    });
    asio::co_spawn(loop, verify_account(std::move(request), observer),
                   [&](const std::exception_ptr& thrown, VerifyReport finished) {
                       signals.cancel();
                       if (thrown) std::rethrow_exception(thrown);
                       report = std::move(finished);
                   });
    loop.run();
    return report ? std::move(*report) : std::move(abandoned);
}

}  // namespace mailhaul::app
