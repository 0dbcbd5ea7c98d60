// SPDX-License-Identifier: Apache-2.0
// Token sources for an account: one that gets tokens by an authorization file and renews them, and one that reads them from
// wherever the operator says (a file that another program keeps fresh, a command).
#pragma once

#include <memory>
#include <string>

#include "app/seal_keys.hpp"
#include "app/secret_source.hpp"
#include "app/token_endpoint.hpp"
#include "client/token_source.hpp"

namespace mailhaul::app {

/// Reads `path` when a token is first wanted, and again before each renewal: another run may have renewed it. A rotated
/// refresh token is on the disk before the access token that came with it is used. `mailbox` is whom a service account
/// speaks for, where the file does not say. `keys` open the file where it is sealed, and seal what is written. One source
/// belongs to one event loop at a time.
std::shared_ptr<client::TokenSource> tokens_by_authorization(std::string path, std::string mailbox, EndpointAccess access,
                                                             SharedSealKeys keys);

/// What `reader` gives is the token itself, or JSON with access_token and expires_in. After a refusal it is read anew.
std::shared_ptr<client::TokenSource> tokens_by_reading(SecretReader reader);

}  // namespace mailhaul::app
