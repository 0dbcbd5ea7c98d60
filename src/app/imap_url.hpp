// SPDX-License-Identifier: Apache-2.0
// Where an account is, as an operator writes it: an IMAP URL (RFC 5092) or `user@host`.
//
// Pure. Never takes a password: what is typed here ends in shell histories and process lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "client/access.hpp"

namespace mailhaul::app {

struct AccountAddress {
    std::string user;
    std::string host;  ///< lower case; an IPv6 address without its brackets
    std::uint16_t port = 993;
    client::Security security = client::Security::implicit_tls;
    std::string mechanism;              ///< from `;AUTH=`, upper case; empty: best
    std::optional<std::string> folder;  ///< the URL's mailbox, UTF-8; empty: all of the account
    bool operator==(const AccountAddress&) const = default;
};

/// Reads one account.
///
/// `imaps://user@host` is TLS on 993, `imap://user@host` STARTTLS on 143 and nothing less, `imap+insecure://user@host`
/// plaintext on 143. All take `:port`, `[IPv6]`, percent-encoding, `user;AUTH=MECHANISM` and `/folder`.
/// Without a scheme: `user@host[:port]`, taken literally and split at the last `@`; TLS, but STARTTLS on port 143.
///
/// Errc::usage (scope: run) where it cannot be understood or holds a password; the message quotes `text` without what may
/// be one.
Result<AccountAddress> parse_account(std::string_view text);

/// Where to connect to and as whom; credentials are still to be added.
client::Access access_to(const AccountAddress& address);

}  // namespace mailhaul::app
