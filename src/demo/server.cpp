// SPDX-License-Identifier: Apache-2.0
#include "demo/server.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <memory>
#include <utility>

#include "demo/labels.hpp"
#include "demo/loopback.hpp"

namespace mailhaul::demo {

Server::Server(const asio::any_io_executor& executor, ServerOptions options)
    : executor_(executor), acceptor_(executor), scope_(executor) {
    house_.options = std::move(options);
}

MailStore& Server::add_account(const std::string& user, std::string password) {
    Account& account = house_.accounts[user];
    account.password = Secret(std::move(password));
    account.store = std::make_unique<MailStore>(house_.options.store);
    if (house_.options.capabilities.has("X-GM-EXT-1")) furnish_as_gmail(*account.store);
    return *account.store;
}

Result<void> Server::start() {
    MH_TRY(port, listen_on_loopback(acceptor_));
    port_ = port;
    scope_.spawn(accept_all());
    return {};
}

Task<void> Server::stop() {
    boost::system::error_code ignored;  // closed is what is wanted
    acceptor_.close(ignored);
    cut_all();
    co_await scope_.join();
}

void Server::cut_all() {
    for (Connection* connection : connections_) connection->cut();
}

void Server::reset_counters() {
    const auto open = counters_.open_connections;
    counters_ = Counters();
    counters_.open_connections = open;
    counters_.most_connections = open;
}

Task<void> Server::accept_all() {
    while (acceptor_.is_open()) {
        boost::system::error_code failure;
        auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
        if (!failure) scope_.spawn(serve(std::move(socket)));
    }
}

Task<void> Server::serve(asio::ip::tcp::socket socket) {
    if (!acceptor_.is_open()) co_return;  // stopped between accept and here
    Connection connection(std::move(socket), house_, faults_, counters_);
    const auto limit = house_.options.most_connections;
    const bool is_one_too_many = limit && connections_.size() >= *limit;
    connections_.insert(&connection);
    ++counters_.connections;
    ++counters_.open_connections;
    counters_.most_connections = std::max(counters_.most_connections, counters_.open_connections);
    if (is_one_too_many) {
        co_await connection.turn_away("[LIMIT] Too many connections");
    } else {
        co_await connection.serve();
    }
    connections_.erase(&connection);
    --counters_.open_connections;
}

}  // namespace mailhaul::demo
