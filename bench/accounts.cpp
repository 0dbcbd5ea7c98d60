// SPDX-License-Identifier: Apache-2.0
// Accounts: what does it cost to move many accounts in one process, one event loop and one thread?
//
//   accounts --source USER@PORT --destination USER@PORT --ledgers FOLDER [--accounts 50] [--accounts-at-once 10]
//            [--connections N]
//
// USER stands for USER1, USER2 ... of the source and USERa1, USERa2 ... of the destination, as for `ceiling --accounts`.
// Up to --accounts-at-once are under way at the same time, each with --connections to either server, or as many as are found
// out. The password is $LAB_PASSWORD. Prints JSON: seconds, peak memory, and when each account began and ended, and how. Exit
// status 1 where one did not end well.
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/sync_account.hpp"
#include "async/task_scope.hpp"
#include "connection.hpp"

namespace {

using namespace mailhaul;
using Clock = std::chrono::steady_clock;

struct Options {
    bench::Account source, destination;
    std::string ledgers;
    std::uint64_t accounts = 50, at_once = 10, connections = 0;
};

struct Finished {
    std::uint64_t number = 0;
    double began = 0, ended = 0;  ///< seconds since the beginning of all
    sync::Report report;
};

Options parse(int count, char** words) {
    Options options;
    for (int index = 1; index < count; index += 2) {
        const std::string_view name = words[index];
        if (index + 1 == count) bench::fail(std::string(name) + " needs a value");
        const std::string value = words[index + 1];
        if (name == "--source") options.source = bench::Account::from(value);
        else if (name == "--destination") options.destination = bench::Account::from(value);
        else if (name == "--ledgers") options.ledgers = value;
        else if (name == "--accounts") options.accounts = bench::number_of(value);
        else if (name == "--accounts-at-once") options.at_once = bench::number_of(value);
        else if (name == "--connections") options.connections = bench::number_of(value);
        else bench::fail("no option " + std::string(name));
    }
    if (options.source.user.empty() || options.destination.user.empty() || options.ledgers.empty())
        bench::fail("give --source USER@PORT, --destination USER@PORT and --ledgers FOLDER");
    return options;
}

Result<Secret> lab_password() {
    const char* password = std::getenv("LAB_PASSWORD");
    return Secret(password ? password : "lab-pass");
}

client::Access access_to(const bench::Account& account, const std::string& user) {
    client::Access access;
    access.host = account.host;
    access.port = account.port;
    access.security = client::Security::plaintext;
    access.user = user;
    access.password = lab_password;
    return access;
}

app::SyncRequest request_for(const Options& options, std::uint64_t number, const std::shared_ptr<sync::SharedLimits>& shared) {
    const std::string digits = std::to_string(number);
    app::SyncRequest request;
    request.source = access_to(options.source, options.source.user + digits);
    request.destination = access_to(options.destination, options.destination.user + "a" + digits);
    request.ledger_path = options.ledgers + "/" + digits + ".ledger";
    if (options.connections > 0) request.connections = static_cast<std::uint32_t>(options.connections);
    request.shared = shared;
    return request;
}

/// Takes the next account until none is left.
struct Run {
    Options options;
    Clock::time_point started = Clock::now();
    std::uint64_t taken = 0;
    std::vector<Finished> finished;
    sync::Observer observer;
    std::shared_ptr<sync::SharedLimits> shared;

    [[nodiscard]] double now() const { return std::chrono::duration<double>(Clock::now() - started).count(); }

    Task<void> take_accounts() {
        while (taken < options.accounts) {
            Finished one;
            one.number = ++taken;
            one.began = now();
            one.report = co_await app::sync_account(request_for(options, one.number, shared), observer);
            one.ended = now();
            finished.push_back(std::move(one));
        }
    }

    Task<void> all() {
        const auto executor = co_await asio::this_coro::executor;
        shared = std::make_shared<sync::SharedLimits>(executor, app::SyncRequest().budget.value());
        TaskScope scope(executor);
        for (std::uint64_t index = 0; index < options.at_once; ++index) scope.spawn(take_accounts());
        co_await scope.join();
    }
};

/// Whether all ended well.
bool print(const Run& run, double seconds) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    bool well = true;
    std::printf("{\"seconds\": %.3f, \"peak_kib\": %ld, \"accounts\": [", seconds, used.ru_maxrss);
    const char* separator = "";
    for (const Finished& one : run.finished) {
        well = well && one.report.ending == sync::Ending::complete;
        const std::string ending(sync::to_string(one.report.ending));
        std::printf("%s\n  {\"account\": %llu, \"began\": %.3f, \"ended\": %.3f, \"copied\": %u, \"ending\": \"%s\"}",
                    separator, static_cast<unsigned long long>(one.number), one.began, one.ended, one.report.totals().copied,
                    ending.c_str());
        separator = ",";
        if (one.report.error)
            std::fprintf(stderr, "accounts: %llu: %s\n", static_cast<unsigned long long>(one.number),
                         one.report.error->describe().c_str());
    }
    std::printf("]}\n");
    return well;
}

}  // namespace

int main(int count, char** words) {
    try {
        Run run{.options = parse(count, words), .finished = {}, .observer = {}, .shared = nullptr};
        asio::io_context loop(1);
        std::exception_ptr thrown;
        asio::co_spawn(loop, run.all(), [&](const std::exception_ptr& why) { thrown = why; });
        loop.run();
        if (thrown) std::rethrow_exception(thrown);
        return print(run, run.now()) ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "accounts: %s\n", error.what());
        return 1;
    }
}
