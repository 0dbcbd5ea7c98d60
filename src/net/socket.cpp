// SPDX-License-Identifier: Apache-2.0
// The socket's options, and Asio's errors on their way to becoming ours.
#include "net/socket.hpp"

#include <netinet/tcp.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace mailhaul::net {
namespace {

using asio::detail::socket_option::integer;
using boost::system::error_code;

// A silent connection is probed after a minute, sooner than the usual NAT forgets it, and given up two minutes later.
constexpr int keep_alive_after_seconds = 60;
constexpr int keep_alive_every_seconds = 20;
constexpr int keep_alive_probes = 6;

// A body's octets are worth waiting for until so many are there. OpenSSL may hold back a record of 16 KiB, so there must be
// twice as many still to come (docs/decisions/0053-low-water.md).
constexpr int worth_a_read = 64 * 1024;

void set_options(asio::ip::tcp::socket& socket) {
    // None of these can stop a transfer, so failing to set one is no failure.
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    socket.set_option(integer<IPPROTO_TCP, TCP_KEEPIDLE>(keep_alive_after_seconds), ignored);
    socket.set_option(integer<IPPROTO_TCP, TCP_KEEPINTVL>(keep_alive_every_seconds), ignored);
    socket.set_option(integer<IPPROTO_TCP, TCP_KEEPCNT>(keep_alive_probes), ignored);
}

}  // namespace

Socket::Socket(asio::ip::tcp::socket socket, std::string peer) : socket_(std::move(socket)), peer_(std::move(peer)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    set_options(socket_);
}

std::size_t Socket::receive(std::span<char> into, error_code& failure) {
    return socket_.read_some(asio::buffer(into.data(), into.size()), failure);
}

std::size_t Socket::send(std::string_view octets, error_code& failure) {
    return socket_.write_some(asio::buffer(octets.data(), octets.size()), failure);
}

Task<void> Socket::wait(Readiness readiness) {
    const auto kind = readiness == Readiness::to_read ? asio::ip::tcp::socket::wait_read : asio::ip::tcp::socket::wait_write;
    error_code ignored;  // the next receive() or send() says what is wrong, close() is seen by is_open()
    co_await socket_.async_wait(kind, asio::redirect_error(asio::use_awaitable, ignored));
}

void Socket::expect(std::uint64_t octets) {
    const int wanted = octets >= 2 * std::uint64_t{worth_a_read} ? worth_a_read : 1;
    if (wanted == low_water_) return;
    low_water_ = wanted;
    error_code ignored;  // the socket is readable with each octet then, or closed
    socket_.set_option(asio::socket_base::receive_low_watermark(wanted), ignored);
}

void Socket::close() {
    error_code ignored;
    socket_.close(ignored);
}

Error Socket::lost(std::string_view why) const {
    return {Errc::connection_lost, Scope::account, Retry::now, "connection to " + peer_ + " lost: " + std::string(why)};
}

Task<void> Turns::give_way() { co_await asio::post(asio::use_awaitable); }

}  // namespace mailhaul::net
