// SPDX-License-Identifier: Apache-2.0
// Mailboxes that need not be opened: found by the two listings before the work, remembered by a third after it.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "sync/executor/account_sync.hpp"
#include "sync/planner/settled.hpp"

namespace mailhaul::sync {
namespace {

using Counters = std::unordered_map<std::string, const imap::MailboxStatus*>;

Counters counters_of(const std::vector<client::ListedMailbox>& listing) {
    Counters counters;
    for (const client::ListedMailbox& listed : listing)
        if (listed.status) counters.emplace(listed.info.name.raw(), &*listed.status);
    return counters;
}

const imap::MailboxStatus* counters_for(const Counters& counters, const imap::MailboxName& name) {
    const auto found = counters.find(name.raw());
    return found == counters.end() || !found->second->uid_validity ? nullptr : found->second;
}

constexpr imap::UidValidity not_told_yet{0};  // nz-number: no mailbox has it (RFC 9051 section 9)

store::Settled empty_now(const imap::MailboxStatus& source) {
    store::Settled state;
    state.source_uid_next = source.uid_next;
    state.source_mod_seq = source.highest_mod_seq;
    state.source_messages = state.destination_messages = 0;
    return state;
}

/// True where neither side has anything nor ever had, as far as the ledger knows: opened, both would show just that. Most
/// accounts have several of these. `to` is empty where it is made in this run.
Result<bool> pass_over_empty(RunState& run, MailboxWork& work, const imap::MailboxStatus& from, const imap::MailboxStatus* to) {
    const bool is_there_empty = to == nullptr ? work.report.created : to->messages == 0U;
    if (!work.is_new || work.shares_destination || from.messages != 0U || !is_there_empty) return false;
    if (run.dry_run) return true;
    store::Settled state = empty_now(from);
    store::PairKey pair{{work.report.source, *from.uid_validity}, {work.report.destination, not_told_yet}};
    if (to == nullptr) {
        work.to_settle.emplace(std::move(pair), state);
        return true;
    }
    pair.destination.uid_validity = *to->uid_validity;
    state.destination_uid_next = to->uid_next;
    state.destination_mod_seq = to->highest_mod_seq;
    MH_TRY_VOID(run.ledger.record_settled(pair, state));
    return true;
}

}  // namespace

/// Marks as done what both listings show as the ledger remembers it.
Result<void> AccountSync::pass_over_settled() {
    if (run_.only_sizes) return {};  // for which each must be looked at
    const Counters source = counters_of(source_listing_);
    const Counters destination = counters_of(destination_listing_);
    // Only who opens a mailbox learns its MAILBOXID, by which a renamed one is known, though it be empty.
    const bool has_ids = first_lane_.source->capabilities().has("OBJECTID");
    for (std::size_t i = 0; i < work_.size(); ++i) {
        MailboxReport& report = work_[i].report;
        const imap::MailboxStatus* from = counters_for(source, report.source);
        const imap::MailboxStatus* to = counters_for(destination, report.destination);
        if (report.error || from == nullptr) continue;
        if (!has_ids) {
            MH_TRY(is_empty, pass_over_empty(run_, work_[i], *from, to));
            if (is_empty) settled_.insert(i);
        }
        if (settled_.contains(i) || report.created || to == nullptr) continue;
        const store::PairKey pair{{report.source, *from->uid_validity}, {report.destination, *to->uid_validity}};
        MH_TRY(then, run_.ledger.settled(pair));
        knows_the_past_ = knows_the_past_ || (then && then->source_mod_seq);
        if (then && then->source_mod_seq && are_changes_enough(run_.rules))
            work_[i].known_until.emplace(pair, *then->source_mod_seq);
        if (!then || !is_settled(*from, *to, *then, run_.rules)) continue;
        settled_.insert(i);
        report.source_messages = report.already = then->entries;
        run_.progress.messages_done += then->entries;
    }
    return {};
}

/// One more listing of the destination, where this run changed it: a mailbox that then holds what it must is settled.
/// Another's change in between makes other numbers, and the next pass looks again.
Task<Result<void>> AccountSync::record_settled_states() {
    const bool has_any = std::ranges::any_of(work_, [](const MailboxWork& work) { return work.to_settle.has_value(); });
    if (!has_any || (ended_ && !run_.allowance.is_closed()) || run_.stopping || !first_lane_.destination ||
        !first_lane_.destination->is_open())
        co_return Result<void>{};
    auto listing = co_await client::list_mailboxes(*first_lane_.destination);
    if (!listing.ok()) co_return std::move(listing).error();
    const Counters destination = counters_of(listing.value());
    for (MailboxWork& work : work_) {
        if (!work.to_settle || work.report.error) continue;
        auto& [pair, state] = *work.to_settle;
        const imap::MailboxStatus* now = counters_for(destination, pair.destination.name);
        if (now != nullptr && pair.destination.uid_validity == not_told_yet) {
            pair.destination.uid_validity = *now->uid_validity;
            state.destination_uid_next = now->uid_next;
        }
        const bool is_as_left = now != nullptr && *now->uid_validity == pair.destination.uid_validity &&
                                now->uid_next == state.destination_uid_next && now->messages == state.destination_messages;
        if (!is_as_left) continue;
        state.destination_mod_seq = now->highest_mod_seq;
        MH_CO_TRY_VOID(run_.ledger.record_settled(pair, state));
    }
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
