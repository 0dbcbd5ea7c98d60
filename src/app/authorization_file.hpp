// SPDX-License-Identifier: Apache-2.0
// The file an OAuth 2.0 authorization is kept in: read, and replaced so that a crash leaves the old one or the new one whole,
// readable by its owner alone.
#pragma once

#include <string>

#include "base/result.hpp"
#include "oauth/authorization.hpp"

namespace mailhaul::app {

/// Errors: credential_unavailable (not there, unreadable, no authorization).
Result<oauth::Authorization> read_authorization(const std::string& path);

/// The whole of a small file that holds a secret, at most 64 KiB.
Result<Secret> read_secret_file(const std::string& path);

/// Written beside, synced, renamed, and the folder synced: when this returns, it stays. Error credential_unavailable.
Result<void> write_authorization(const std::string& path, const oauth::Authorization& authorization);

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
