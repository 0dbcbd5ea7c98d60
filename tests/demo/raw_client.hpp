// SPDX-License-Identifier: Apache-2.0
// RawClient: a socket that speaks IMAP by hand, and run(): a coroutine to its end, for tests of the demo server.
//
// It understands tags and literals and nothing more, so that what a test asserts is what went over the wire.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "async/task.hpp"

namespace mailhaul::demo {

/// Runs `task` on `io` to its end; a minute without an end fails the test.
inline void run(asio::io_context& io, Task<void> task) {
    bool ended = false;
    asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown) {
        ended = true;
        if (thrown) std::rethrow_exception(thrown);
    });
    io.run_for(std::chrono::minutes(1));
    EXPECT_TRUE(ended) << "the coroutine still waits";
}

class RawClient {
public:
    explicit RawClient(const asio::any_io_executor& executor) : socket_(executor) {}

    Task<void> open(std::uint16_t port) {
        const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), port);
        boost::system::error_code failure;
        co_await socket_.async_connect(server, asio::redirect_error(asio::use_awaitable, failure));
        EXPECT_FALSE(failure) << failure.message();
    }

    /// Connects and gives the greeting line.
    Task<std::string> connect(std::uint16_t port) {
        co_await open(port);
        co_return co_await line();
    }

    Task<void> send(std::string octets) {
        boost::system::error_code failure;
        co_await asio::async_write(socket_, asio::buffer(octets), asio::redirect_error(asio::use_awaitable, failure));
    }

    /// One line with its CRLF; what there is at the end of the connection.
    Task<std::string> line() {
        while (unread_.find('\n') == std::string::npos)
            if (!co_await more()) break;
        const auto end = unread_.find('\n');
        std::string taken = unread_.substr(0, end == std::string::npos ? end : end + 1);
        unread_.erase(0, taken.size());
        co_return taken;
    }

    /// Sends `tag command` CRLF; gives everything up to the tagged response, it included, or up to the end.
    Task<std::string> command(std::string text) {
        const std::string tag = "t" + std::to_string(++tags_);
        co_await send(tag + " " + text + "\r\n");
        co_return co_await until_tagged(tag);
    }

    Task<std::string> until_tagged(std::string tag) {
        std::string answer;
        while (true) {
            const std::string next = co_await line();
            answer += next;
            if (next.empty() || next.starts_with(tag + " ")) co_return answer;
        }
    }

    /// Everything until the server ends the connection.
    Task<std::string> rest() {
        while (co_await more()) {
        }
        co_return std::exchange(unread_, {});
    }

    /// Reads something and throws away what was read so far.
    Task<void> skip_some() {
        co_await more();
        unread_.clear();
    }

    Task<void> log_in(std::string user, std::string password) {
        const std::string answer = co_await command("LOGIN " + user + " " + password);
        EXPECT_NE(answer.find(" OK "), std::string::npos) << answer;
    }

    void close() { socket_.close(); }

private:
    Task<bool> more() {
        std::string octets(4096, '\0');
        boost::system::error_code failure;
        const auto got =
            co_await socket_.async_read_some(asio::buffer(octets), asio::redirect_error(asio::use_awaitable, failure));
        unread_.append(octets, 0, got);
        co_return !failure;
    }

    asio::ip::tcp::socket socket_;
    std::string unread_;
    int tags_ = 0;
};

}  // namespace mailhaul::demo
