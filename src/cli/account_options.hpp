// SPDX-License-Identifier: Apache-2.0
// What every subcommand that connects to two accounts accepts.
#pragma once

#include <array>

#include "cli/option.hpp"

namespace mailhaul::cli {

inline constexpr std::array credential_options{
    Option{.name = "password",
           .value = "SPEC",
           .help =
               "where the password is: file:PATH, env:NAME, cmd:COMMAND, cred:NAME (systemd), fd:NUMBER or prompt (default: "
               "$MAILHAUL_SOURCE_PASSWORD or $MAILHAUL_DESTINATION_PASSWORD if set, else prompt)",
           .per_side = true},
    Option{.name = "token",
           .value = "SPEC",
           .help = "where an OAuth 2.0 access token is, in place of a password",
           .per_side = true},
    Option{.name = "authorize-as",
           .value = "USER",
           .help = "log in with the account's own name, work in USER's mail; nothing is written before it is proven "
                   "that the server gave access to USER's mail and not to one's own",
           .per_side = true},
    Option{.name = "impersonate",
           .value = "HOW",
           .help = "how the server lets one work in another's mail: sasl (the default: Dovecot, Cyrus, Zimbra, Exchange, "
                   "James ...), proxyauth (Sun, Oracle) or kerio (master password)",
           .per_side = true},
    Option{.name = "oauth",
           .value = "FILE",
           .help = "log in with OAuth 2.0 by this file, which mailhaul login writes; tokens are renewed as they die",
           .per_side = true},
    Option{
        .name = "seal-key",
        .value = "SPEC",
        .help =
            "where the key is that the file of --oauth is sealed with: file:PATH, env:NAME, cmd:COMMAND or cred:NAME "
            "(default: $MAILHAUL_SEAL_KEY if set); given again, former keys: what they sealed is sealed anew with the first"},
    Option{.name = "auth",
           .value = "MECHANISM",
           .help = "use this one, PLAIN for example (default: the best offered; only on request NTLM, and GSSAPI by a Kerberos "
                   "ticket)",
           .per_side = true},
};

inline constexpr std::array connection_options{
    Option{.name = "ca", .value = "FILE", .help = "PEM file of authorities to trust besides the system's, for both sides"},
    Option{.name = "ca", .value = "FILE", .help = "the same, for one side", .per_side = true},
    Option{.name = "pin",
           .value = "SHA256",
           .help = "accept the key with this digest, 64 hex digits, and no other, whatever its certificate says",
           .per_side = true},
    Option{.name = "require-pin",
           .value = "SHA256",
           .help = "the key must have this digest, and the certificate be good besides",
           .per_side = true},
    Option{.name = "certificate",
           .value = "FILE",
           .help = "PEM file with the client certificate to show to the server (--auth EXTERNAL logs in with it)",
           .per_side = true},
    Option{.name = "key", .value = "FILE", .help = "its private key, where that is in a file of its own", .per_side = true},
    Option{.name = "insecure", .help = "accept any certificate on both sides: anybody between could read everything"},
    Option{.name = "insecure", .help = "the same, for one side", .per_side = true},
    Option{.name = "proxy", .value = "URL", .help = "go through socks5://host:port or http://host:port", .per_side = true},
    Option{
        .name = "compress",
        .help = "compress the connection where offered, or never (default: tried on a slow line, and kept where it is faster)",
        .per_side = true,
        .negatable = true},
    Option{.name = "timeout", .value = "TIME", .help = "give up on a silent server after this long (default 120s)"},
};

/// The same options for a subcommand with one account: no `source-` and `destination-`, and what is there twice once.
template <std::size_t size>
constexpr std::array<Option, size> of_one_account(std::array<Option, size> options) {
    for (Option& option : options) option.per_side = false;
    return options;
}

}  // namespace mailhaul::cli
