// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/observe_changes.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "client/changes.hpp"
#include "client/mailbox_commands.hpp"
#include "sync/executor/observe.hpp"
#include "sync/planner/plan.hpp"

namespace mailhaul::sync {
namespace {

using Rows = std::map<imap::Uid, Changes::Row>;

constexpr const char* row_items = "(UID FLAGS RFC822.SIZE)";

client::FetchVisitor keep_in(Rows& rows) {
    return [&rows](imap::FetchResponse&& fetch) {
        if (!fetch.flags) return;
        Changes::Row& row = rows[*fetch.uid];
        row.flags = std::move(*fetch.flags);
        if (fetch.size) row.size = *fetch.size;
    };
}

Task<Result<Rows>> fetch_rows(client::Connection& connection, std::vector<client::FetchRequest> requests) {
    Rows rows;
    auto fetched = co_await client::fetch_items(connection, std::move(requests), keep_in(rows));
    if (!fetched.ok()) co_return std::move(fetched).error();
    co_return rows;
}

Task<Result<Changes>> fetch_changes(client::Connection& connection, std::uint32_t exists, imap::ModSeq since) {
    Changes changes;
    if (exists == 0) co_return changes;
    auto vanished = co_await client::fetch_changes(connection, since, row_items, keep_in(changes.rows));
    if (!vanished.ok()) co_return std::move(vanished).error();
    changes.vanished = std::move(vanished).value();
    co_return changes;
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

Changes::Row row_of(imap::FlagSet flags) {
    Changes::Row row;
    row.flags = std::move(flags);
    return row;
}

struct Present {
    std::optional<imap::UidSet> uids;  ///< empty: exactly the copies the ledger knows
    Rows rows;                         ///< of some of them, read on the way
    bool is_untouched = false;         ///< their flags are what they were when nothing was left to do
};

/// By what vanished where the server tells it, in proportion to the change; believed where the sum is right.
Task<Result<Present>> look_at_destination(client::Connection& connection, const imap::SelectedMailbox& selected,
                                          const std::vector<store::Entry>& entries, const store::Settled& then) {
    Present found;
    const bool is_as_left =
        selected.exists == entries.size() && selected.uid_next && selected.uid_next == then.destination_uid_next;
    if (!is_as_left && connection.has_qresync() && selected.highest_mod_seq && then.destination_mod_seq) {
        MH_CO_TRY(seen, co_await fetch_changes(connection, selected.exists, *then.destination_mod_seq));
        std::vector<imap::UidSet::Range> there;
        for (const store::Entry& entry : entries)
            if (!seen.vanished.contains(entry.destination)) there.push_back({entry.destination, entry.destination});
        for (const auto& [uid, row] : seen.rows)
            if (!seen.vanished.contains(uid)) there.push_back({uid, uid});
        imap::UidSet uids = imap::UidSet::from_ranges(std::move(there));
        if (uids.size() == selected.exists) {
            found.uids = std::move(uids);
            found.rows = std::move(seen.rows);
            co_return found;
        }
    }
    found.is_untouched = is_as_left && selected.highest_mod_seq && selected.highest_mod_seq == then.destination_mod_seq;
    MH_CO_TRY(uids, co_await uids_unless(is_as_left, connection, selected.exists));
    found.uids = std::move(uids);
    co_return found;
}

std::vector<client::FetchRequest> requests_for(const imap::UidSet& uids, const char* items) {
    constexpr std::size_t set_octets = 900;
    std::vector<client::FetchRequest> requests;
    for (const imap::UidSet& part : uids.split(set_octets)) requests.emplace_back(part.to_string(), items);
    return requests;
}

}  // namespace

bool are_changes_enough(const Rules& rules) {
    return !(rules.delete_source || rules.delete_destination || rules.delete_duplicates || rules.restore_removed ||
             rules.max_size || rules.min_size || rules.newer_than || rules.older_than || rules.flags == FlagMode::exact ||
             !rules.flag_rewrites.empty());  // the ledger holds flags as rewritten, and they would be once more
}

bool can_observe_changes(const imap::SelectedMailbox& source, const std::optional<store::Settled>& then, const Rules& rules) {
    return then && then->source_mod_seq && source.highest_mod_seq && are_changes_enough(rules);
}

Task<Result<OpenedWithChanges>> open_and_list_changes(client::Connection& connection, imap::MailboxName name,
                                                      imap::SelectMode mode, imap::ModSeq since) {
    Changes changes;
    auto opened =
        co_await client::open_and_fetch_changes(connection, std::move(name), mode, since, row_items, keep_in(changes.rows));
    if (!opened.ok()) co_return std::move(opened).error();
    OpenedWithChanges both;
    both.selected = std::move(opened.value().selected);
    if (opened.value().vanished) {
        changes.vanished = std::move(*opened.value().vanished);
        both.changes = std::move(changes);
    }
    co_return both;
}

Task<Result<Snapshot>> list_source_changes(client::Connection& connection, imap::SelectedMailbox selected,
                                           const std::vector<store::Entry>& entries, imap::ModSeq since,
                                           std::optional<Changes> known) {
    if (!known) {
        MH_CO_TRY(asked, co_await fetch_changes(connection, selected.exists, since));
        known = std::move(asked);
    }
    const Changes& seen = *known;
    for (const auto& [uid, row] : seen.rows)  // a server may call vanished what it lists in the same breath
        if (seen.vanished.contains(uid)) co_return co_await list_messages(connection, std::move(selected), ListDates::no);
    const Rows& changed = seen.rows;
    std::vector<imap::Uid> unchanged;
    for (const store::Entry& entry : entries)
        if (!changed.contains(entry.source) && !seen.vanished.contains(entry.source)) unchanged.push_back(entry.source);
    const bool adds_up = unchanged.size() + changed.size() == selected.exists;
    MH_CO_TRY(present, co_await uids_unless(adds_up, connection, selected.exists));

    Snapshot snapshot;
    snapshot.selected = std::move(selected);
    for (const store::Entry& entry : entries)
        if (std::ranges::binary_search(unchanged, entry.source) && (!present || present->contains(entry.source)))
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
    MH_CO_TRY(found, co_await look_at_destination(connection, selected, entries, then));
    const std::optional<imap::UidSet>& present = found.uids;

    imap::UidSet wanted;  // whose flags the plan looks at
    std::vector<imap::UidSet::Range> ours;
    for (const store::Entry& entry : entries) {
        ours.push_back({entry.destination, entry.destination});
        const ListedMessage* message = source.find(entry.source);
        const bool changed = message != nullptr && !(source.flags_of(*message) == entry.flags);
        if (!changed || (present && !present->contains(entry.destination)) || found.rows.contains(entry.destination)) continue;
        // A plan looks at them beside the ledger's, so what its user did before that does not matter.
        if (found.is_untouched) found.rows.insert_or_assign(entry.destination, row_of(storable_flags(entry.flags, selected)));
        else wanted.insert(entry.destination);
    }
    const imap::UidSet our_set = imap::UidSet::from_ranges(std::move(ours));
    if (present) {
        for (const auto& range : present->ranges())
            for (std::uint64_t uid = range.first.value(); uid <= range.last.value(); ++uid)
                if (const imap::Uid one{static_cast<std::uint32_t>(uid)}; !our_set.contains(one) && !found.rows.contains(one))
                    wanted.insert(one);
    }
    Rows rows = std::move(found.rows);
    if (!wanted.empty()) {
        MH_CO_TRY(fetched, co_await fetch_rows(connection, requests_for(wanted, row_items)));
        for (auto& [uid, row] : fetched)
            if (wanted.contains(uid)) rows.insert_or_assign(uid, std::move(row));
    }

    Snapshot snapshot;
    snapshot.selected = std::move(selected);
    for (const store::Entry& entry : entries)
        if (!rows.contains(entry.destination) && (!present || present->contains(entry.destination)))
            snapshot.add(entry.destination, imap::FlagSet{}, std::nullopt, Octets{});
    for (const auto& [uid, row] : rows)
        if (!present || present->contains(uid)) snapshot.add(uid, row.flags, std::nullopt, row.size);
    snapshot.finish();
    co_return snapshot;
}

}  // namespace mailhaul::sync
