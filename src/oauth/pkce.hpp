// SPDX-License-Identifier: Apache-2.0
// PKCE (RFC 7636): whoever asked for the code proves it when exchanging it, so that a code caught on the way is worthless.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace mailhaul::oauth {

struct Pkce {
    Secret verifier;        ///< 43 characters
    std::string challenge;  ///< its SHA-256, by method S256
};

/// `random`: at least 32 octets from the system's generator. Precondition, checked: fewer are refused by an empty verifier.
Pkce pkce_from(std::string_view random);

}  // namespace mailhaul::oauth
