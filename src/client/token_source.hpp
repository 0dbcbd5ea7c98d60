// SPDX-License-Identifier: Apache-2.0
// TokenSource: where a connection gets an OAuth 2.0 access token, and whom it tells that one was refused.
//
// One source serves all connections of an account, so that they share one token and one renewal.
#pragma once

#include <optional>

#include "async/boot_clock.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::client {

struct AccessToken {
    AccessToken() = default;
    explicit AccessToken(Secret token) : text(std::move(token)) {}
    Secret text;
    /// When a connection that logged in with it should be replaced, a while before the token dies; empty: unknown.
    std::optional<BootClock::time_point> replace_connection;
};

class TokenSource {
public:
    TokenSource() = default;
    TokenSource(const TokenSource&) = delete;
    TokenSource& operator=(const TokenSource&) = delete;
    virtual ~TokenSource() = default;

    /// A token that should be good now. Errors: credential_unavailable, login_refused (the authorization is gone), and
    /// what asking for one over the network ends in.
    virtual Task<Result<AccessToken>> token() = 0;

    /// A server refused `token`. True where the next token() may give another, so that one more try makes sense.
    virtual bool refused(const Secret& token) = 0;
};

}  // namespace mailhaul::client
