// SPDX-License-Identifier: Apache-2.0
// Error: the one value every expected failure travels in.
//
// An executor must know two things about a failure: how much is spoiled and when to try again. The
// code says what happened, for tests and exit codes; the words are for the operator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul {

/// What happened. Closed: tests and exit codes compare these.
enum class Errc : std::uint8_t {
    usage,                   ///< the command line or a URL cannot be understood
    credential_unavailable,  ///< password file, variable or command gave nothing
    unknown_host,            ///< the name does not resolve
    connect_failed,          ///< refused, unreachable, or the proxy said no
    timed_out,               ///< a named deadline passed
    connection_lost,         ///< EOF, reset or BYE while something was outstanding
    tls_failed,              ///< handshake or STARTTLS failed
    certificate_rejected,    ///< chain, name or pin did not verify
    plaintext_refused,       ///< the server offers no TLS and plaintext was not asked for
    protocol_violation,      ///< the peer broke a bound or the grammar in a way that costs the connection
    bad_response,            ///< one response could not be read; the connection goes on
    login_refused,           ///< the server refused these credentials
    login_unavailable,       ///< no mechanism both sides can use
    server_unavailable,      ///< [UNAVAILABLE], maintenance: later
    throttled,               ///< told to wait
    too_many_connections,    ///< the server's connection limit
    over_quota,              ///< the destination is full
    too_big,                 ///< this message is larger than the server takes
    message_refused,         ///< the server refused this message
    message_unreadable,      ///< the source cannot deliver this message
    rewrite_failed,          ///< what the operator asked to be changed in this message could not be changed
    mailbox_refused,         ///< CREATE or SELECT refused
    mailbox_missing,         ///< no such mailbox
    unmappable_name,         ///< no destination name can be made for this mailbox
    mailbox_renamed,         ///< known under another name, and the destination could not follow
    same_account,            ///< source and destination are one account
    no_permission,           ///< [NOPERM] and kin
    command_refused,         ///< tagged NO, nothing more specific known
    command_rejected,        ///< tagged BAD: the server does not understand this command
    store_failed,            ///< the ledger cannot be read or written
    store_foreign,           ///< the ledger file is not ours, or of another account or version
    store_damaged,           ///< the ledger file is ours and cannot be read any more
    certificate_refused,     ///< a certificate of completeness is altered, of another signer, or not of this ledger
    cancelled,               ///< stopped by the operator
    verification_failed,     ///< the destination does not hold what it confirmed
    internal,                ///< a bug in mailhaul
};

/// How much a failure spoils; ordered from least to most.
enum class Scope : std::uint8_t { message, mailbox, account, run };

/// When trying again can help.
enum class Retry : std::uint8_t { now, later, never };

/// The name of `code` as printed in JSON and logs, such as `over_quota`.
std::string_view name_of(Errc code);
std::string_view name_of(Scope scope);

struct Error {
    Error(Errc what, Scope spoils, Retry again, std::string detail, std::string said = {})
        : code(what), scope(spoils), retry(again), message(std::move(detail)), server_text(std::move(said)) {}

    Errc code;
    Scope scope;
    Retry retry;
    std::string message;               ///< value seen, value wanted, what to do; lower case, no full stop
    std::string server_text;           ///< what the server said, verbatim; empty if it said nothing
    std::vector<std::string> context;  ///< what was being done, innermost first

    /// Adds what was being done; returns itself so that a `return` can do it in passing.
    Error while_doing(std::string what) && {
        context.push_back(std::move(what));
        return std::move(*this);
    }

    /// One line for people: `<outermost>: ... <innermost>: <message>: <server text>`.
    [[nodiscard]] std::string describe() const;
};

}  // namespace mailhaul
