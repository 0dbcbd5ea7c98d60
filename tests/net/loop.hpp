// SPDX-License-Identifier: Apache-2.0
// Loop: runs the coroutines of one test, client and servers alike, on one thread until all have ended.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <optional>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "async/task.hpp"
#include "net/dial.hpp"
#include "net/tcp_stream.hpp"

namespace mailhaul::net {

using asio::ip::tcp;

class Loop {
public:
    /// What `task` refers to must outlive run().
    void spawn(Task<void> task) {
        ++running_;
        asio::co_spawn(io_, std::move(task), [this](const std::exception_ptr& thrown) {
            --running_;
            EXPECT_FALSE(thrown) << "a coroutine threw";
        });
    }

    void run() {
        io_.restart();
        io_.run_for(std::chrono::seconds(60));  // only a hanging test comes near
        ASSERT_EQ(running_, 0) << "coroutines still waiting";
    }

    /// Runs everything spawned so far and `task`; its result.
    template <typename T>
    T await(Task<T> task) {
        std::optional<T> result;
        spawn(keep(std::move(task), result));
        run();
        if (!result) std::abort();  // run() has said why
        return std::move(*result);
    }

    asio::io_context& io() { return io_; }

private:
    template <typename T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        T value = co_await std::move(task);
        result.emplace(std::move(value));
    }

    asio::io_context io_{1};
    int running_ = 0;
};

/// A listener on a loopback port of the kernel's choice.
class Listener {
public:
    explicit Listener(Loop& loop, const char* address = "127.0.0.1")
        : acceptor_(loop.io(), tcp::endpoint(asio::ip::make_address(address), 0)) {}

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    tcp::acceptor& acceptor() { return acceptor_; }
    void close() { acceptor_.close(); }

    Task<tcp::socket> accept() {
        tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
        co_return socket;
    }

private:
    tcp::acceptor acceptor_;
};

/// A loopback port where nobody listens.
inline std::uint16_t closed_port(Loop& loop) {
    Listener listener(loop);
    return listener.port();
}

inline DialOptions to_port(std::uint16_t port, std::string host = "127.0.0.1") {
    DialOptions options;
    options.host = std::move(host);
    options.port = port;
    options.timeout = std::chrono::seconds(20);
    return options;
}

/// Reads to the orderly end; what is read before a failure is lost with it.
inline Task<Result<std::string>> read_to_end(Stream& stream) {
    std::string all;
    std::string buffer(4096, '\0');
    for (;;) {
        MH_CO_TRY(octets, co_await stream.read_some(buffer));
        if (octets == 0) co_return all;
        all.append(buffer, 0, octets);
    }
}

/// A server's part: expects octets, then sends some.
struct Line {
    std::string expect;
    std::string send;
};

inline Task<void> play(Listener& listener, std::vector<Line> script) {
    tcp::socket socket = co_await listener.accept();
    for (const Line& line : script) {
        std::string got(line.expect.size(), '\0');
        boost::system::error_code failure;
        co_await asio::async_read(socket, asio::buffer(got), asio::redirect_error(asio::use_awaitable, failure));
        EXPECT_EQ(got, line.expect) << failure.message();
        if (failure) co_return;
        co_await asio::async_write(socket, asio::buffer(line.send), asio::redirect_error(asio::use_awaitable, failure));
    }
}

/// Accepts and says nothing until the other end goes.
inline Task<void> stay_silent(Listener& listener) {
    tcp::socket socket = co_await listener.accept();
    std::string buffer(4096, '\0');
    boost::system::error_code failure;
    while (!failure) {
        co_await socket.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failure));
    }
}

}  // namespace mailhaul::net
