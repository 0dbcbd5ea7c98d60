// SPDX-License-Identifier: Apache-2.0
// Access: everything needed to open authenticated connections to one account on one server.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "async/meter.hpp"
#include "async/pace.hpp"
#include "auth/mechanism.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "client/login_memory.hpp"
#include "client/token_source.hpp"
#include "govern/server_gate.hpp"
#include "net/dial.hpp"

namespace mailhaul::client {

enum class Security : std::uint8_t {
    implicit_tls,         ///< TLS from the first octet (port 993)
    starttls,             ///< must upgrade, else plaintext_refused (port 143)
    starttls_if_offered,  ///< imapsync's default: upgrade where offered, plaintext otherwise
    plaintext,            ///< asked for, never fallen back to
};

/// How a login with one user's password opens the mailbox of another (Access::authorize_as).
enum class Impersonation : std::uint8_t {
    authorization_identity,  ///< SASL's own way: PLAIN, SCRAM, EXTERNAL; the token mechanisms name the mailbox anyway
    proxyauth,               ///< log in as oneself, then PROXYAUTH: the Netscape, Sun and Oracle family
    kerio_master,            ///< Kerio's master password: X-MASTERAUTH, then X-SETUSER
};

/// Gives the password or token; called for each new connection, so a file is re-read. May be slow the first time.
using SecretSource = std::function<Result<Secret>()>;

/// Named deadlines; each counts from the last octet received or sent.
struct Deadlines {
    Deadlines() = default;
    std::chrono::milliseconds connect{30'000};
    std::chrono::milliseconds greeting{30'000};  ///< also each command up to login; counts from its beginning
    std::chrono::milliseconds command{120'000};  ///< no octet at all while a small command is outstanding
    std::chrono::milliseconds slow{600'000};     ///< SELECT, APPEND, COPY, EXPUNGE
};

struct Access {
    Access() = default;
    std::string host;
    std::uint16_t port = 993;
    Security security = Security::implicit_tls;
    net::TlsOptions tls;
    net::ProxyOptions proxy;
    net::AddressFamily family = net::AddressFamily::any;

    std::string user;                              ///< authentication identity
    std::string authorize_as;                      ///< authorization identity; empty: user
    SecretSource password;                         ///< empty function: none
    SecretSource token;                            ///< OAuth 2.0 access token; empty function: none
    std::shared_ptr<TokenSource> tokens;           ///< the same, got and renewed by the way; goes before `token`
    auth::SecurityContextSource security_context;  ///< Kerberos, for `mechanism` GSSAPI; asked on another thread; empty: none
    Impersonation impersonation = Impersonation::authorization_identity;
    std::string mechanism;           ///< force this one (`PLAIN`, `LOGIN-COMMAND`, ...); empty: best
    bool mechanism_is_wish = false;  ///< where the server does not offer `mechanism`: the best it does
    bool clear_text_allowed = true;  ///< password in clear on a plaintext connection the operator asked for
    bool compress = false;           ///< COMPRESS=DEFLATE where offered
    bool may_compress = false;       ///< otherwise: whoever uses several connections may try whether it is faster
    bool send_id = true;
    std::shared_ptr<Pace> read_pace;  ///< octets a second, for all connections that share it; empty: as fast as it goes
    std::shared_ptr<Meter> meter;     ///< counts the octets of all connections that share it; empty: nobody counts
    std::shared_ptr<govern::ServerGate>
        gate;  ///< counts the connections to this server of all who share it; empty: nobody counts
    Deadlines deadlines;
    /// Shared by all copies, which are the connections of one account.
    std::shared_ptr<LoginMemory> logins = std::make_shared<LoginMemory>();

    /// `user@host:port`, for messages, reports and the ledger's key.
    [[nodiscard]] std::string label() const { return mailbox_user() + "@" + host + ":" + std::to_string(port); }

    /// Whose mailboxes they are.
    [[nodiscard]] const std::string& mailbox_user() const { return authorize_as.empty() ? user : authorize_as; }
};

}  // namespace mailhaul::client
