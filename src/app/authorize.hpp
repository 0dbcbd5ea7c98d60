// SPDX-License-Identifier: Apache-2.0
// Use case: getting an authorization that later runs work with, by the flow that suits where the person sits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/seal_keys.hpp"
#include "app/token_endpoint.hpp"
#include "base/result.hpp"
#include "oauth/authorization.hpp"
#include "oauth/providers.hpp"

namespace mailhaul::app {

enum class Flow : std::uint8_t {
    browser,          ///< a browser on this computer comes back to us by itself
    paste,            ///< a browser anywhere; the person brings back the address it ended at
    device,           ///< a code to type in on any other device
    application,      ///< nobody: client credentials
    service_account,  ///< nobody: a key file
};

struct AuthorizeRequest {
    AuthorizeRequest() = default;
    Flow flow = Flow::browser;
    oauth::Provider provider;  ///< endpoints and scope
    std::string client_id;
    std::string client_secret;       ///< SPEC of secret_source(); empty: none
    std::string client_certificate;  ///< path of a PEM file with certificate and key, in place of a secret; empty: none
    std::string service_account;     ///< path of the key file
    std::string login_hint;          ///< whose mailbox it is to be
    std::string path;                ///< where the authorization is kept
    EndpointAccess access;
    SharedSealKeys keys = std::make_shared<SealKeys>();  ///< it is sealed with the first of them
};

/// How the person is spoken to.
struct AuthorizeTalk {
    AuthorizeTalk() = default;
    std::function<void(const std::string& url)> open_this;  ///< in a browser
    std::function<void(const std::string& page, const std::string& code)> enter_this;
    std::function<Result<Secret>()> read_address;  ///< for Flow::paste; may wait for the person
};

/// Gets the authorization and writes it to `path`. Errors: login_refused (declined, wrong client ...), timed_out, usage,
/// credential_unavailable (client secret, key file, or `path` cannot be written), those of the network; cancelled.
Result<void> authorize(AuthorizeRequest request, const AuthorizeTalk& talk);

}  // namespace mailhaul::app
