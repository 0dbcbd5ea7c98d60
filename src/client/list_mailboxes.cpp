// SPDX-License-Identifier: Apache-2.0
// Listing an account: which mailboxes there are, with roles, subscriptions and counters, in as few round trips as the server
// allows.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "client/mailbox_commands.hpp"

namespace mailhaul::client {
namespace {

constexpr std::size_t status_pipeline = 32;  // STATUS commands in flight
constexpr std::size_t most_rows = 150'000;   // of one listing, LIST, LSUB and STATUS together; no account comes near

std::string status_items(const imap::CapabilitySet& capabilities) {
    std::string items = "MESSAGES UIDNEXT UIDVALIDITY";
    if (capabilities.has("CONDSTORE")) items += " HIGHESTMODSEQ";
    return items;
}

/// Collects LIST, LSUB and STATUS rows of one listing.
class ListingSink : public DataSink {
public:
    explicit ListingSink(Connection& connection) : connection_(connection) {}

    void on_response(imap::Response&& response) override {
        if (++rows_ > most_rows) {
            connection_.abandon({Errc::protocol_violation, Scope::account, Retry::never,
                                 connection_.access().label() + ": the server lists more than " + std::to_string(most_rows) +
                                     " mailboxes and does not end: ask its administrator"});
            return;
        }
        if (auto* list = std::get_if<imap::ListResponse>(&response)) {
            if (list->kind == imap::ListResponse::Kind::lsub) {
                subscribed.push_back(std::move(list->info.name));
            } else if (!list->info.name.raw().empty()) {
                mailboxes.push_back(std::move(list->info));
            }
        } else if (auto* status = std::get_if<imap::MailboxStatusResponse>(&response)) {
            counters.insert_or_assign(status->status.name.raw(), std::move(status->status));
        } else if (auto* spaces = std::get_if<imap::NamespaceResponse>(&response)) {
            namespaces = std::move(spaces->namespaces);
        } else if (const auto* odd = std::get_if<imap::UnreadableResponse>(&response)) {
            unreadable = odd->reason + ": " + odd->raw;
        }
    }

