// SPDX-License-Identifier: Apache-2.0
// The file an OAuth 2.0 authorization is kept in: read, and replaced so that a crash leaves the old one or the new one whole,
// readable by its owner alone.
#pragma once

#include <chrono>
#include <string>

#include "app/seal_keys.hpp"
#include "base/result.hpp"
#include "oauth/authorization.hpp"

namespace mailhaul::app {

/// An authorization as its file holds it.
struct KeptAuthorization {
    oauth::Authorization authorization;
    bool is_outdated = false;  ///< in clear though there is a key, or sealed with a former one: to be written again
};

/// Errors: credential_unavailable (not there, unreadable, sealed with none of `keys`, no authorization).
Result<KeptAuthorization> read_authorization(const std::string& path, const SealKeys& keys);

/// The whole of a small file that holds a secret, at most 64 KiB.
Result<Secret> read_secret_file(const std::string& path);

/// Sealed where there are keys. Written beside, synced, renamed, and the folder synced: when this returns, it stays. Error
/// credential_unavailable.
Result<void> write_authorization(const std::string& path, const oauth::Authorization& authorization, const SealKeys& keys);

/// A client's proof of itself by the PEM file at `path`, for `endpoint`; `correction`: how far the provider's clock is ahead.
/// Errors: credential_unavailable, naming the file.
Result<Secret> client_assertion_by(const std::string& path, const std::string& client_id, const std::string& endpoint,
                                   std::chrono::seconds correction);

/// Keeps other processes from renewing by the same file; they would use up each other's refresh token.
class AuthorizationLock {
public:
    explicit AuthorizationLock(const std::string& path);
    AuthorizationLock(const AuthorizationLock&) = delete;
    AuthorizationLock& operator=(const AuthorizationLock&) = delete;
    ~AuthorizationLock();
    /// True once it is ours. Where no lock can be made (a folder that cannot be written), it is ours at once.
    [[nodiscard]] bool try_lock();

private:
    int file_;
};

}  // namespace mailhaul::app
