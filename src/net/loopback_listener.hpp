// SPDX-License-Identifier: Apache-2.0
// LoopbackListener: waits on a port of this computer's loopback interface for programs on it, a browser say. Not reachable
// from outside.
#pragma once

#include <cstdint>
#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "async/task.hpp"
#include "base/result.hpp"
#include "net/stream.hpp"

namespace mailhaul::net {

class LoopbackListener {
public:
    /// On a free port of 127.0.0.1. Error: connect_failed.
    static Result<std::unique_ptr<LoopbackListener>> open(const asio::any_io_executor& executor);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The next connection. Error: connection_lost after close().
    Task<Result<std::unique_ptr<Stream>>> accept();
    void close();

private:
    explicit LoopbackListener(asio::ip::tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {}
    asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
};

}  // namespace mailhaul::net
