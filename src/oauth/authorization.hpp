// SPDX-License-Identifier: Apache-2.0
// Authorization: what `mailhaul login` keeps of a consent so that later runs get tokens by themselves: which grant, whom to
// ask, and the refresh token. As text it is JSON, docs/formats/authorization.md. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::oauth {

enum class Grant : std::uint8_t {
    refresh_token,       ///< a person agreed once
    client_credentials,  ///< an application of its own right: Microsoft's app-only access
    service_account,     ///< a key that signs for anybody in the domain: Google Workspace
};

struct Authorization {
    Authorization() = default;
    Grant grant = Grant::refresh_token;
    std::string token_endpoint;
    std::string client_id;
    std::string client_secret;       ///< where it is: file:PATH, env:NAME, cmd:COMMAND; empty: none
    std::string client_certificate;  ///< path of a PEM file with certificate and key, in place of a secret; empty: none
    std::string scope;
    Secret refresh_token;         ///< of Grant::refresh_token
    std::string service_account;  ///< path of the key file, of Grant::service_account
    std::string subject;          ///< whom it speaks for, of Grant::service_account; empty: the account of the run
};

/// Error credential_unavailable: `path` (for the message) holds none, or one that is not whole.
Result<Authorization> authorization_from(std::string_view json, const std::string& path);

/// Ends with a line end. Holds the refresh token: for a file that nobody else can read.
Secret json_from(const Authorization& authorization);

}  // namespace mailhaul::oauth
