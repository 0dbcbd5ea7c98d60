// SPDX-License-Identifier: Apache-2.0
// Opening a mailbox, and asking at once for what one wants to know of it: the question goes out behind the SELECT.
#include <string>
#include <utility>
#include <variant>

#include "client/changes.hpp"
#include "client/fetch_sink.hpp"
#include "client/mailbox_commands.hpp"

namespace mailhaul::client {
namespace {

/// Hears what SELECT says (RFC 9051 section 6.3.2).
class SelectSink : public DataSink {
public:
    void on_response(imap::Response&& response) override {
        if (const auto* exists = std::get_if<imap::ExistsResponse>(&response)) selected.exists = exists->count;
        if (auto* flags = std::get_if<imap::FlagsResponse>(&response)) selected.flags = std::move(flags->flags);
        if (const auto* status = std::get_if<imap::StatusResponse>(&response)) note_code(*status);
    }

    void note_code(const imap::StatusResponse& status) {
        if (!status.code) return;
        if (const auto* code = std::get_if<imap::UidValidityCode>(&*status.code)) selected.uid_validity = code->uid_validity;
        if (const auto* code = std::get_if<imap::UidNextCode>(&*status.code)) selected.uid_next = code->uid;
        if (const auto* code = std::get_if<imap::HighestModSeqCode>(&*status.code)) selected.highest_mod_seq = code->mod_seq;
        if (const auto* code = std::get_if<imap::PermanentFlagsCode>(&*status.code)) selected.permanent_flags = code->flags;
        if (const auto* code = std::get_if<imap::MailboxIdCode>(&*status.code)) selected.mailbox_id = code->id;
        const std::string name = status.code_name();
        if (name == "READ-ONLY") selected.read_only = true;
        if (name == "UIDNOTSTICKY") selected.uid_not_sticky = true;
    }

    imap::SelectedMailbox selected;
};

/// Hears a SELECT and the FETCH that follows it at once. What is said of the mailbox after it is open is news, and was
/// not there to be listed.
class OpeningSink : public DataSink {
public:
    OpeningSink(const Connection& connection, imap::CommandId opening, FetchVisitor visit)
        : messages(std::move(visit)), connection_(connection), opening_(opening) {}
    void on_response(imap::Response&& response) override {
        DataSink& hears_it = is_open_ ? static_cast<DataSink&>(messages) : mailbox_;
        hears_it.on_response(std::move(response));
    }
    void on_answer() override { is_open_ = is_open_ || connection_.has_answer(opening_); }
    imap::SelectedMailbox opened(imap::MailboxName name, const imap::StatusResponse& answer) {
        mailbox_.note_code(answer);
        mailbox_.selected.name = std::move(name);
        return std::move(mailbox_.selected);
    }
    FetchSink messages;

private:
    const Connection& connection_;
    imap::CommandId opening_;
    SelectSink mailbox_;
    bool is_open_ = false;
};

struct OpenedAndFetched {
    imap::SelectedMailbox selected;
    imap::StatusResponse fetched;  ///< of the FETCH, whatever it says
    imap::UidSet vanished;
};

/// The mailbox, opened, and `UID FETCH 1:*`, answered.
Task<Result<OpenedAndFetched>> open_and_fetch(Connection& connection, imap::MailboxName name, imap::SelectMode mode,
                                              FetchRequest request, FetchVisitor visit) {
    const imap::CommandId opening = connection.submit(imap::select_command(name, mode, "", connection.literal_mode()));
    OpeningSink sink(connection, opening, std::move(visit));
    const Listening listening(connection, sink);
    imap::Command fetch = imap::uid_fetch_command(request.set, request.items, request.modifiers);
    fetch.follows_select = true;
    const imap::CommandId asked = connection.submit(std::move(fetch));
    auto opened = co_await connection.answer_to(opening);
    auto fetched = co_await connection.answer_to(asked);
    if (!opened.ok()) co_return std::move(opened).error();
    if (opened.value().kind != imap::StatusKind::ok) co_return error_from(opened.value(), Doing::opening, "SELECT");
    if (!fetched.ok()) co_return std::move(fetched).error();
    MH_CO_TRY_VOID(sink.messages.complete("the message listing"));
    OpenedAndFetched both;
    both.selected = sink.opened(std::move(name), opened.value());
    both.fetched = std::move(fetched).value();
    both.vanished = sink.messages.vanished();
    co_return both;
}

}  // namespace

Task<Result<imap::SelectedMailbox>> open_mailbox(Connection& connection, imap::MailboxName name, imap::SelectMode mode) {
    SelectSink sink;
    const Listening listening(connection, sink);
    auto answer = co_await connection.run(imap::select_command(name, mode, "", connection.literal_mode()), Doing::opening);
    if (!answer.ok()) co_return std::move(answer).error();
    sink.note_code(answer.value());
    sink.selected.name = std::move(name);
    co_return std::move(sink.selected);
}

Task<Result<imap::SelectedMailbox>> open_and_list(Connection& connection, imap::MailboxName name, imap::SelectMode mode,
                                                  std::string items, FetchVisitor visit) {
    FetchRequest everything("1:*", std::move(items));
    auto both = co_await open_and_fetch(connection, std::move(name), mode, std::move(everything), std::move(visit));
    if (!both.ok()) co_return std::move(both).error();
    if (both.value().selected.exists > 0 && both.value().fetched.kind != imap::StatusKind::ok)
        co_return error_from(both.value().fetched, Doing::fetching, "UID FETCH");
    co_return std::move(both.value().selected);
}

Task<Result<OpenedWithChanges>> open_and_fetch_changes(Connection& connection, imap::MailboxName name, imap::SelectMode mode,
                                                       imap::ModSeq since, std::string items, FetchVisitor visit) {
    const bool with_vanished = connection.has_qresync();
    FetchRequest changes("1:*", std::move(items), changed_since(since, with_vanished));
    auto both = co_await open_and_fetch(connection, std::move(name), mode, std::move(changes), std::move(visit));
    if (!both.ok()) co_return std::move(both).error();
    OpenedWithChanges opened;
    opened.selected = std::move(both.value().selected);
    if (both.value().fetched.kind == imap::StatusKind::ok || opened.selected.exists == 0)
        opened.vanished = std::move(both.value().vanished);
    co_return opened;
}

}  // namespace mailhaul::client
