// SPDX-License-Identifier: Apache-2.0
// Opening another user's mailbox by the commands some vendors have for it, where SASL's authorization identity is not known.
//
// PROXYAUTH user: after an administrator's ordinary login; the session is then the user's (Netscape, Sun, Oracle).
// X-MASTERAUTH: the server sends a challenge, the answer is MD5(challenge, master password) in hex; X-SETUSER "user" follows
// (Kerio). Both are exercised against scripts of these servers, not the servers themselves.
#include <openssl/evp.h>

#include <array>
#include <string>
#include <utility>

#include "client/connection.hpp"
#include "client/pump.hpp"

namespace mailhaul::client {
namespace {

std::string hex_md5(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_md5(), nullptr);
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) {
        hex += "0123456789abcdef"[digest.at(i) >> 4];
        hex += "0123456789abcdef"[digest.at(i) & 15];
    }
    return hex;
}

Error not_allowed(const imap::StatusResponse& status, const Access& access, const std::string& verb) {
    const bool unknown = status.kind == imap::StatusKind::bad;
    return {unknown ? Errc::login_unavailable : Errc::login_refused, Scope::account, Retry::never,
            access.label() + ": " + verb + " as " + access.authorize_as +
                (unknown ? " is not known to this server: choose another --source-impersonate or --destination-impersonate"
                         : " is refused: does the user exist, and may " + access.user + " act for others on this server?"),
            status.raw};
}

}  // namespace

Task<Result<void>> Connection::become_user() {
    const std::string verb = pump_->access.impersonation == Impersonation::proxyauth ? "PROXYAUTH" : "X-SETUSER";
    auto answer =
        co_await pump_->exchange(imap::become_user_command(verb, pump_->access.authorize_as, pump_->session.literal_mode()));
    if (!answer.ok()) co_return pump_->failure ? *pump_->failure : std::move(answer).error();
    if (answer.value().kind != imap::StatusKind::ok) co_return not_allowed(answer.value(), pump_->access, verb);
    co_return Result<void>{};
}

Task<Result<void>> Connection::authenticate_as_kerio_master() {
    LoginMemory& memory = *pump_->access.logins;
    if (!memory.may_submit())
        co_return Error{Errc::login_refused, Scope::account, Retry::never,
                        pump_->access.label() + ": the master password was refused before and is not sent again"};
    if (!pump_->access.password)
        co_return Error{Errc::login_unavailable, Scope::account, Retry::never,
                        pump_->access.label() + ": X-MASTERAUTH needs the master password"};
    MH_CO_TRY(password, pump_->access.password());
    const imap::CommandId id = pump_->session.submit(imap::master_auth_command());
    pump_->touch();
    while (true) {
        MH_CO_TRY_VOID(co_await pump_->flush());
        auto event = co_await pump_->next_event();
        if (!event.ok()) co_return pump_->failure ? *pump_->failure : std::move(event).error();
        if (const auto* challenge = std::get_if<imap::Challenge>(&event.value())) {
            const Secret proven(challenge->text + password.reveal());
            pump_->session.answer(hex_md5(proven.reveal()));
        } else if (const auto* done = std::get_if<imap::Completed>(&event.value()); done != nullptr && done->id == id) {
            auto result = login_result(done->status, "X-MASTERAUTH", {});
            if (!result.ok()) {
                if (result.error().code == Errc::login_refused) memory.give_up();
                co_return std::move(result).error().while_doing("logging in");
            }
            break;
        } else if (const auto* bye = std::get_if<imap::Goodbye>(&event.value())) {
            pump_->goodbye = bye->status;
        }
    }
    pump_->used_mechanism = "X-MASTERAUTH";
    memory.note_accepted("X-MASTERAUTH");
    co_return co_await become_user();
}

}  // namespace mailhaul::client
