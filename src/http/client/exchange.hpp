// SPDX-License-Identifier: Apache-2.0
// One HTTP request and its answer, over the same dialing, TLS and proxies as IMAP. For token endpoints and autoconfig: small
// bodies, one connection a request, no redirects followed (a secret goes to the host that was named, or nowhere).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/octets.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/dial.hpp"

namespace mailhaul::http {

struct Url {
    Url() = default;
    bool tls = true;
    std::string host;  ///< without brackets
    std::uint16_t port = 443;
    std::string target = "/";  ///< path and query
};

/// https://, or http:// to a loopback address: anything else in clear text is Errc::usage, as is what is no URL.
Result<Url> url_from(std::string_view text);
/// http:// to anywhere as well, for what is public.
Result<Url> public_url_from(std::string_view text);

struct Request {
    Request() = default;
    Url url;
    std::string method = "GET";
    std::string content_type;  ///< of `body`
    Secret body;
    net::TlsOptions tls;
    net::ProxyOptions proxy;
    std::chrono::milliseconds timeout{30'000};  ///< for all of it
    Octets most{1U << 20U};                     ///< of the answer's body
};

struct Answer {
    Answer() = default;
    int status = 0;
    Secret body;  ///< may hold tokens
    std::string content_type;
    std::optional<std::chrono::sys_seconds> date;     ///< the server's clock
    std::optional<std::chrono::seconds> retry_after;  ///< where given in seconds
    std::string location;                             ///< of a redirect
};

/// Errors: of dial() and start_tls(); timed_out; bad_response (scope account) where it is no HTTP or larger than `most`.
Task<Result<Answer>> exchange(Request request);

}  // namespace mailhaul::http
