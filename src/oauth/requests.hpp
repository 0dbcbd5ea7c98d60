// SPDX-License-Identifier: Apache-2.0
// What is sent to a token endpoint, and the address a browser is sent to. Pure. RFC 6749, 7636, 8628, 7523.
#pragma once

#include <string>

#include "base/secret.hpp"
#include "oauth/form.hpp"

namespace mailhaul::oauth {

/// The operator's own registration with the provider; mailhaul brings none.
struct Client {
    Client() = default;
    std::string id;
    Secret secret;     ///< empty: a public client, or
    Secret assertion;  ///< of client_assertion(), in place of a secret
};

// Bodies of requests to the token endpoint, form-encoded.
Secret refresh_request(const Client& client, const Secret& refresh_token, const std::string& scope);
Secret code_request(const Client& client, const Secret& code, const std::string& redirect, const Secret& verifier);
Secret device_poll_request(const Client& client, const Secret& device_code);
Secret client_credentials_request(const Client& client, const std::string& scope);
Secret assertion_request(const Secret& assertion);
/// To the device endpoint.
Secret device_request(const Client& client, const std::string& scope);

/// What the browser is asked to agree to.
struct AuthorizationQuestion {
    AuthorizationQuestion() = default;
    std::string endpoint;
    std::string client_id;
    std::string redirect;
    std::string scope;
    std::string state;      ///< random; comes back, and must be the same
    std::string challenge;  ///< of PKCE
    std::string login_hint;
    Fields extra;  ///< of the provider
};
std::string authorization_url(const AuthorizationQuestion& question);

}  // namespace mailhaul::oauth
