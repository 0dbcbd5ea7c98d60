// SPDX-License-Identifier: Apache-2.0
// Socket: a connected, non-blocking TCP socket. Asio waits for readiness; TcpStream and TlsStream move the octets.
//
// Send and receive buffers are left to the kernel: it grows them with the connection, and setting a size by hand
// switches that off and caps the window below what a long fat link needs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "async/task.hpp"
#include "base/error.hpp"

namespace mailhaul::net {

enum class Readiness : std::uint8_t { to_read, to_write };

class Socket {
public:
    /// `peer` is how messages name the other end: `imap.example.org:993`.
    Socket(asio::ip::tcp::socket socket, std::string peer);

    /// Octets received or sent now. `failure` is would_block where there is nothing to do yet, eof at the orderly end.
    std::size_t receive(std::span<char> into, boost::system::error_code& failure);
    std::size_t send(std::string_view octets, boost::system::error_code& failure);

    /// Returns when it may be worth trying again, or when the socket was closed: look at is_open().
    Task<void> wait(Readiness readiness);

    /// See Stream::expect(). Up to 64 KiB of them may have been taken from here already, by a layer that still holds them.
    void expect(std::uint64_t octets);

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    [[nodiscard]] const std::string& peer() const { return peer_; }

    /// Wakes every wait().
    void close();

    /// A connection_lost that names the peer and says why.
    [[nodiscard]] Error lost(std::string_view why) const;

private:
    asio::ip::tcp::socket socket_;
    std::string peer_;
    int low_water_ = 1;  // octets that make the socket readable
};

/// Lets everybody else on this thread run once in a while, though there is always something to read: a loop that
/// never has to wait would never give way.
class Turns {
public:
    Task<void> give_way();

    /// True where it is time to give_way().
    [[nodiscard]] bool are_over() { return ++taken_ % in_a_row == 0; }

private:
    static constexpr unsigned in_a_row = 16;  // of at most some 64 KiB each: a millisecond or so
    unsigned taken_ = 0;
};

}  // namespace mailhaul::net
