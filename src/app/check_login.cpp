// SPDX-License-Identifier: Apache-2.0
#include "app/check_login.hpp"

#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "app/diagnose_login.hpp"
#include "app/protocol_log.hpp"
#include "app/run_task.hpp"
#include "client/connection.hpp"
#include "client/mailbox_commands.hpp"
#include "client/prove_impersonation.hpp"

namespace mailhaul::app {
namespace {

Task<Result<void>> look_inside(client::Connection& connection, LoginOutcome& outcome) {
    auto logged_in = co_await connection.login();
    if (!logged_in.ok()) {
        outcome.cause = name_of(diagnose_login(logged_in.error(), facts_of(connection)).cause);
        co_return with_next_step(std::move(logged_in).error(), connection);
    }
    outcome.server = connection.server();
    outcome.mechanism = connection.mechanism();
    for (const std::string& capability : connection.capabilities()) outcome.capabilities.push_back(capability);
    auto proven = co_await client::prove_impersonation(connection);
    if (!proven.ok()) co_return std::move(proven).error();
    outcome.proof = std::move(proven).value();
    auto listed = co_await client::list_mailboxes(connection);
    if (!listed.ok()) co_return std::move(listed).error();
    outcome.mailboxes = listed.value().size();
    co_return Result<void>{};
}

Task<LoginOutcome> check(LoginCheck request) {
    LoginOutcome outcome;
    outcome.label = request.access.label();
    auto opened = co_await client::Connection::open(std::move(request.access), protocol_log(request.protocol_log));
    if (!opened.ok()) {
        outcome.error = std::move(opened).error();
        co_return outcome;
    }
    const std::unique_ptr<client::Connection> connection = std::move(opened).value();
    outcome.server = connection->server();
    outcome.transport = connection->transport();
    auto looked = co_await look_inside(*connection, outcome);
    if (!looked.ok()) outcome.error = std::move(looked).error();
    co_await connection->close();
    co_return outcome;
}

}  // namespace

LoginOutcome check_login(LoginCheck request) {
    LoginOutcome stopped;
    stopped.label = request.access.label();
    stopped.error = Error(Errc::cancelled, Scope::run, Retry::now, "stopped; nothing was changed: run again");
    auto outcome = run_task(check(std::move(request)));
    return outcome ? std::move(*outcome) : std::move(stopped);
}

}  // namespace mailhaul::app
