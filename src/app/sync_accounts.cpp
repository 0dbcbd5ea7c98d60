// SPDX-License-Identifier: Apache-2.0
#include "app/sync_accounts.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <utility>

#include "app/stop_switch.hpp"
#include "async/task_scope.hpp"

namespace mailhaul::app {
namespace {

constexpr int most_refusals = 3;  // of a login that has worked for nobody

/// What is known of a login that accounts share.
struct SharedLogin {
    bool works = false;
    int refusals = 0;
    [[nodiscard]] bool is_given_up() const { return !works && refusals >= most_refusals; }
};

class Run {
public:
    Run(ManyAccounts& request, AccountsObserver& observer, ManyReports& result, StopSwitch& stop)
        : request_(request), observer_(observer), result_(result), stop_(stop), left_(request.accounts.size()) {
        result_.reports.resize(request.accounts.size());
        request_.logins.resize(request.accounts.size());
        for (std::size_t i = 0; i < left_.size(); ++i) left_[i] = i;
        stop_.pull = [this] { stop_all(); };
    }

    /// First those that prove the shared logins, one at a time; then the others side by side.
    Task<void> all() {
        const auto executor = co_await asio::this_coro::executor;
        if (!request_.accounts.empty()) {
            const auto shared = std::make_shared<sync::SharedLimits>(executor, request_.accounts.front().budget.value());
            for (SyncRequest& account : request_.accounts) account.shared = shared;
        }
        while (const auto account = take([this](std::size_t one) { return has_unproven_login(one); }))
            co_await run_one(*account);
        TaskScope scope(executor);
        for (std::uint32_t i = 0; i < request_.at_once; ++i) scope.spawn(take_accounts());
        co_await scope.join();
        stop_.pull = nullptr;
    }

private:
    Task<void> take_accounts() {
        while (const auto account = take([](std::size_t) { return true; })) co_await run_one(*account);
    }

    /// The first that is left and fits; none once the run was stopped.
    template <typename Fits>
    std::optional<std::size_t> take(Fits fits) {
        if (is_stopped_) return std::nullopt;
        const auto found = std::ranges::find_if(left_, fits);
        if (found == left_.end()) return std::nullopt;
        const std::size_t account = *found;
        left_.erase(found);
        return account;
    }

    /// Of both sides, those that are shared.
    std::vector<SharedLogin*> logins_of(std::size_t account) {
        std::vector<SharedLogin*> shared;
        const SharedLogins& names = request_.logins[account];
        if (!names.source.empty()) shared.push_back(&source_logins_[names.source]);
        if (!names.destination.empty()) shared.push_back(&destination_logins_[names.destination]);
        return shared;
    }

    bool has_unproven_login(std::size_t account) {
        const auto logins = logins_of(account);
        if (std::ranges::any_of(logins, &SharedLogin::is_given_up)) return false;
        return !std::ranges::all_of(logins, &SharedLogin::works);
    }

    Task<void> run_one(std::size_t account) {
        if (std::ranges::any_of(logins_of(account), &SharedLogin::is_given_up)) {
            end(account, not_tried(account));
            co_return;
        }
        const std::unique_ptr<sync::Observer> watcher = observer_.begin(account);
        StopSwitch& stop = stops_[account];
        SyncRequest request = request_.accounts[account];
        sync::Report report = co_await sync_account(std::move(request), *watcher, stop);
        stops_.erase(account);
        learn(account, report);
        end(account, std::move(report));
    }

    void learn(std::size_t account, const sync::Report& report) {
        const SharedLogins& names = request_.logins[account];
        const auto refused_by = [&](sync::SideName side) {
            return report.error && report.error->code == Errc::login_refused && report.error_side == side;
        };
        if (!names.source.empty()) learn(source_logins_[names.source], report.source, refused_by(sync::SideName::source));
        if (!names.destination.empty())
            learn(destination_logins_[names.destination], report.destination, refused_by(sync::SideName::destination));
    }

    /// A side that says how it was logged in to was: whatever else went wrong, the login is right.
    static void learn(SharedLogin& login, const sync::SideReport& side, bool is_refused) {
        if (!side.mechanism.empty()) login.works = true;
        else if (is_refused) ++login.refusals;
    }

    [[nodiscard]] sync::Report not_tried(std::size_t account) {
        const SharedLogins& names = request_.logins[account];
        const bool is_source = !names.source.empty() && source_logins_[names.source].is_given_up();
        sync::Report report;
        report.source.label = request_.accounts[account].source.label();
        report.destination.label = request_.accounts[account].destination.label();
        report.ending = sync::Ending::needs_person;
        report.error_side = is_source ? sync::SideName::source : sync::SideName::destination;
        report.error =
            Error{Errc::login_refused, Scope::account, Retry::never,
                  (is_source ? names.source : names.destination) + " was refused for " + std::to_string(most_refusals) +
                      " accounts and worked for none: not sent again, so that it does not get locked"};
        return report;
    }

    void end(std::size_t account, sync::Report report) {
        observer_.ended(account, report);
        result_.reports[account] = std::move(report);
    }

    void stop_all() {
        is_stopped_ = true;
        for (auto& [account, stop] : stops_)
            if (stop.pull) stop.pull();
    }

    ManyAccounts& request_;
    AccountsObserver& observer_;
    ManyReports& result_;
    StopSwitch& stop_;
    std::vector<std::size_t> left_;
    std::map<std::string, SharedLogin> source_logins_, destination_logins_;
    std::map<std::size_t, StopSwitch> stops_;  // of those under way; references stay valid
    bool is_stopped_ = false;
};

}  // namespace

ManyReports run_accounts(ManyAccounts request, AccountsObserver& observer) {
    ManyReports result;
    StopSwitch stop;
    Run run(request, observer, result, stop);
    bool is_done = false;
    asio::io_context loop(1);  // goes before what an abandoned run still refers to
    StopOnSignals signals(loop, stop);
    asio::co_spawn(loop, run.all(), [&](const std::exception_ptr& thrown) {
        signals.cancel();
        if (thrown) std::rethrow_exception(thrown);
        is_done = true;
    });
    loop.run();
    result.stopped_by = signals.stopped_by();
    result.abandoned = !is_done;
    return result;
}

}  // namespace mailhaul::app
