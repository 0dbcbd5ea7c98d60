// SPDX-License-Identifier: Apache-2.0
// SecurityContext: one conversation of GSS-API (RFC 2743) as the side that begins it sees it. What makes one knows Kerberos
// (src/kerberos/); the mechanism that uses it does not.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::auth {

/// Begun: its first token is there. Errors say what is wrong with tickets and what to do.
class SecurityContext {
public:
    SecurityContext() = default;
    SecurityContext(const SecurityContext&) = delete;
    SecurityContext& operator=(const SecurityContext&) = delete;
    virtual ~SecurityContext() = default;

    /// Whose ticket it is: `ann@EXAMPLE.ORG`.
    [[nodiscard]] virtual const std::string& principal() const = 0;
    [[nodiscard]] virtual const Secret& first_token() const = 0;
    /// Takes the server's token, gives the next one; empty where there is none to send.
    virtual Result<Secret> step(std::string_view token) = 0;
    /// Both sides have proved who they are.
    [[nodiscard]] virtual bool is_established() const = 0;
    /// What the server has wrapped; an Error where it was altered.
    virtual Result<std::string> unwrap(std::string_view message) = 0;
    /// Protected from being altered, not from being read.
    virtual Result<Secret> wrap(std::string_view message) = 0;
};

/// Begins one for the service `imap` on `host`. Asks a KDC, and waits for it.
/// Errors: credential_unavailable (no ticket, or none that is good), login_unavailable (this mailhaul has no Kerberos).
using SecurityContextSource = std::function<Result<std::unique_ptr<SecurityContext>>(const std::string& host)>;

}  // namespace mailhaul::auth
