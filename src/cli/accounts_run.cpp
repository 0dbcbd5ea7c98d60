// SPDX-License-Identifier: Apache-2.0
#include "cli/accounts_run.hpp"

#include <algorithm>

#include "cli/accounts_order.hpp"
#include "cli/accounts_text.hpp"
#include "cli/commands.hpp"

namespace mailhaul::cli {
namespace {

class Teller final : public app::AccountsObserver {
public:
    Teller(const SyncOrder& common, const AccountsOrder& order, const Surroundings& surroundings)
        : common_(common), lines_(order.lines), surroundings_(surroundings) {}

    void ended(std::size_t account, const sync::Report& report) override {
        ++ended_;
        counts.add(report);
        const int own = app::exit_status(report);
        status = worst_status(status, own);
        const bool is_well = report.ending == sync::Ending::complete;
        if (common_.json) {
            const WallTime now = surroundings_.wall_now();
            surroundings_.out(json_account(now, lines_[account], json_report(now, report, own)) + "\n");
        } else if (!is_well || common_.chattiness != Chattiness::quiet) {
            surroundings_.out(account_text(report, lines_[account], ended_, lines_.size()));
        }
    }

    AccountCounts counts;
    int status = exit_ok;

private:
    const SyncOrder& common_;
    const std::vector<std::size_t>& lines_;
    const Surroundings& surroundings_;
    std::size_t ended_ = 0;
};

int refuse(const SyncOrder& common, const std::vector<std::string>& mistakes, const Surroundings& surroundings) {
    if (common.json)
        for (const std::string& words : mistakes) surroundings.out(json_usage_error(surroundings.wall_now(), words) + "\n");
    return usage_error(mistakes, "sync", surroundings);
}

}  // namespace

int run_accounts_file(const SyncOrder& common, const ParsedLine& line, const Surroundings& surroundings) {
    AccountsOrder order = order_accounts(common, line, surroundings);
    if (!order.mistakes.empty()) return refuse(common, order.mistakes, surroundings);
    const SteadyTime began = surroundings.steady_now();
    Teller teller(common, order, surroundings);
    const app::ManyReports done = app::run_accounts(std::move(order.request), teller);
    teller.counts.not_begun =
        static_cast<std::size_t>(std::ranges::count_if(done.reports, [](const auto& report) { return !report.has_value(); }));
    constexpr int stopped = 130;
    if (done.stopped_by) teller.status = worst_status(teller.status, stopped);
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(surroundings.steady_now() - began);
    if (common.json) surroundings.out(json_accounts(surroundings.wall_now(), teller.counts, elapsed, teller.status) + "\n");
    else if (common.chattiness != Chattiness::quiet || teller.status != exit_ok)
        surroundings.out(accounts_text(teller.counts, elapsed));
    return teller.status;
}

}  // namespace mailhaul::cli
