// SPDX-License-Identifier: Apache-2.0
// What another program says it copied (imapsync's cache): looked into on both servers before any of it is believed, since such
// a record may be of a folder that was made anew. docs/decisions/0029-imapsyncs-cache.md.
#include <algorithm>
#include <map>
#include <utility>

#include "async/task_scope.hpp"
#include "client/mailbox_commands.hpp"
#include "message/fingerprint.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/read_shapes.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::size_t batch_messages = 200;  // whose headers are held at once

using Pair = std::pair<imap::Uid, imap::Uid>;
using MessageIds = std::map<imap::Uid, message::Digest128>;

/// Of each message that has a Message-ID.
Task<Result<MessageIds>> message_ids_of(client::Connection& connection, imap::UidSet uids) {
    MessageIds found;
    auto keep = [&](imap::FetchResponse&& fetch) {
        for (const imap::BodySection& section : fetch.sections) {
            const auto known = message::identity_of_fields(section.text, message::IdentityRules());
            if (known.message_id) found.insert_or_assign(*fetch.uid, *known.message_id);
        }
    };
    auto read = co_await client::fetch_items(connection, wire_sets(uids), "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", keep);
    if (!read.ok()) co_return std::move(read).error();
    co_return found;
}

std::pair<imap::UidSet, imap::UidSet> both_ends(const std::vector<Pair>& pairs) {
    std::pair<imap::UidSet, imap::UidSet> ends;
    for (const auto& [source, destination] : pairs) {
        ends.first.insert(source);
        ends.second.insert(destination);
    }
    return ends;
}

}  // namespace

/// One Message-ID on both sides settles a pair. Where neither has any, equal sizes and then equal texts do. What is left is
/// recognised as if nobody had said anything.
Task<Result<void>> MailboxSync::confirm_claims() {
    if (!run_.claims || view_.unknown_source.empty() || view_.unknown_destination.empty()) co_return Result<void>{};
    MH_CO_TRY(claimed, run_.claims(work_.report.source, work_.report.destination));
    const auto holds = [](const std::vector<imap::Uid>& ascending, imap::Uid uid) {
        return std::ranges::binary_search(ascending, uid);
    };
    std::erase_if(claimed, [&](const Pair& pair) {
        return !holds(view_.unknown_source, pair.first) || !holds(view_.unknown_destination, pair.second);
    });
    if (claimed.empty()) co_return Result<void>{};

    const auto ends = both_ends(claimed);
    auto read = co_await both(message_ids_of(source_, ends.first), message_ids_of(destination_, ends.second));
    if (!read.first.ok()) co_return std::move(read.first).error().while_doing("reading headers on the source");
    if (!read.second.ok()) co_return std::move(read.second).error().while_doing("reading headers on the destination");
    std::vector<Pair> doubtful;
    std::size_t confirmed = 0;
    const auto confirm = [&](const Pair& pair) {
        matches_.pairs.push_back(pair);
        ++confirmed;
    };
    for (const Pair& pair : claimed) {
        const auto here = read.first->find(pair.first);
        const auto there = read.second->find(pair.second);
        const bool is_nameless = here == read.first->end() && there == read.second->end();
        const bool is_same = here != read.first->end() && there != read.second->end() && here->second == there->second;
        if (is_same) confirm(pair);
        else if (is_nameless && from_.find(pair.first)->size == to_.find(pair.second)->size) doubtful.push_back(pair);
    }
    for (std::size_t begin = 0; begin < doubtful.size(); begin += batch_messages) {
        const auto end = doubtful.begin() + static_cast<std::ptrdiff_t>(std::min(begin + batch_messages, doubtful.size()));
        const std::vector<Pair> batch(doubtful.begin() + static_cast<std::ptrdiff_t>(begin), end);
        const auto doubted = both_ends(batch);
        auto texts =
            co_await both(read_shapes(source_, wire_sets(doubted.first)), read_shapes(destination_, wire_sets(doubted.second)));
        MH_CO_TRY(from, std::move(texts.first));
        MH_CO_TRY(to, std::move(texts.second));
        for (const Pair& pair : batch) {
            const auto here = from.find(pair.first);
            const auto there = to.find(pair.second);
            if (here != from.end() && there != to.end() && here->second.octets == there->second.octets) confirm(pair);
        }
    }
    if (confirmed < claimed.size())
        run_.note(std::to_string(claimed.size() - confirmed) + " of " + std::to_string(claimed.size()) +
                  " pairs of messages that the cache names for " + name() +
                  " are not one message on both servers: recognised by their headers instead");
    std::ranges::sort(matches_.pairs);
    leave_out_matched();
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
