// SPDX-License-Identifier: Apache-2.0
// TcpStream: the octets of a socket as they are; what dial() gives and start_tls() takes.
#pragma once

#include "net/socket.hpp"
#include "net/stream.hpp"

namespace mailhaul::net {

class TcpStream final : public Stream {
public:
    explicit TcpStream(Socket socket) : socket_(std::move(socket)) {}

    Task<Result<std::size_t>> read_some(std::span<char> into) override;
    void expect(std::uint64_t octets) override { socket_.expect(octets); }
    Task<Result<void>> write_all(std::string_view octets) override;
    void close() override { socket_.close(); }
    std::string describe() const override { return "plaintext"; }

    [[nodiscard]] const std::string& peer() const { return socket_.peer(); }

    /// Gives the socket away; the stream is closed after. Nothing may be pending.
    Socket release() && { return std::move(socket_); }

private:
    Socket socket_;
    Turns reader_turns_;
    Turns writer_turns_;
};

}  // namespace mailhaul::net
