// SPDX-License-Identifier: Apache-2.0
#include "client/mailbox_commands.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "client/fetch_sink.hpp"

namespace mailhaul::client {
namespace {

constexpr std::size_t set_octets = 900;  // one command stays under 1000 octets, which every server takes

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
    MH_CO_TRY_VOID(sink.complete("the message listing"));
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

Task<Result<void>> store_flags(Connection& connection, std::vector<StoreRequest> requests) {
    std::vector<imap::CommandId> asked;
    for (const StoreRequest& request : requests)
        for (const imap::UidSet& part : request.uids.split(set_octets))
            asked.push_back(connection.submit(imap::uid_store_command(part.to_string(), request.mode, request.flags)));
    co_return co_await await_all(connection, std::move(asked), Doing::changing, "UID STORE");
}

Task<Result<void>> store_flags(Connection& connection, imap::UidSet uids, imap::StoreMode mode, imap::FlagSet flags) {
    std::vector<StoreRequest> one;
    one.push_back({mode, std::move(flags), std::move(uids)});
    co_return co_await store_flags(connection, std::move(one));
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
