// SPDX-License-Identifier: Apache-2.0
// Asking a token endpoint: one request, tried again while the refusal is only a passing one.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "net/dial.hpp"
#include "oauth/answers.hpp"

namespace mailhaul::app {

/// How endpoints are reached: like the account's server, as far as that makes sense.
struct EndpointAccess {
    EndpointAccess() = default;
    net::TlsOptions tls;
    net::ProxyOptions proxy;
};

struct EndpointAnswer {
    EndpointAnswer() = default;
    int status = 0;
    Secret body;
    std::optional<std::chrono::seconds> clock_offset;  ///< how far the server's clock is ahead of ours
};

/// POSTs `body`, form-encoded, to `endpoint`. Statuses 429 and from 500 on, and connections that fail, are tried again, four
/// times in some fifteen seconds or when the server says (within a minute). Errors: usage (no URL, or in clear text); what
/// the last try ended in.
Task<Result<EndpointAnswer>> ask_endpoint(std::string endpoint, Secret body, EndpointAccess access);

}  // namespace mailhaul::app
