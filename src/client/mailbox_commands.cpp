// SPDX-License-Identifier: Apache-2.0
#include "client/mailbox_commands.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

namespace mailhaul::client {
namespace {

constexpr std::size_t set_octets = 900;  // one command stays under 1000 octets, which every server takes

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

/// Passes FETCH responses on.
class FetchSink : public DataSink {
public:
    explicit FetchSink(FetchVisitor visit) : visit_(std::move(visit)) {}
    void on_response(imap::Response&& response) override {
        if (auto* fetch = std::get_if<imap::FetchResponse>(&response)) {
            if (fetch->uid) visit_(std::move(*fetch));
        } else if (const auto* odd = std::get_if<imap::UnreadableResponse>(&response)) {
            unreadable = odd->reason + ": " + odd->raw;
        }
    }
    std::string unreadable;

private:
    FetchVisitor visit_;
};

/// Hears a SELECT and the listing that follows it at once. What is said of the mailbox after it is open is news, and was
/// not there to be listed.
class OpeningSink : public DataSink {
public:
    OpeningSink(const Connection& connection, imap::CommandId opening, FetchVisitor visit)
        : connection_(connection), opening_(opening), messages_(std::move(visit)) {}
    void on_response(imap::Response&& response) override {
        DataSink& hears_it = is_open_ ? static_cast<DataSink&>(messages_) : mailbox_;
        hears_it.on_response(std::move(response));
    }
    void on_answer() override { is_open_ = is_open_ || connection_.has_answer(opening_); }
    imap::SelectedMailbox opened(imap::MailboxName name, const imap::StatusResponse& answer) {
        mailbox_.note_code(answer);
        mailbox_.selected.name = std::move(name);
        return std::move(mailbox_.selected);
    }
    [[nodiscard]] const std::string& unreadable() const { return messages_.unreadable; }

private:
    const Connection& connection_;
    imap::CommandId opening_;
    SelectSink mailbox_;
    FetchSink messages_;
    bool is_open_ = false;
};

class BodiesSink : public DataSink {
public:
    explicit BodiesSink(BodyVisitor visit) : visit_(std::move(visit)) {}
    void on_body_begin(const imap::BodyBegin& begin) override { visit_.begin(begin); }
    void on_body_data(std::string_view octets) override { visit_.data(octets); }
    void on_response(imap::Response&& response) override {
        const auto* fetch = std::get_if<imap::FetchResponse>(&response);
        if (fetch == nullptr || !fetch->uid) return;
        for (const imap::BodySection& section : fetch->sections) {
            if (!section.section.empty() || section.nil) continue;
            if (!section.streamed) {  // came as a quoted string
                visit_.begin(imap::BodyBegin{fetch->seq, fetch->uid, std::nullopt, Octets{section.text.size()}});
                visit_.data(section.text);
            }
            visit_.end(*fetch->uid);
        }
    }

private:
    BodyVisitor visit_;
};

/// Waits for every answer, also behind a refusal, so that none is left to come; the first trouble is returned, a lost
/// connection before any refusal.
Task<Result<void>> await_all(Connection& connection, std::vector<imap::CommandId> asked, Doing doing, const char* what) {
    std::optional<Error> trouble;
    for (const imap::CommandId id : asked) {
        auto answer = co_await connection.answer_to(id);
        if (!answer.ok()) {
            trouble = std::move(answer).error();
        } else if (answer.value().kind != imap::StatusKind::ok && !trouble) {
            trouble = error_from(answer.value(), doing, what);
        }
    }
    if (trouble) co_return std::move(*trouble);
    co_return Result<void>{};
}

std::vector<FetchRequest> same_of_all(std::vector<std::string> sets, const std::string& items) {
    std::vector<FetchRequest> requests;
    requests.reserve(sets.size());
    for (std::string& set : sets) requests.emplace_back(std::move(set), items);
    return requests;
}

/// Sends all requests at once and waits for all; the first trouble is returned.
Task<Result<void>> fetch_all(Connection& connection, std::vector<FetchRequest> requests) {
    std::vector<imap::CommandId> asked;
    for (const FetchRequest& one : requests)
        asked.push_back(connection.submit(imap::uid_fetch_command(one.set, one.items, one.modifiers)));
    co_return co_await await_all(connection, std::move(asked), Doing::listing, "UID FETCH");
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
    const imap::CommandId opening = connection.submit(imap::select_command(name, mode, "", connection.literal_mode()));
    OpeningSink sink(connection, opening, std::move(visit));
    const Listening listening(connection, sink);
    imap::Command list = imap::uid_fetch_command("1:*", items, "");
    list.follows_select = true;
    const imap::CommandId listing = connection.submit(std::move(list));
    auto opened = co_await connection.answer_to(opening);
    auto listed = co_await connection.answer_to(listing);
    if (!opened.ok()) co_return std::move(opened).error();
    if (opened.value().kind != imap::StatusKind::ok) co_return error_from(opened.value(), Doing::opening, "SELECT");
    if (!listed.ok()) co_return std::move(listed).error();
    imap::SelectedMailbox selected = sink.opened(std::move(name), opened.value());
    if (selected.exists > 0 && listed.value().kind != imap::StatusKind::ok)
        co_return error_from(listed.value(), Doing::fetching, "UID FETCH");
    if (!sink.unreadable().empty())
        co_return Error{Errc::bad_response, Scope::mailbox, Retry::now,
                        "part of the message listing cannot be read, so it is not complete: " + sink.unreadable()};
    co_return selected;
}

bool says_already_exists(const imap::StatusResponse& status) {
    return status.code_name() == "ALREADYEXISTS" || status.text.find("already exists") != std::string::npos;
}

Task<Result<void>> create_mailbox(Connection& connection, imap::MailboxName name, std::optional<imap::SpecialUse> use) {
    if (!connection.capabilities().has("CREATE-SPECIAL-USE")) use.reset();
    auto answer = co_await connection.answer_to(connection.submit(imap::create_command(name, use, connection.literal_mode())));
    if (!answer.ok()) co_return std::move(answer).error();
    if (answer.value().kind != imap::StatusKind::ok && use) {
        answer = co_await connection.answer_to(
            connection.submit(imap::create_command(name, std::nullopt, connection.literal_mode())));
        if (!answer.ok()) co_return std::move(answer).error();
    }
    const imap::StatusResponse& status = answer.value();
    if (status.kind == imap::StatusKind::ok || says_already_exists(status)) co_return Result<void>{};
    co_return error_from(status, Doing::creating, "CREATE");
}

Task<Result<void>> subscribe_mailbox(Connection& connection, imap::MailboxName name) {
    auto answer = co_await connection.run(imap::subscribe_command(name, connection.literal_mode()), Doing::changing);
    if (!answer.ok()) co_return std::move(answer).error();
    co_return Result<void>{};
}

Task<Result<void>> unsubscribe_mailbox(Connection& connection, imap::MailboxName name) {
    auto answer = co_await connection.run(imap::unsubscribe_command(name, connection.literal_mode()), Doing::changing);
    if (!answer.ok()) co_return std::move(answer).error();
    co_return Result<void>{};
}

Task<Result<void>> delete_mailbox(Connection& connection, imap::MailboxName name) {
    auto answer = co_await connection.answer_to(connection.submit(imap::delete_command(name, connection.literal_mode())));
    if (!answer.ok()) co_return std::move(answer).error();
    if (answer.value().kind == imap::StatusKind::ok) co_return Result<void>{};
    co_return error_from(answer.value(), Doing::creating, "DELETE");
}

Task<Result<void>> rename_mailbox(Connection& connection, imap::MailboxName from, imap::MailboxName to) {
    auto answer = co_await connection.answer_to(connection.submit(imap::rename_command(from, to, connection.literal_mode())));
    if (!answer.ok()) co_return std::move(answer).error();
    if (answer.value().kind == imap::StatusKind::ok) co_return Result<void>{};
    co_return error_from(answer.value(), Doing::creating, "RENAME");
}

Task<Result<void>> fetch_items(Connection& connection, std::vector<std::string> sets, std::string items, FetchVisitor visit) {
    auto requests = same_of_all(std::move(sets), items);
    co_return co_await fetch_items(connection, std::move(requests), std::move(visit));
}

Task<Result<void>> fetch_items(Connection& connection, std::vector<FetchRequest> requests, FetchVisitor visit) {
    FetchSink sink(std::move(visit));
    const Listening listening(connection, sink);
    auto fetched = co_await fetch_all(connection, std::move(requests));
    if (!fetched.ok()) co_return std::move(fetched).error();
    if (!sink.unreadable.empty())
        co_return Error{Errc::bad_response, Scope::mailbox, Retry::now,
                        "part of the message listing cannot be read, so it is not complete: " + sink.unreadable};
    co_return Result<void>{};
}

Task<Result<imap::UidSet>> list_uids(Connection& connection) { co_return co_await search_uids(connection, "ALL"); }

Task<Result<imap::UidSet>> search_uids(Connection& connection, std::string criteria) {
    struct UidSink : DataSink {
        void on_response(imap::Response&& response) override {
            if (auto* ranges = std::get_if<imap::ESearchResponse>(&response)) uids = std::move(ranges->all), answered = true;
            if (const auto* list = std::get_if<imap::SearchResponse>(&response)) {
                std::vector<imap::UidSet::Range> singles;
                for (const std::uint32_t number : list->numbers) singles.push_back({imap::Uid{number}, imap::Uid{number}});
                uids = imap::UidSet::from_ranges(std::move(singles));
                answered = true;
            }
        }
        imap::UidSet uids;
        bool answered = false;
    } sink;
    const Listening listening(connection, sink);
    const char* returns = connection.capabilities().has("ESEARCH") ? "ALL" : "";
    auto searched = co_await connection.run(imap::uid_search_command(returns, criteria), Doing::listing);
    if (!searched.ok()) co_return std::move(searched).error();
    if (!sink.answered)
        co_return Error{Errc::bad_response, Scope::mailbox, Retry::now,
                        "the server answered UID SEARCH with OK and no result, which is not taken for nothing found"};
    co_return std::move(sink.uids);
}

Task<Result<void>> fetch_bodies(Connection& connection, std::vector<std::string> sets, BodyVisitor visit) {
    BodiesSink sink(std::move(visit));
    const Listening listening(connection, sink);
    auto requests = same_of_all(std::move(sets), "(UID BODY.PEEK[])");
    co_return co_await fetch_all(connection, std::move(requests));
}

Task<Result<void>> store_flags(Connection& connection, const imap::UidSet& uids, imap::StoreMode mode, imap::FlagSet flags) {
    std::vector<imap::CommandId> asked;
    for (const imap::UidSet& part : uids.split(set_octets))
        asked.push_back(connection.submit(imap::uid_store_command(part.to_string(), mode, flags)));
    co_return co_await await_all(connection, std::move(asked), Doing::changing, "UID STORE");
}

Task<Result<bool>> remove_messages(Connection& connection, const imap::UidSet& uids) {
    if (uids.empty()) co_return true;
    const bool by_uid = connection.capabilities().has("UIDPLUS");
    bool others_marked = false;
    if (!by_uid) {
        auto watch = [&](imap::FetchResponse&& fetch) {
            if (fetch.flags && fetch.flags->contains("\\Deleted") && !uids.contains(*fetch.uid)) others_marked = true;
        };
        std::vector<std::string> everything{"1:*"};
        auto looked = co_await fetch_items(connection, std::move(everything), "(UID FLAGS)", std::move(watch));
        if (!looked.ok()) co_return std::move(looked).error();
    }
    if (others_marked) co_return false;
    auto marked = co_await store_flags(connection, uids, imap::StoreMode::add, imap::FlagSet{"\\Deleted"});
    if (!marked.ok()) co_return std::move(marked).error();
    if (!by_uid) {
        auto gone = co_await connection.run(imap::expunge_command(), Doing::changing);
        if (!gone.ok()) co_return std::move(gone).error();
        co_return true;
    }
    for (const imap::UidSet& part : uids.split(set_octets)) {
        auto gone = co_await connection.run(imap::uid_expunge_command(part.to_string()), Doing::changing);
        if (!gone.ok()) co_return std::move(gone).error();
    }
    co_return true;
}

bool can_move_messages(const Connection& connection) {
    return connection.capabilities().has("MOVE") || connection.capabilities().has("UIDPLUS");
}

Task<Result<void>> move_messages(Connection& connection, const imap::UidSet& uids, imap::MailboxName to) {
    const bool moves = connection.capabilities().has("MOVE");
    const imap::LiteralMode literals = connection.literal_mode();
    for (const imap::UidSet& part : uids.split(set_octets)) {
        const std::string set = part.to_string();
        imap::Command command = moves ? imap::uid_move_command(set, to, literals) : imap::uid_copy_command(set, to, literals);
        auto done = co_await connection.run(std::move(command), Doing::changing);
        if (!done.ok()) co_return std::move(done).error();
    }
    if (moves) co_return Result<void>{};
    auto removed = co_await remove_messages(connection, uids);
    if (!removed.ok()) co_return std::move(removed).error();
    co_return Result<void>{};
}

}  // namespace mailhaul::client
