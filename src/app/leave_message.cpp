// SPDX-License-Identifier: Apache-2.0
#include "app/leave_message.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>

#include "client/classify.hpp"
#include "client/connection.hpp"
#include "imap/codec/command.hpp"

namespace mailhaul::app {
namespace {

Task<Result<void>> leave(client::Access access, std::string message) {
    auto opened = co_await client::Connection::open(std::move(access), client::ProtocolLog());
    if (!opened.ok()) co_return std::move(opened).error();
    const std::unique_ptr<client::Connection> connection = std::move(opened).value();
    Result<void> done = co_await connection->login();
    if (done.ok()) {
        imap::CommandBuilder command("APPEND", imap::CommandKind::append, connection->literal_mode());
        command.mailbox(imap::MailboxName("INBOX")).literal(std::move(message), false);
        auto answer = co_await connection->run(std::move(command).build(), client::Doing::appending);
        if (!answer.ok()) done = std::move(answer).error();
    }
    co_await connection->close();
    co_return done;
}

}  // namespace

Result<void> leave_message(client::Access access, std::string message) {
    asio::io_context loop(1);
    std::optional<Result<void>> outcome;
    asio::co_spawn(loop, leave(std::move(access), std::move(message)),
                   [&outcome](const std::exception_ptr& thrown, Result<void> done) {
                       if (thrown) std::rethrow_exception(thrown);
                       outcome = std::move(done);
                   });
    loop.run();
    if (outcome) return std::move(*outcome);
    return Error{Errc::internal, Scope::run, Retry::never, "the message was not stored"};
}

}  // namespace mailhaul::app
