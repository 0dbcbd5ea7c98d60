// SPDX-License-Identifier: Apache-2.0
#include "client/changes.hpp"

#include <string>
#include <utility>

#include "client/fetch_sink.hpp"

namespace mailhaul::client {
std::string changed_since(imap::ModSeq since, bool with_vanished) {
    return "(CHANGEDSINCE " + std::to_string(since.value()) + (with_vanished ? " VANISHED)" : ")");
}

Task<Result<imap::UidSet>> fetch_changes(Connection& connection, imap::ModSeq since, std::string items, FetchVisitor visit) {
    FetchSink sink(std::move(visit));
    const Listening listening(connection, sink);
    if (connection.has_qresync()) {
        auto answer =
            co_await connection.run(imap::uid_fetch_command("1:*", items, changed_since(since, true)), Doing::listing);
        if (!answer.ok() && answer.error().code != Errc::command_rejected) co_return std::move(answer).error();
        if (!answer.ok()) connection.note_qresync(false);  // not in spite of its promise
    }
    if (!connection.has_qresync()) {
        auto answer = co_await connection.run(imap::uid_fetch_command("1:*", items, changed_since(since, false)), Doing::listing);
        if (!answer.ok()) co_return std::move(answer).error();
    }
    MH_CO_TRY_VOID(sink.complete("what changed"));
    co_return sink.vanished();
}

}  // namespace mailhaul::client
