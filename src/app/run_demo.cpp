// SPDX-License-Identifier: Apache-2.0
#include "app/run_demo.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <optional>
#include <utility>

#include "app/compare_stores.hpp"
#include "app/sync_account.hpp"
#include "app/temporary_folder.hpp"
#include "demo/sample_mail.hpp"
#include "demo/server.hpp"

namespace mailhaul::app {
namespace {

constexpr const char* loopback = "127.0.0.1";
constexpr const char* source_user = "anna";
constexpr const char* source_password = "heizung-2009";
constexpr const char* destination_user = "anna.lindqvist";
constexpr const char* destination_password = "terrasse-2024";

/// Two servers of different style: one full of mail, one as a new account is.
class Stage {
public:
    explicit Stage(const asio::any_io_executor& executor)
        : old_server(executor, demo::ServerOptions::old_style()), new_server(executor, demo::ServerOptions::new_style()) {}

    Result<void> set(std::uint64_t seed) {
        MH_TRY_VOID(demo::fill(old_server.add_account(source_user, source_password), demo::sample_mail(seed)));
        MH_TRY_VOID(demo::make_role_mailboxes(new_server.add_account(destination_user, destination_password)));
        MH_TRY_VOID(old_server.start());
        return new_server.start();
    }

    Task<void> strike() {
        co_await old_server.stop();
        co_await new_server.stop();
    }

    [[nodiscard]] const demo::MailStore& source() { return old_server.store_of(source_user); }
    [[nodiscard]] const demo::MailStore& destination() { return new_server.store_of(destination_user); }

    demo::Server old_server;
    demo::Server new_server;
};

client::Access access_to(const demo::Server& server, const std::string& user, const std::string& password) {
    client::Access access;
    access.host = loopback;
    access.port = server.port();
    access.security = client::Security::plaintext;
    access.user = user;
    access.password = [password] { return Result<Secret>(Secret(password)); };
    return access;
}

SyncRequest request_for(const Stage& stage, const DemoOptions& options, const std::string& ledger_path) {
    SyncRequest request;
    request.source = access_to(stage.old_server, source_user, source_password);
    request.destination = access_to(stage.new_server, destination_user, destination_password);
    request.mapping.guess_special_use = true;  // the old server knows no roles, only names such as "Sent Items"
    request.ledger_path = ledger_path;
    request.protocol_log = options.protocol_log;
    request.connections = options.connections;
    return request;
}

Task<DemoOutcome> play(Stage& stage, SyncRequest request, sync::Observer& observer) {
    DemoOutcome outcome;
    outcome.first = co_await sync_account(request, observer);
    stage.old_server.reset_counters();
    stage.new_server.reset_counters();
    sync::Observer silent;
    outcome.second = co_await sync_account(std::move(request), silent);
    const demo::Counters& asked = stage.new_server.counters();
    outcome.second_pass_commands = stage.old_server.counters().all_commands() + asked.all_commands();
    outcome.second_pass_appends = asked.count("APPEND");
    outcome.proof = compare_stores(stage.source(), stage.destination(), outcome.first);
    co_return outcome;
}

Task<void> serve_until_signal(Stage& stage) {
    asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
    boost::system::error_code ignored;  // a signal or none: the stage is struck
    co_await signals.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_await stage.strike();
}

DemoServer described(const demo::Server& server, std::string style, std::string user, std::string password) {
    DemoServer description;
    description.style = std::move(style);
    description.host = loopback;
    description.port = server.port();
    description.user = std::move(user);
    description.password = std::move(password);
    return description;
}

Task<Result<void>> serve(ServeOptions options) {
    Stage stage(co_await asio::this_coro::executor);
    auto set = stage.set(options.seed);
    if (!set.ok()) {
        co_await stage.strike();
        co_return std::move(set).error();
    }
    if (options.on_ready)
        options.on_ready(described(stage.old_server, "old: `.` between levels, everything below INBOX., synchronising literals",
                                   source_user, source_password),
                         described(stage.new_server, "new: `/` between levels, LITERAL+ MULTIAPPEND UIDPLUS CONDSTORE QRESYNC",
                                   destination_user, destination_password));
    co_await serve_until_signal(stage);
    co_return Result<void>();
}

template <typename T>
Task<void> keep(Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
}

/// Runs `task` on `loop` to its end and gives what it gave.
template <typename T>
T run_to_end(asio::io_context& loop, Task<T> task) {
    std::optional<T> result;
    asio::co_spawn(loop, keep(std::move(task), result), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    loop.run();
    return std::move(*result);
}

}  // namespace

Task<Result<DemoOutcome>> demo_outcome(DemoOptions options, sync::Observer& observer) {
    Stage stage(co_await asio::this_coro::executor);
    auto set = stage.set(options.seed);
    auto folder = TemporaryFolder::make("mailhaul-demo");
    if (!set.ok() || !folder.ok()) {
        co_await stage.strike();
        if (!set.ok()) co_return std::move(set).error();
        co_return std::move(folder).error();
    }
    SyncRequest request = request_for(stage, options, folder->path() + "/demo.ledger");
    DemoOutcome outcome = co_await play(stage, std::move(request), observer);
    co_await stage.strike();
    co_return std::move(outcome);
}

Result<DemoOutcome> run_demo(DemoOptions options, sync::Observer& observer) {
    asio::io_context loop(1);
    return run_to_end(loop, demo_outcome(options, observer));
}

Result<void> serve_demo(ServeOptions options) {
    asio::io_context loop(1);
    return run_to_end(loop, serve(std::move(options)));
}

}  // namespace mailhaul::app
