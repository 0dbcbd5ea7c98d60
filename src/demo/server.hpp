// SPDX-License-Identifier: Apache-2.0
// Server: an IMAP server inside this program, for demonstrations and as a test's peer; never the judge of correctness.
//
//   demo::Server server(executor, demo::ServerOptions::old_style());
//   server.add_account("ann", "secret").append("INBOX", demo::NewMessage("Subject: hello\r\n\r\nhi\r\n"));
//   server.start();
//   ... a client connects to 127.0.0.1, server.port() ...
//   co_await server.stop();
//
// Plaintext on the loopback interface only. Not here: STARTTLS, COMPRESS, IDLE, and everything request.hpp leaves out.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <set>
#include <string>

#include "async/task.hpp"
#include "async/task_scope.hpp"
#include "base/result.hpp"
#include "demo/connection.hpp"
#include "demo/counters.hpp"
#include "demo/faults.hpp"
#include "demo/mail_store.hpp"
#include "demo/server_options.hpp"
#include "demo/session.hpp"

namespace mailhaul::demo {

class Server {
public:
    explicit Server(const asio::any_io_executor& executor, ServerOptions options = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// The store of the new account, empty but for INBOX. Lives as long as the server.
    MailStore& add_account(const std::string& user, std::string password);
    /// Precondition: there is one.
    [[nodiscard]] MailStore& store_of(const std::string& user) { return *house_.accounts.at(user).store; }

    /// Listens on a free port of 127.0.0.1. Error: connect_failed where there is none.
    Result<void> start();
    /// Ends every connection and waits for its end. Once it was started, a server must be stopped before it goes.
    Task<void> stop();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// May be changed between commands; the store's own part counts for accounts added later.
    [[nodiscard]] ServerOptions& options() { return house_.options; }
    [[nodiscard]] FaultScript& faults() { return faults_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }
    void reset_counters();

    /// Ends every connection as a crash would; goes on listening.
    void cut_all();

private:
    Task<void> accept_all();
    Task<void> serve(asio::ip::tcp::socket socket);

    asio::any_io_executor executor_;
    House house_;
    FaultScript faults_;
    Counters counters_;
    asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::set<Connection*> connections_;  // each lives in the frame of its serve()
    TaskScope scope_;
};

}  // namespace mailhaul::demo
