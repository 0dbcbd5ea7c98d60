// SPDX-License-Identifier: Apache-2.0
#include "client/changes.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mailhaul::client {
namespace {

/// Hears VANISHED as well, with EARLIER and without: both are gone.
class ChangesSink : public DataSink {
public:
    explicit ChangesSink(FetchVisitor visit) : visit_(std::move(visit)) {}
    void on_response(imap::Response&& response) override {
        if (auto* fetch = std::get_if<imap::FetchResponse>(&response)) {
            if (fetch->uid) visit_(std::move(*fetch));
        } else if (const auto* gone = std::get_if<imap::VanishedResponse>(&response)) {
            const auto more = gone->uids.ranges();
            ranges_.insert(ranges_.end(), more.begin(), more.end());
        } else if (const auto* odd = std::get_if<imap::UnreadableResponse>(&response)) {
            unreadable = odd->reason + ": " + odd->raw;
        }
    }
    [[nodiscard]] imap::UidSet vanished() { return imap::UidSet::from_ranges(std::move(ranges_)); }
    std::string unreadable;

private:
    FetchVisitor visit_;
    std::vector<imap::UidSet::Range> ranges_;
};

}  // namespace

Task<Result<void>> enable_qresync(Connection& connection) {
    const bool can = connection.capabilities().has("QRESYNC") && connection.state() == imap::State::authenticated;
    if (!can || connection.has_qresync()) co_return Result<void>{};
    const std::vector<std::string> wanted{"QRESYNC"};
    auto answer = co_await connection.answer_to(connection.submit(imap::enable_command(wanted)));
    if (!answer.ok()) co_return std::move(answer).error();
    // The untagged ENABLED is left out by some and empty from others, so the OK counts.
    connection.note_qresync(answer.value().kind == imap::StatusKind::ok);
    co_return Result<void>{};
}

Task<Result<imap::UidSet>> fetch_changes(Connection& connection, imap::ModSeq since, std::string items, FetchVisitor visit) {
    ChangesSink sink(std::move(visit));
    const Listening listening(connection, sink);
    const std::string changed = "CHANGEDSINCE " + std::to_string(since.value());
    if (connection.has_qresync()) {
        auto answer =
            co_await connection.run(imap::uid_fetch_command("1:*", items, "(" + changed + " VANISHED)"), Doing::listing);
        if (!answer.ok() && answer.error().code != Errc::command_rejected) co_return std::move(answer).error();
        if (!answer.ok()) connection.note_qresync(false);  // not in spite of its promise
    }
    if (!connection.has_qresync()) {
        auto answer = co_await connection.run(imap::uid_fetch_command("1:*", items, "(" + changed + ")"), Doing::listing);
        if (!answer.ok()) co_return std::move(answer).error();
    }
    if (!sink.unreadable.empty())
        co_return Error{Errc::bad_response, Scope::mailbox, Retry::now,
                        "part of what changed cannot be read, so it is not complete: " + sink.unreadable};
    co_return sink.vanished();
}

}  // namespace mailhaul::client
