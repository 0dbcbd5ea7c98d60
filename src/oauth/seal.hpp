// SPDX-License-Identifier: Apache-2.0
// Sealing: a small secret text that only a key opens (docs/decisions/0040-sealed-authorizations.md). Pure but for the random
// numbers that a seal needs.
//
// AES-256-GCM under a key that scrypt (RFC 7914) makes of whatever words the operator has. Where the key is kept, and which of
// several is tried, is somebody else's business.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::oauth {

/// JSON with a line end: nothing of `text` but its length can be told from it. Every call gives another. Error internal where
/// there are no random numbers.
Result<std::string> sealed(const Secret& text, const Secret& key);

/// True for what sealed() makes, whole or not.
bool is_sealed(std::string_view json);

/// Errors, all credential_unavailable: another key; altered or cut; of a later version. `path` is for the message.
Result<Secret> opened(std::string_view json, const Secret& key, const std::string& path);

/// Whether `key` sealed it: told by a fingerprint, nothing is opened. False for what is not sealed.
bool is_sealed_with(std::string_view json, const Secret& key);

}  // namespace mailhaul::oauth
