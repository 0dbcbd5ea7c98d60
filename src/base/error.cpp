// SPDX-License-Identifier: Apache-2.0
// Words for Error; the table of names is a contract with JSON readers.
#include "base/error.hpp"

namespace mailhaul {

std::string_view name_of(Errc code) {
    switch (code) {
        case Errc::usage: return "usage";
        case Errc::credential_unavailable: return "credential_unavailable";
        case Errc::unknown_host: return "unknown_host";
        case Errc::connect_failed: return "connect_failed";
        case Errc::timed_out: return "timed_out";
        case Errc::connection_lost: return "connection_lost";
        case Errc::tls_failed: return "tls_failed";
        case Errc::certificate_rejected: return "certificate_rejected";
        case Errc::plaintext_refused: return "plaintext_refused";
        case Errc::protocol_violation: return "protocol_violation";
        case Errc::bad_response: return "bad_response";
        case Errc::login_refused: return "login_refused";
        case Errc::login_unavailable: return "login_unavailable";
        case Errc::server_unavailable: return "server_unavailable";
        case Errc::throttled: return "throttled";
        case Errc::too_many_connections: return "too_many_connections";
        case Errc::over_quota: return "over_quota";
        case Errc::too_big: return "too_big";
        case Errc::message_refused: return "message_refused";
        case Errc::message_unreadable: return "message_unreadable";
        case Errc::mailbox_refused: return "mailbox_refused";
        case Errc::mailbox_missing: return "mailbox_missing";
        case Errc::unmappable_name: return "unmappable_name";
        case Errc::mailbox_renamed: return "mailbox_renamed";
        case Errc::same_account: return "same_account";
        case Errc::no_permission: return "no_permission";
        case Errc::command_refused: return "command_refused";
        case Errc::command_rejected: return "command_rejected";
        case Errc::store_failed: return "store_failed";
        case Errc::store_foreign: return "store_foreign";
        case Errc::store_damaged: return "store_damaged";
        case Errc::certificate_refused: return "certificate_refused";
        case Errc::cancelled: return "cancelled";
        case Errc::rewrite_failed: return "rewrite_failed";
        case Errc::verification_failed: return "verification_failed";
        case Errc::internal: return "internal";
    }
    return "internal";
}

std::string_view name_of(Scope scope) {
    switch (scope) {
        case Scope::message: return "message";
        case Scope::mailbox: return "mailbox";
        case Scope::account: return "account";
        case Scope::run: return "run";
    }
    return "run";
}

std::string Error::describe() const {
    std::string line;
    for (auto what = context.rbegin(); what != context.rend(); ++what) line += *what + ": ";
    line += message;
    if (!server_text.empty()) line += ": server said \"" + server_text + "\"";
    return line;
}

}  // namespace mailhaul
