// SPDX-License-Identifier: Apache-2.0
// Signed assertions: a JWT (RFC 7519) signed by RS256 (RFC 7518 section 3.3). A service account's, as Google wants them, and a
// client's that proves itself by its certificate (private_key_jwt), as Microsoft wants them (both RFC 7523).
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

struct ClientClaims {
    ClientClaims() = default;
    std::string client_id;  ///< issuer and subject
    std::string audience;   ///< the token endpoint
    std::string id;         ///< never used before
    std::chrono::sys_seconds issued;
    std::chrono::seconds lives{600};
};

/// header.claims.signature; the header names the certificate by its thumbprints `x5t` and `x5t#S256` (RFC 7515 section 4.1.7).
/// `pem` holds certificate and private key, in any order. Error credential_unavailable: it does not, or they are no pair.
Result<Secret> client_assertion(const ClientClaims& claims, const Secret& pem);

}  // namespace mailhaul::oauth
