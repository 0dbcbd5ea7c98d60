// SPDX-License-Identifier: Apache-2.0
#include "client/prove_impersonation.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "client/mailbox_commands.hpp"

namespace mailhaul::client {
namespace {

constexpr std::uint32_t uids_compared = 100;   // at the end of an INBOX; two differ in the first of them
constexpr std::uint32_t most_arrivals = 1000;  // messages that may reach an INBOX between one look and the other

/// What an INBOX looks like; `there` is false where the server shows none.
struct Look {
    bool there = false;
    imap::SelectedMailbox inbox;
    std::map<imap::Uid, std::pair<std::uint64_t, std::int64_t>> messages;  // octets, seconds since 1970
};

Task<Result<Look>> look_at_inbox(Connection& connection) {
    Look look;
    auto opened = co_await open_mailbox(connection, imap::MailboxName("INBOX"), imap::SelectMode::examine);
    if (!opened.ok() && opened.error().scope >= Scope::account) co_return std::move(opened).error();
    if (!opened.ok()) co_return look;
    look.there = true;
    look.inbox = std::move(opened).value();
    if (look.inbox.exists > 0) {
        const std::uint32_t next = look.inbox.uid_next ? look.inbox.uid_next->value() : 1;
        const std::uint32_t first = next > uids_compared ? next - uids_compared : 1;
        std::vector<std::string> sets;
        sets.push_back(look.inbox.uid_next ? std::to_string(first) + ":*" : "*");
        auto keep = [&look](imap::FetchResponse&& fetch) {
            if (fetch.size && fetch.internal_date)
                look.messages[*fetch.uid] = {fetch.size->value(), fetch.internal_date->epoch_seconds};
        };
        auto fetched = co_await fetch_items(connection, std::move(sets), "(UID RFC822.SIZE INTERNALDATE)", keep);
        if (!fetched.ok() && fetched.error().scope >= Scope::account) co_return std::move(fetched).error();
    }
    auto closed = co_await connection.run(imap::close_command(), Doing::changing);  // opened read-only: expunges nothing
    if (!closed.ok() && closed.error().scope >= Scope::account) co_return std::move(closed).error();
    co_return look;
}

bool differ(const auto& one, const auto& other) { return one && other && *one != *other; }

/// Why the two cannot be one mailbox; empty where they can.
std::string difference(const Look& users, const Look& own) {
    if (users.there != own.there)
        return own.there ? "it has no INBOX, and the administrator has" : "the administrator has no INBOX";
    if (!users.there) return {};
    if (differ(users.inbox.uid_validity, own.inbox.uid_validity))
        return "its INBOX has another UIDVALIDITY than the administrator's";
    if (differ(users.inbox.mailbox_id, own.inbox.mailbox_id)) return "its INBOX has another MAILBOXID than the administrator's";
    if (users.inbox.uid_next && own.inbox.uid_next) {
        const auto [least, most] = std::minmax({users.inbox.uid_next->value(), own.inbox.uid_next->value()});
        if (most - least > most_arrivals) return "its INBOX has another UIDNEXT than the administrator's";
    }
    for (const auto& [uid, message] : users.messages) {
        const auto found = own.messages.find(uid);
        if (found != own.messages.end() && found->second != message)
            return "its INBOX holds other messages than the administrator's";
    }
    const bool one_is_empty = users.messages.empty() != own.messages.empty();
    const auto& filled = users.messages.empty() ? own.messages : users.messages;
    if (one_is_empty && filled.size() > 1) return "one of the two INBOXes is empty";
    return {};
}

Error not_proven(const Access& access, const Look& users) {
    const std::string who = access.authorize_as;
    if (users.messages.empty())
        return {Errc::login_refused, Scope::account, Retry::never,
                access.label() + ": nothing tells the mail of " + who + " from " + access.user +
                    "'s own, both being empty and of one age, and some servers ignore whose mail was asked for: put a message "
                    "into the INBOX of " +
                    access.user + ", then run again"};
    return {Errc::login_refused, Scope::account, Retry::never,
            access.label() + ": the server took the login of " + access.user + " for " + who + " and opened " + access.user +
                "'s own mailbox (the same UIDVALIDITY and messages): it does not know this way to act for others; nothing was "
                "changed; try --source-impersonate or --destination-impersonate, or the user's own password"};
}

/// The same person without the other's name. Forgets what is learnt: a refusal here says nothing of the user's login.
Access own_access(const Connection& session) {
    Access own = session.access();
    own.authorize_as.clear();
    own.impersonation = Impersonation::authorization_identity;
    own.mechanism = session.mechanism();
    own.compress = false;
    own.logins = std::make_shared<LoginMemory>();
    return own;
}

/// Empty where the server lets this person into no mailbox of their own.
Task<Result<std::optional<Look>>> look_as_oneself(Access own) {
    auto opened = co_await Connection::open(std::move(own), ProtocolLog());
    if (!opened.ok()) co_return std::move(opened).error();
    const std::unique_ptr<Connection> connection = std::move(opened).value();
    auto logged_in = co_await connection->login();
    if (!logged_in.ok()) {
        const Error& why = logged_in.error();  // a mechanism may be refused before the password is: so is who has no mailbox
        const bool has_none =
            why.code == Errc::login_refused || (why.code == Errc::login_unavailable && !why.server_text.empty());
        co_await connection->close();
        if (has_none) co_return std::optional<Look>();
        co_return std::move(logged_in).error();
    }
    auto look = co_await look_at_inbox(*connection);
    co_await connection->close();
    if (!look.ok()) co_return std::move(look).error();
    co_return std::optional<Look>(std::move(look).value());
}

}  // namespace

bool needs_proof_of_impersonation(const Access& access) {
    const bool has_token = access.tokens || access.token;
    return !access.authorize_as.empty() && access.authorize_as != access.user && !has_token &&
           access.impersonation != Impersonation::kerio_master;
}

Task<Result<std::string>> prove_impersonation(Connection& session) {
    if (!needs_proof_of_impersonation(session.access())) co_return std::string();
    const Access access = session.access();
    auto own = co_await look_as_oneself(own_access(session));
    if (!own.ok())
        co_return std::move(own).error().while_doing("proving that " + access.user + " acts for " + access.authorize_as);
    if (!own.value()) co_return access.user + " has no mailbox here that the session could be";
    MH_CO_TRY(users, co_await look_at_inbox(session));
    std::string words = difference(users, *own.value());
    if (words.empty()) co_return not_proven(access, users);
    co_return words;
}

}  // namespace mailhaul::client
