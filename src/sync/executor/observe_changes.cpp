// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/observe_changes.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "sync/executor/observe.hpp"

namespace mailhaul::sync {
namespace {

struct Row {
    imap::FlagSet flags;
    Octets size;
};
using Rows = std::map<imap::Uid, Row>;

Task<Result<Rows>> fetch_rows(client::Connection& connection, std::vector<client::FetchRequest> requests) {
    Rows rows;
    auto keep = [&](imap::FetchResponse&& fetch) {
        if (!fetch.flags) return;
        Row& row = rows[*fetch.uid];
        row.flags = std::move(*fetch.flags);
        if (fetch.size) row.size = *fetch.size;
    };
    auto fetched = co_await client::fetch_items(connection, std::move(requests), std::move(keep));
    if (!fetched.ok()) co_return std::move(fetched).error();
    co_return rows;
}

/// What is there, where counting alone does not tell. A server that names many more than it promised is not believed: a
/// range costs it nothing and us a walk along it.
Task<Result<std::optional<imap::UidSet>>> uids_unless(bool known, client::Connection& connection, std::uint32_t exists) {
    constexpr std::uint64_t arrived_meanwhile = 10'000;
    if (known) co_return std::optional<imap::UidSet>{};
    auto uids = co_await client::list_uids(connection);
    if (!uids.ok()) co_return std::move(uids).error();
    if (uids.value().size() > exists + arrived_meanwhile)
        co_return Error{Errc::bad_response, Scope::mailbox, Retry::now,
                        "the server promised " + spell_messages(exists) + " and finds " + std::to_string(uids.value().size())};
    co_return std::optional(std::move(uids).value());
}

std::vector<client::FetchRequest> requests_for(const imap::UidSet& uids, const char* items) {
    constexpr std::size_t set_octets = 900;
    std::vector<client::FetchRequest> requests;
    for (const imap::UidSet& part : uids.split(set_octets)) requests.emplace_back(part.to_string(), items);
    return requests;
}

}  // namespace

bool can_observe_changes(const imap::SelectedMailbox& source, const std::optional<store::Settled>& then, const Rules& rules) {
    const bool looks_at_more = rules.delete_source || rules.delete_destination || rules.restore_removed || rules.max_size ||
                               rules.min_size || rules.newer_than || rules.older_than || rules.flags == FlagMode::exact;
    return then && then->source_mod_seq && source.highest_mod_seq && !looks_at_more;
}

Task<Result<Snapshot>> list_source_changes(client::Connection& connection, imap::SelectedMailbox selected,
                                           const std::vector<store::Entry>& entries, imap::ModSeq since) {
    std::vector<client::FetchRequest> requests;
    requests.emplace_back("1:*", "(UID FLAGS RFC822.SIZE)", "(CHANGEDSINCE " + std::to_string(since.value()) + ")");
    Rows changed;
    if (selected.exists > 0) {
        MH_CO_TRY(rows, co_await fetch_rows(connection, std::move(requests)));
        changed = std::move(rows);
    }
    std::size_t known = entries.size();
    for (const store::Entry& entry : entries) known -= changed.contains(entry.source) ? 1 : 0;
    MH_CO_TRY(present, co_await uids_unless(known + changed.size() == selected.exists, connection, selected.exists));

    Snapshot snapshot;
    snapshot.selected = std::move(selected);
    for (const store::Entry& entry : entries)
        if (!changed.contains(entry.source) && (!present || present->contains(entry.source)))
            snapshot.add(entry.source, entry.flags, std::nullopt, Octets{});
    for (const auto& [uid, row] : changed)
        if (!present || present->contains(uid)) snapshot.add(uid, row.flags, std::nullopt, row.size);
    snapshot.finish();
    if (snapshot.messages.size() < snapshot.selected.exists)  // the past is not what we think it is: look at everything
        co_return co_await list_messages(connection, std::move(snapshot.selected), ListDates::no);
    co_return snapshot;
}

Task<Result<Snapshot>> list_destination_changes(client::Connection& connection, imap::SelectedMailbox selected,
                                                const std::vector<store::Entry>& entries, const store::Settled& then,
                                                const Snapshot& source) {
    const bool is_as_left =
        selected.exists == entries.size() && selected.uid_next && selected.uid_next == then.destination_uid_next;
    MH_CO_TRY(present, co_await uids_unless(is_as_left, connection, selected.exists));

    imap::UidSet wanted;  // whose flags the plan looks at
    std::vector<imap::UidSet::Range> ours;
    for (const store::Entry& entry : entries) {
        ours.push_back({entry.destination, entry.destination});
        const ListedMessage* message = source.find(entry.source);
        const bool changed = message != nullptr && !(source.flags_of(*message) == entry.flags);
        if (changed && (!present || present->contains(entry.destination))) wanted.insert(entry.destination);
    }
    const imap::UidSet our_set = imap::UidSet::from_ranges(std::move(ours));
    if (present) {
        for (const auto& range : present->ranges())
            for (std::uint64_t uid = range.first.value(); uid <= range.last.value(); ++uid)
                if (!our_set.contains(imap::Uid{static_cast<std::uint32_t>(uid)}))
                    wanted.insert(imap::Uid{static_cast<std::uint32_t>(uid)});
    }
    Rows rows;
    if (!wanted.empty()) {
        MH_CO_TRY(fetched, co_await fetch_rows(connection, requests_for(wanted, "(UID FLAGS RFC822.SIZE)")));
        rows = std::move(fetched);
    }

    Snapshot snapshot;
    snapshot.selected = std::move(selected);
    for (const store::Entry& entry : entries)
        if (!rows.contains(entry.destination) && (!present || present->contains(entry.destination)))
            snapshot.add(entry.destination, imap::FlagSet{}, std::nullopt, Octets{});
    for (const auto& [uid, row] : rows)
        if (wanted.contains(uid)) snapshot.add(uid, row.flags, std::nullopt, row.size);
    snapshot.finish();
    co_return snapshot;
}

}  // namespace mailhaul::sync
