// SPDX-License-Identifier: Apache-2.0
// Session: what one client may do and hears, command by command. Octets come and go elsewhere (connection.hpp).
//
// One function per command; each gives the tagged result and writes what comes before it. A command runs to its end at
// once, so no other session sees half of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "demo/answer.hpp"
#include "demo/mail_store.hpp"
#include "demo/selected_view.hpp"
#include "demo/server_options.hpp"
#include "imap/codec/reply.hpp"
#include "imap/codec/request.hpp"
#include "imap/types/response.hpp"

namespace mailhaul::demo {

struct Account {
    Secret password;
    std::unique_ptr<MailStore> store;
};

/// What all sessions of one server share.
struct House {
    ServerOptions options;
    std::map<std::string, Account> accounts;  ///< by user name
};

class Session {
public:
    /// `house` outlives the session.
    explicit Session(House& house) : house_(house) {}

    Answer greet();

    /// Before its octets are read: the answer that refuses the command, or empty where the literal may come. An answer to a
    /// non-synchronising literal ends the connection, for the octets are on their way already.
    std::optional<Answer> judge_literal(const imap::LiteralAnnounced& literal, const std::string& tag) const;

    Answer execute(imap::Request request);

    /// True within AUTHENTICATE: the next line is no command but belongs to continue_login().
    [[nodiscard]] bool awaits_login_line() const { return !login_tag_.empty(); }
    Answer continue_login(std::string_view line);

private:
    enum class State { not_authenticated, authenticated, selected };
    /// The tagged response; `words` is code and text.
    struct Verdict {
        imap::StatusKind kind = imap::StatusKind::ok;
        std::string words;
    };
    static Verdict ok(std::string words) { return Verdict{imap::StatusKind::ok, std::move(words)}; }
    static Verdict no(std::string words) { return Verdict{imap::StatusKind::no, std::move(words)}; }
    static Verdict bad(std::string words) { return Verdict{imap::StatusKind::bad, std::move(words)}; }
    static Verdict lacking(std::string_view capability) { return bad("This server does not do " + std::string(capability)); }
    static Verdict verdict_of(const Result<void>& result, std::string words_of_success);

    [[nodiscard]] State state() const;
    [[nodiscard]] bool can(std::string_view capability) const { return house_.options.capabilities.has(capability); }
    void say(std::string_view response) { answer_.add(response); }

    template <typename T>
    Verdict execute_in_state(const std::string& verb, T& request);

    // session.cpp: the connection and who is at it
    Verdict run(const imap::BadRequest& request);
    Verdict run(const imap::UnknownRequest& request);
    Verdict run(const imap::CapabilityRequest& request);
    Verdict run(const imap::NoopRequest& request);
    Verdict run(const imap::LogoutRequest& request);
    Verdict run(const imap::StartTlsRequest& request);
    Verdict run(const imap::IdRequest& request);
    Verdict run(const imap::LoginRequest& request);
    Verdict run(const imap::AuthenticateRequest& request);
    Verdict run(const imap::EnableRequest& request);
    Verdict run(const imap::NamespaceRequest& request);
    Verdict run(const imap::GetQuotaRequest& request);
    Verdict run(const imap::GetQuotaRootRequest& request);
    Verdict log_in(const std::string& user, const std::string& password);
    Verdict finish_login(std::string_view octets);
    [[nodiscard]] imap::CapabilitySet capabilities_now() const;
    [[nodiscard]] std::string quota_line() const;

    // session_mailboxes.cpp
    Verdict run(const imap::ListRequest& request);
    Verdict run(const imap::StatusRequest& request);
    Verdict run(const imap::SelectRequest& request);
    Verdict run(const imap::CheckRequest& request);
    Verdict run(const imap::CloseRequest& request);
    Verdict run(const imap::UnselectRequest& request);
    Verdict run(const imap::CreateRequest& request);
    Verdict run(const imap::DeleteRequest& request);
    Verdict run(const imap::RenameRequest& request);
    Verdict run(const imap::SubscribeRequest& request);
    Verdict run(const imap::UnsubscribeRequest& request);
    Verdict list_subscriptions(const imap::ListRequest& request);
    [[nodiscard]] std::optional<std::string> missing_for(const imap::ListRequest& request) const;
    [[nodiscard]] std::optional<std::string> missing_for(const std::vector<imap::StatusItem>& items) const;
    [[nodiscard]] std::vector<std::string> attributes_of(const std::string& name, const Mailbox& mailbox,
                                                         const imap::ListRequest& request) const;
    imap::MailboxStatus status_of(const std::string& name, const Mailbox& mailbox, const std::vector<imap::StatusItem>& items);
    void say_selected(const Mailbox& mailbox, const imap::SelectRequest& request);
    void say_vanished(const Mailbox& mailbox, const imap::QresyncParameters& known);
    void say_changes_since(const Mailbox& mailbox, const imap::QresyncParameters& known);

    // session_messages.cpp
    Verdict run(imap::AppendRequest& request);
    Verdict run(const imap::ExpungeRequest& request);
    Verdict run(const imap::FetchRequest& request);
    Verdict run(const imap::StoreRequest& request);
    Verdict store_labels(const imap::StoreRequest& request);
    Verdict run(const imap::SearchRequest& request);
    Verdict run(const imap::CopyRequest& request);
    /// What `set` names, as far as this server goes in one command.
    [[nodiscard]] std::vector<SelectedView::Place> places_meant(const imap::SequenceSet& set, imap::Numbering numbering) const;
    [[nodiscard]] std::optional<Verdict> objection_to(const imap::AppendRequest& request) const;
    void say_fetched(const SelectedView::Place& place, const StoredMessage& message, const imap::FetchRequest& request);
    void say_section(imap::FetchReply& reply, const StoredMessage& message, const imap::SectionItem& item);
    [[nodiscard]] imap::FlagSet allowed(const imap::FlagSet& flags) const;
    [[nodiscard]] imap::UidSet deleted_in(const Mailbox& mailbox) const;

    /// The selected mailbox; null where it was deleted meanwhile.
    Mailbox* selected_mailbox();
    void say_differences();

    House& house_;
    MailStore* store_ = nullptr;  // null before login
    std::optional<SelectedView> view_;
    bool condstore_ = false;  // the client has shown that it knows MODSEQ
    bool qresync_ = false;

    std::string login_tag_;  // of an AUTHENTICATE under way
    std::string login_mechanism_;
    std::optional<std::string> login_user_;  // AUTH=LOGIN, after its first answer

    std::string tag_;  // of the command being executed
    Answer answer_;    // being written
};

}  // namespace mailhaul::demo
