// SPDX-License-Identifier: Apache-2.0
// Why a login failed, and what to do next: the server's words read together with what is known of its kind and of the
// credentials that were used.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "client/connection.hpp"

namespace mailhaul::app {

enum class Credential : std::uint8_t { password, token, certificate, ticket };

enum class LoginCause : std::uint8_t {
    unknown,
    wrong_secret,
    imap_off,  ///< the account's owner or administrator must switch IMAP on
    app_password_needed,
    oauth_needed,        ///< this server takes no passwords
    wrong_scope,         ///< a token, but not for this
    mailbox_permission,  ///< logged in, and yet no right to this mailbox
    impersonation,       ///< the secret is right, acting for another is not allowed
    throttled,
    blocked,  ///< the provider wants a person to look first
    password_expired,
    not_encrypted,
    no_common_way,  ///< no mechanism that both sides know
};

struct LoginFacts {
    LoginFacts() = default;
    std::string host;
    std::string server;  ///< its words: greeting or ID
    std::string user;
    std::string authorize_as;
    Credential credential = Credential::password;
    bool is_mechanism_offered = false;  ///< that the operator asked for
};

struct Diagnosis {
    LoginCause cause = LoginCause::unknown;
    std::string next_step;  ///< a sentence without its full stop; empty where nothing is known beyond the error itself
};

/// Looks at errors of logging in; others have no diagnosis.
Diagnosis diagnose_login(const Error& error, const LoginFacts& facts);

std::string_view name_of(LoginCause cause);

LoginFacts facts_of(const client::Connection& connection);

/// `error` of logging in by `connection`, and what to do about it among its words.
Error with_next_step(Error error, const client::Connection& connection);

}  // namespace mailhaul::app