    std::vector<imap::MailboxInfo> mailboxes;
    std::vector<imap::MailboxName> subscribed;
    std::unordered_map<std::string, imap::MailboxStatus> counters;
    imap::Namespaces namespaces;
    std::string unreadable;

private:
    Connection& connection_;
    std::size_t rows_ = 0;
};

Task<Result<void>> list_plainly(Connection& connection) {
    const imap::CommandId list = connection.submit(imap::list_command("", "*", "", connection.literal_mode()));
    const imap::CommandId lsub = connection.submit(imap::lsub_command("", "*", connection.literal_mode()));
    auto listed = co_await connection.answer_to(list);
    auto subscriptions = co_await connection.answer_to(lsub);
    if (!listed.ok()) co_return std::move(listed).error();
    if (listed.value().kind != imap::StatusKind::ok) co_return error_from(listed.value(), Doing::listing, "LIST");
    if (!subscriptions.ok()) co_return std::move(subscriptions).error();
    co_return Result<void>{};  // a server without LSUB has no subscriptions to carry
}

Task<Result<void>> list_extended(Connection& connection, bool with_status) {
    std::string returns = "SUBSCRIBED CHILDREN";
    if (connection.capabilities().has("SPECIAL-USE")) returns = "SPECIAL-USE " + returns;
    if (with_status) returns += " STATUS (" + status_items(connection.capabilities()) + ")";
    auto answer = co_await connection.run(imap::list_command("", "*", returns, connection.literal_mode()), Doing::listing);
    if (!answer.ok()) co_return std::move(answer).error();
    co_return Result<void>{};
}

/// Counters one mailbox at a time, for those the listing did not bring; a refusal leaves that one without.
Task<Result<void>> ask_missing_counters(Connection& connection, const ListingSink& rows) {
    std::vector<imap::MailboxName> missing;
    for (const imap::MailboxInfo& info : rows.mailboxes)
        if (!info.no_select && !rows.counters.contains(info.name.raw())) missing.push_back(info.name);
    const std::string items = status_items(connection.capabilities());
    for (std::size_t from = 0; from < missing.size(); from += status_pipeline) {
        std::vector<imap::CommandId> asked;
        for (std::size_t i = from; i < std::min(missing.size(), from + status_pipeline); ++i)
            asked.push_back(connection.submit(imap::status_command(missing[i], items, connection.literal_mode())));
        std::optional<Error> lost;
        for (const imap::CommandId id : asked) {
            auto answer = co_await connection.answer_to(id);
            if (!answer.ok()) lost = std::move(answer).error();
        }
        if (lost) co_return std::move(*lost);
    }
    co_return Result<void>{};
}

Task<Result<std::vector<ListedMailbox>>> list_with(Connection& connection, ListingSink& rows) {
    const imap::CapabilitySet& capabilities = connection.capabilities();
    const bool extended = capabilities.has("LIST-EXTENDED");
    if (extended) {
        auto listed = co_await list_extended(connection, capabilities.has("LIST-STATUS"));
        if (!listed.ok() && listed.error().scope >= Scope::account) co_return std::move(listed).error();
        if (!listed.ok()) rows.mailboxes.clear();
    }
    if (rows.mailboxes.empty()) {  // some servers answer nothing to RETURN: ask the old way before believing it
        auto listed = co_await list_plainly(connection);
        if (!listed.ok()) co_return std::move(listed).error();
    }
    if (!rows.unreadable.empty())
        co_return Error{Errc::bad_response, Scope::account, Retry::now,
                        "a row of the mailbox listing cannot be read, so the listing is not complete: " + rows.unreadable};
    auto counted = co_await ask_missing_counters(connection, rows);
    if (!counted.ok()) co_return std::move(counted).error();

    std::unordered_set<std::string> subscribed;
    for (const imap::MailboxName& name : rows.subscribed) subscribed.insert(name.raw());
    std::unordered_set<std::string> seen;
    std::vector<ListedMailbox> out;
    for (imap::MailboxInfo& info : rows.mailboxes) {
        if (!seen.insert(info.name.raw()).second) continue;
        if (subscribed.contains(info.name.raw())) info.subscribed = true;
        ListedMailbox listed;
        const auto status = rows.counters.find(info.name.raw());
        if (status != rows.counters.end()) listed.status = std::move(status->second);
        listed.info = std::move(info);
        out.push_back(std::move(listed));
    }
    co_return out;
}

/// What LIST "" "" tells where NAMESPACE told nothing.
Task<Result<imap::Namespaces>> guess_namespaces(Connection& connection, imap::Namespaces known) {
    struct SeparatorSink : DataSink {
        void on_response(imap::Response&& response) override {
            if (auto* list = std::get_if<imap::ListResponse>(&response)) separator = list->info.separator;
        }
        std::optional<char> separator;
    } sink;
    const Listening listening(connection, sink);
    auto answer = co_await connection.run(imap::list_command("", "", "", connection.literal_mode()), Doing::listing);
    if (!answer.ok()) co_return std::move(answer).error();
    known.personal.push_back(imap::Namespace{"", sink.separator});
    co_return known;
}

}  // namespace

Task<Result<AccountListing>> list_account(Connection& connection) {
    AccountListing account;
    ListingSink rows(connection);
    const Listening listening(connection, rows);
    std::optional<imap::CommandId> asked;
    if (connection.capabilities().has("NAMESPACE")) asked = connection.submit(imap::namespace_command());
    auto mailboxes = co_await list_with(connection, rows);
    if (asked) {  // a server that will not tell has none
        auto answer = co_await connection.answer_to(*asked);
        if (!answer.ok()) co_return std::move(answer).error();
    }
    if (!mailboxes.ok()) co_return std::move(mailboxes).error();
    account.mailboxes = std::move(mailboxes).value();
    account.namespaces = std::move(rows.namespaces);
    if (account.namespaces.personal.empty()) {
        auto guessed = co_await guess_namespaces(connection, std::move(account.namespaces));
        if (!guessed.ok()) co_return std::move(guessed).error();
        account.namespaces = std::move(guessed).value();
    }
    co_return account;
}

Task<Result<std::vector<ListedMailbox>>> list_mailboxes(Connection& connection) {
    ListingSink rows(connection);
    const Listening listening(connection, rows);
    co_return co_await list_with(connection, rows);
}

Task<Result<imap::MailboxStatus>> ask_status(Connection& connection, imap::MailboxName name) {
    ListingSink rows(connection);
    const Listening listening(connection, rows);
    auto answer = co_await connection.run(
        imap::status_command(name, status_items(connection.capabilities()), connection.literal_mode()), Doing::opening);
    if (!answer.ok()) co_return std::move(answer).error();
    const auto found = rows.counters.find(name.raw());
    if (found == rows.counters.end())
        co_return Error{Errc::bad_response, Scope::mailbox, Retry::now, "the server gave no counters for this mailbox"};
    co_return std::move(found->second);
}

}  // namespace mailhaul::client
