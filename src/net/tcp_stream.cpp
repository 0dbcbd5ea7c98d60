// SPDX-License-Identifier: Apache-2.0
// Try first, wait only when the kernel says so: on a busy connection most reads need no wait.
#include "net/tcp_stream.hpp"

#include <boost/asio/error.hpp>

namespace mailhaul::net {

namespace {

constexpr std::string_view closed_here = "closed by mailhaul";

}  // namespace

Task<Result<std::size_t>> TcpStream::read_some(std::span<char> into) {
    if (reader_turns_.are_over()) co_await reader_turns_.give_way();
    for (;;) {
        if (!socket_.is_open()) co_return socket_.lost(closed_here);
        boost::system::error_code failure;
        const std::size_t octets = socket_.receive(into, failure);
        if (!failure) co_return octets;
        if (failure == asio::error::eof) co_return std::size_t{0};
        if (failure != asio::error::would_block) co_return socket_.lost(failure.message());
        co_await socket_.wait(Readiness::to_read);
    }
}

Task<Result<void>> TcpStream::write_all(std::string_view octets) {
    while (!octets.empty()) {
        if (writer_turns_.are_over()) co_await writer_turns_.give_way();
        if (!socket_.is_open()) co_return socket_.lost(closed_here);
        boost::system::error_code failure;
        octets.remove_prefix(socket_.send(octets, failure));
        if (failure == asio::error::would_block) {
            co_await socket_.wait(Readiness::to_write);
        } else if (failure) {
            co_return socket_.lost(failure.message());
        }
    }
    co_return Result<void>{};
}

}  // namespace mailhaul::net
