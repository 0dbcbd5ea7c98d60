// SPDX-License-Identifier: Apache-2.0
// SASL mechanisms as sans-I/O steps (RFC 4422). Nothing here is base64: the session does that.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/security_context.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::auth {

struct Credentials {
    Credentials() = default;
    std::string user;          ///< authentication identity (whose password it is)
    std::string authorize_as;  ///< authorization identity (whose mailbox); empty: the same
    Secret password;           ///< or
    Secret token;              ///< an OAuth 2.0 access token
    std::string host;          ///< for OAUTHBEARER
    std::uint16_t port = 0;    ///< for OAUTHBEARER
    std::string binding_type;  ///< for SCRAM-*-PLUS: `tls-unique`, `tls-exporter` or `tls-server-end-point`; empty: no PLUS
    std::string binding_data;  ///< for SCRAM-*-PLUS: what net::Stream::channel_binding(binding_type) gave
    std::int64_t now = 0;      ///< seconds since 1970; for NTLM
    std::shared_ptr<SecurityContext> context;  ///< for GSSAPI, begun, and good for one login; shared with the mechanism
};

/// One run of one mechanism.
class Mechanism {
public:
    Mechanism() = default;
    Mechanism(const Mechanism&) = delete;
    Mechanism& operator=(const Mechanism&) = delete;
    virtual ~Mechanism() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;  ///< as in AUTH=
    /// Client-first data; empty optional where the server speaks first.
    virtual std::optional<Secret> initial() = 0;
    /// Answers one challenge. An Error means: cancel the exchange with `*` (a forged server signature, say).
    virtual Result<Secret> respond(std::string_view challenge) = 0;
    /// After the server's OK: an Error where it must not be believed (SCRAM without server signature).
    virtual Result<void> accept() { return {}; }
    /// Anything that depends on the password has been sent. Before that, a refusal is the mechanism's, not the password's.
    [[nodiscard]] virtual bool has_submitted() const { return true; }
    /// What the server explained in a challenge (OAuth error JSON: status, scope); empty if nothing.
    [[nodiscard]] virtual std::string explanation() const { return {}; }
};

/// Upper-case names of all mechanisms made here.
std::vector<std::string> known_mechanisms();

/// Errors: login_unavailable for a name not known, or one whose needs `credentials` do not meet; credential_unavailable for a
/// Kerberos ticket of somebody else than `credentials.user` (the part before `@` counts, in any letter case).
/// `nonce` is random text from the caller for SCRAM (so that tests can fix it), at least 18 printable octets.
Result<std::unique_ptr<Mechanism>> make_mechanism(std::string_view name, const Credentials& credentials, std::string nonce);

/// Mechanisms to try, best first: those of `offered` (upper-case names) that fit. Token: XOAUTH2, OAUTHBEARER.
/// With binding data each SCRAM's -PLUS goes before it. Password under TLS: SCRAM-SHA-512, -256, -1, PLAIN, then
/// `LOGIN-COMMAND` unless `login_disabled`, then LOGIN, CRAM-MD5. With authorize_as: PLAIN first, then SCRAM; nothing else can
/// say it. Without TLS: SCRAM, CRAM-MD5, then the clear ones (tokens too) only where `clear_text_allowed`. With neither token
/// nor password: EXTERNAL. NTLM and GSSAPI never: they are for those who name them. `LOGIN-COMMAND` stands for IMAP's LOGIN;
/// make_mechanism() does not make it.
struct Offer {
    Offer() = default;
    std::vector<std::string> mechanisms;
    bool login_disabled = false;
    bool encrypted = false;
    bool clear_text_allowed = false;
};
std::vector<std::string> rank_mechanisms(const Credentials& credentials, const Offer& offer);

}  // namespace mailhaul::auth
