// SPDX-License-Identifier: Apache-2.0
// Dialing: from a host name to a Stream that is connected, and through TLS where asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "async/pace.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/stream.hpp"

namespace mailhaul::net {

enum class Verification : std::uint8_t {
    full,      ///< chain and name, against the system's or the given authorities
    pin_only,  ///< the pin alone decides
    none,      ///< accept anything; asked for per endpoint, reported loudly
};

struct TlsOptions {
    TlsOptions() = default;
    Verification verification = Verification::full;
    std::string ca_file;           ///< PEM; in addition to the system's authorities; empty: none
    std::string pin_sha256;        ///< SHA-256 of the SubjectPublicKeyInfo, 64 hex digits; must match where set
    std::string server_name;       ///< for SNI and the name check; empty: the host dialed
    bool legacy = false;           ///< also TLS 1.0 and 1.1, small keys
    std::string certificate_file;  ///< PEM; shown to a server that asks for one (EXTERNAL); empty: none
    std::string key_file;          ///< PEM; its private key
};

struct ProxyOptions {
    ProxyOptions() = default;
    enum class Kind : std::uint8_t { none, socks5, http_connect };
    Kind kind = Kind::none;
    std::string host;
    std::uint16_t port = 0;
    std::string user;
    Secret password;
};

enum class AddressFamily : std::uint8_t { any, ipv4, ipv6 };

struct DialOptions {
    DialOptions() = default;
    std::string host;  ///< name or address literal, without brackets
    std::uint16_t port = 0;
    AddressFamily family = AddressFamily::any;
    ProxyOptions proxy;
    std::chrono::milliseconds timeout{30'000};  ///< for the name, the connection and the proxy together
};

/// Resolves (asynchronously; IPv6 and IPv4 raced a little apart, RFC 8305) and connects; TCP_NODELAY set.
/// Through a proxy the name is resolved by the proxy.
/// Errors: unknown_host, connect_failed, timed_out (scope account); each names host and port and what to check.
Task<Result<std::unique_ptr<Stream>>> dial(DialOptions options);

/// TLS 1.2 or later over a stream that dial() gave; `host` is for SNI and the name check. `stream` is consumed.
/// Errors: tls_failed, certificate_rejected (the message says what the certificate is for, who issued it, until
/// when, its SPKI SHA-256 and which option would accept it), timed_out.
Task<Result<std::unique_ptr<Stream>>> start_tls(std::unique_ptr<Stream> stream, std::string host, TlsOptions options,
                                                std::chrono::milliseconds timeout);

/// Raw DEFLATE both ways (RFC 4978). `already_read`: octets that came after the OK and belong to the compressed side.
std::unique_ptr<Stream> deflate(std::unique_ptr<Stream> stream, std::string already_read);

/// Reads no faster than `pace` allows; several streams may share one. Writes as before.
std::unique_ptr<Stream> pace_reading(std::unique_ptr<Stream> stream, std::shared_ptr<Pace> pace,
                                     const asio::any_io_executor& executor);

}  // namespace mailhaul::net
