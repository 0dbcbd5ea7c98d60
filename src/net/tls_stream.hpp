// SPDX-License-Identifier: Apache-2.0
// TlsStream: TLS over a non-blocking socket. OpenSSL reads and writes the socket itself; Asio only waits for it.
//
// Less memory and less copying than asio::ssl::stream, which keeps two buffers of its own and decodes one record per
// operation. No close_notify is sent: close() abandons, and IMAP says goodbye in its own words before.
#pragma once

#include <optional>
#include <string>

#include "net/openssl_pointer.hpp"
#include "net/peer_check.hpp"
#include "net/socket.hpp"
#include "net/stream.hpp"

namespace mailhaul::net {

class TlsStream final : public Stream {
public:
    /// `context` from tls_context(options).
    TlsStream(Socket socket, SSL_CTX* context, const std::string& host, const TlsOptions& options);

    /// Once, before anything else. Errors: tls_failed, certificate_rejected, connection_lost after close().
    Task<Result<void>> handshake();

    Task<Result<std::size_t>> read_some(std::span<char> into) override;
    void expect(std::uint64_t octets) override { socket_.expect(octets); }
    Task<Result<void>> write_all(std::string_view octets) override;
    void close() override { socket_.close(); }
    std::string describe() const override;
    std::string channel_binding(std::string_view type) const override;

private:
    [[nodiscard]] std::string unique_binding() const;
    enum class Outcome : std::uint8_t { done, ended, wants_read, wants_write, failed };

    /// Runs one call into OpenSSL; `call` returns above 0 for success.
    template <typename Call>
    Outcome attempt(Call call);
    Outcome decode(std::span<char> into, std::size_t& octets);
    Error handshake_failure() const;
    bool send_or_keep(std::string_view octets);
    bool send_unsent();
    Task<Result<void>> flush();

    Socket socket_;  // the BIO points at it: a TlsStream is never moved
    PeerCheck check_;
    bool verified_;
    SslPointer ssl_;
    std::string unsent_;                        // written by OpenSSL, not yet taken by the socket
    boost::system::error_code socket_failure_;  // why the socket is of no more use; eof included
    std::string failure_;                       // why the last attempt failed
    std::optional<Error> read_end_;             // a failure that came after octets: for the next read_some()
    Turns reader_turns_;
    Turns writer_turns_;

    friend struct SocketBio;
};

}  // namespace mailhaul::net
