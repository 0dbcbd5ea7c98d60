// SPDX-License-Identifier: Apache-2.0
// Assertions of a service account: a JWT (RFC 7519) signed by RS256 (RFC 7518 section 3.3), as Google wants them (RFC 7523).
#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::oauth {

struct Claims {
    Claims() = default;
    std::string issuer;    ///< the service account
    std::string subject;   ///< whose mailbox
    std::string audience;  ///< the token endpoint
    std::string scope;
    std::string key_id;
    std::chrono::sys_seconds issued;
    std::chrono::seconds lives{3600};
};

/// header.claims.signature. Error credential_unavailable: `private_key` is no RSA key in PEM form.
Result<Secret> signed_assertion(const Claims& claims, const Secret& private_key);

}  // namespace mailhaul::oauth
