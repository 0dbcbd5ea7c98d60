// SPDX-License-Identifier: Apache-2.0
#include "client/classify.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

#include "govern/asked_wait.hpp"

namespace mailhaul::client {
namespace {

/// What a code or a phrase means, before what was being done is looked at.
struct Meaning {
    std::string_view said;  ///< code in upper case, or words in lower case
    Errc code;
    Scope scope;
    Retry retry;
    std::string_view advice;
};

constexpr std::array codes{
    Meaning{"AUTHENTICATIONFAILED", Errc::login_refused, Scope::account, Retry::never, check_credentials},
    Meaning{"AUTHORIZATIONFAILED", Errc::login_refused, Scope::account, Retry::never, "this user may not act for that mailbox"},
    Meaning{"EXPIRED", Errc::login_refused, Scope::account, Retry::never, "the password has expired: set a new one"},
    Meaning{"PRIVACYREQUIRED", Errc::login_unavailable, Scope::account, Retry::never, "use TLS for this server"},
    Meaning{"CONTACTADMIN", Errc::login_refused, Scope::account, Retry::never, "ask the server's administrator"},
    Meaning{"UNAVAILABLE", Errc::server_unavailable, Scope::account, Retry::later, "try again later"},
    Meaning{"LIMIT", Errc::too_many_connections, Scope::account, Retry::later, "use fewer connections, or try again later"},
    Meaning{"THROTTLED", Errc::throttled, Scope::account, Retry::later, "try again later"},
    Meaning{"INUSE", Errc::server_unavailable, Scope::mailbox, Retry::later, "something else holds it: try again later"},
    Meaning{"OVERQUOTA", Errc::over_quota, Scope::account, Retry::never, "free space on the destination, then run again"},
    Meaning{"TOOBIG", Errc::too_big, Scope::message, Retry::never, "larger than this server takes"},
    Meaning{"NOPERM", Errc::no_permission, Scope::mailbox, Retry::never, "this user has no right to do that"},
    Meaning{"NONEXISTENT", Errc::mailbox_missing, Scope::mailbox, Retry::never, "the mailbox is gone"},
    Meaning{"TRYCREATE", Errc::mailbox_missing, Scope::mailbox, Retry::now, "the mailbox does not exist"},
};

constexpr std::array phrases{
    Meaning{"accesstokenexpired", Errc::connection_lost, Scope::account, Retry::now, "its token has died: another is got"},
    Meaning{"request is throttled", Errc::throttled, Scope::account, Retry::later, "try again later"},
    Meaning{"exceeded command or bandwidth limits", Errc::throttled, Scope::account, Retry::later, "try again tomorrow"},
    Meaning{"slow down", Errc::throttled, Scope::account, Retry::later, "try again later"},
    Meaning{"too many requests", Errc::throttled, Scope::account, Retry::later, "try again later"},
    Meaning{"rate limit hit", Errc::throttled, Scope::account, Retry::later, "try again later"},
    Meaning{"too many simultaneous connections", Errc::too_many_connections, Scope::account, Retry::later,
            "use fewer connections"},
    Meaning{"maximum number of connections", Errc::too_many_connections, Scope::account, Retry::later, "use fewer connections"},
    Meaning{"too many open connections", Errc::too_many_connections, Scope::account, Retry::later, "use fewer connections"},
    Meaning{"server unavailable", Errc::server_unavailable, Scope::account, Retry::later, "try again later"},
    Meaning{"authenticated but not connected", Errc::server_unavailable, Scope::account, Retry::later,
            "too many connections, or a mailbox without a right to it: use fewer connections, or try again later"},
    Meaning{"maintenance", Errc::server_unavailable, Scope::account, Retry::later, "try again later"},
    Meaning{"find a bigger place", Errc::over_quota, Scope::account, Retry::never, "free space on the destination"},
    Meaning{"maximum message size", Errc::too_big, Scope::message, Retry::never, "larger than this server takes"},
    Meaning{"maximum size of appendable message", Errc::too_big, Scope::message, Retry::never, "larger than this server takes"},
    Meaning{"quota limit will be exceeded", Errc::over_quota, Scope::account, Retry::never, "free space on the destination"},
    Meaning{"not enough quotum left", Errc::over_quota, Scope::account, Retry::never, "free space on the destination"},
    Meaning{"storage limit has been exceeded", Errc::over_quota, Scope::account, Retry::never, "free space on the destination"},
    Meaning{"quota has been exceeded", Errc::over_quota, Scope::account, Retry::never, "free space on the destination"},
    Meaning{"exceeded your mail quota", Errc::over_quota, Scope::account, Retry::never, "free space on the destination"},
    Meaning{"quota exceeded", Errc::over_quota, Scope::account, Retry::never, "free space on the destination"},
    Meaning{"application-specific password required", Errc::login_refused, Scope::account, Retry::never,
            "make an app password for this account and use that"},
};

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::optional<Meaning> meaning_of(const imap::StatusResponse& status) {
    const std::string words = lower(status.text);
    // Gmail says [OVERQUOTA] for its daily bandwidth: the words decide before the code.
    const auto phrase =
        std::ranges::find_if(phrases, [&](const Meaning& m) { return words.find(m.said) != std::string::npos; });
    if (phrase != phrases.end()) return *phrase;
    // Whatever the code says, who names a time wants to be asked again then.
    if (govern::wait_asked_for(status.text))
        return Meaning{"", Errc::throttled, Scope::account, Retry::later, "try again once the time it names has passed"};
    const std::string code = status.code_name();
    const auto known = std::ranges::find_if(codes, [&](const Meaning& m) { return m.said == code; });
    if (known != codes.end()) return *known;
    return std::nullopt;
}

/// An unexplained refusal spoils what was being done and no more.
Meaning meaning_by_default(Doing doing, bool rejected) {
    switch (doing) {
        case Doing::connecting: return {"", Errc::server_unavailable, Scope::account, Retry::later, "try again later"};
        case Doing::logging_in: return {"", Errc::login_refused, Scope::account, Retry::never, check_credentials};
        case Doing::opening:
            return {"", Errc::mailbox_refused, Scope::mailbox, Retry::never, "the server will not open this mailbox"};
        case Doing::creating:
            return {"", Errc::mailbox_refused, Scope::mailbox, Retry::never, "the server will not make this mailbox"};
        case Doing::appending:
            return {"", Errc::message_refused, Scope::message, Retry::never, "the server will not store this message"};
        case Doing::fetching:
            return {"", Errc::message_unreadable, Scope::message, Retry::now, "the server will not serve this message"};
        case Doing::listing:
        case Doing::changing: break;
    }
    return {"", rejected ? Errc::command_rejected : Errc::command_refused, Scope::mailbox, Retry::never,
            rejected ? "the server does not understand this command" : "the server refused it"};
}

}  // namespace

Error error_from(const imap::StatusResponse& status, Doing doing, std::string_view subject) {
    const bool rejected = status.kind == imap::StatusKind::bad;
    if (status.kind == imap::StatusKind::bye) {
        const auto known = meaning_of(status);
        const Meaning said = known.value_or(
            Meaning{"", doing == Doing::connecting ? Errc::server_unavailable : Errc::connection_lost, Scope::account,
                    doing == Doing::connecting ? Retry::later : Retry::now, "the server ended the connection"});
        return {said.code, Scope::account, said.retry, std::string(subject) + ": " + std::string(said.advice), status.raw};
    }
    const Meaning said = meaning_of(status).value_or(meaning_by_default(doing, rejected));
    return {said.code, said.scope, said.retry, std::string(subject) + ": " + std::string(said.advice), status.raw};
}

}  // namespace mailhaul::client
