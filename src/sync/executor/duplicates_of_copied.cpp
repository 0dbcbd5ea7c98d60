// SPDX-License-Identifier: Apache-2.0
// Where equal messages of the source are copied once: what an earlier run left out as the duplicate of a message that has its
// copy since. The ledger knows only the latter, so both are compared again, by headers and text
// (docs/decisions/0012-duplicates-in-imapsync-mode.md). Of the messages that have copies only those are read whose Message-ID a
// new one has.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "message/message_id.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

using MessageIds = std::map<imap::Uid, std::uint64_t>;

/// As the ledger keeps them; without those that have none.
Task<Result<MessageIds>> read_message_ids(client::Connection& connection, imap::UidSet uids) {
    MessageIds found;
    auto keep = [&](imap::FetchResponse&& fetch) {
        for (const imap::BodySection& section : fetch.sections)
            if (const auto digest = message::message_id_digest(section.text)) found.insert_or_assign(*fetch.uid, *digest);
    };
    auto read = co_await client::fetch_items(connection, wire_sets(uids), "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", keep);
    if (!read.ok()) co_return std::move(read).error().while_doing("reading headers on the source");
    co_return found;
}

}  // namespace

/// Of what was recognised and never copied by us nobody has read it yet; once is enough.
Task<Result<void>> MailboxSync::learn_message_ids() {
    imap::UidSet unread;
    for (const store::Entry& entry : view_.pairs)
        if (!entry.message_id) unread.insert(entry.source);
    if (unread.empty()) co_return Result<void>{};
    MH_CO_TRY(found, co_await read_message_ids(source_, std::move(unread)));
    std::vector<store::Entry> learned;
    for (store::Entry& entry : view_.pairs) {
        const auto digest = found.find(entry.source);
        if (entry.message_id || digest == found.end()) continue;
        entry.message_id = digest->second;
        learned.push_back(entry);
    }
    if (!pair_ || run_.dry_run || learned.empty()) co_return Result<void>{};
    co_return run_.ledger.record(*pair_, learned);
}

Task<Result<void>> MailboxSync::find_duplicates_of_copied(MatcherOptions options) {
    std::vector<imap::Uid> unsure;
    std::ranges::set_difference(matches_.only_source, matches_.source_duplicates, std::back_inserter(unsure));
    if (unsure.empty() || (view_.pairs.empty() && matches_.pairs.empty())) co_return Result<void>{};
    MH_CO_TRY_VOID(co_await learn_message_ids());
    MH_CO_TRY(wanted, co_await read_message_ids(source_, uid_set(unsure)));
    std::set<std::uint64_t> digests;
    for (const auto& [uid, digest] : wanted) digests.insert(digest);
    std::vector<imap::Uid>& copied = options.have_copies;
    for (const store::Entry& entry : view_.pairs)
        if (!entry.message_id || digests.contains(*entry.message_id)) copied.push_back(entry.source);
    for (const auto& [source, destination] : matches_.pairs) copied.push_back(source);
    if (copied.empty()) co_return Result<void>{};
    std::ranges::sort(copied);
    std::vector<imap::Uid> sources;
    std::ranges::set_union(copied, unsure, std::back_inserter(sources));
    Matcher matcher(std::move(sources), {}, std::move(options));
    MH_CO_TRY_VOID(co_await recognise(source_, destination_, run_.rules.identity, matcher));
    const std::vector<imap::Uid> more = matcher.matches().source_duplicates;
    matches_.source_duplicates.insert(matches_.source_duplicates.end(), more.begin(), more.end());
    std::ranges::sort(matches_.source_duplicates);
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
