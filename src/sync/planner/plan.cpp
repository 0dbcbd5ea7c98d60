// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/plan.hpp"

#include <algorithm>
#include <optional>

namespace mailhaul::sync {
namespace {

bool holds(const std::vector<imap::Uid>& ascending, imap::Uid uid) { return std::ranges::binary_search(ascending, uid); }

/// What must change on the destination so that `source` arrives; `base` is the source's flags at the last pass.
FlagChange change_flags(const imap::FlagSet& source, const imap::FlagSet& destination, const imap::FlagSet* base,
                        FlagMode mode) {
    FlagChange change;
    if (mode == FlagMode::exact) {
        change.add = source.minus(destination);
        change.remove = destination.minus(source);
    } else if (mode == FlagMode::three_way && base != nullptr) {
        change.add = source.minus(*base).minus(destination);
        change.remove = base->minus(source).intersected(destination);
    } else if (mode == FlagMode::three_way) {
        change.add = source.minus(destination);  // nothing known of the past: never take away what is there
    }
    return change;
}

class Planner {
public:
    Planner(const Snapshot& source, const Snapshot& destination, const Rules& rules)
        : source_(source), destination_(destination), rules_(rules) {}

    /// `entry` is the ledger's, nullptr where it has none.
    void pair(imap::Uid source, imap::Uid destination, const store::Entry* entry) {
        const ListedMessage* from = source_.find(source);
        const ListedMessage* to = destination_.find(destination);
        if (from == nullptr || to == nullptr) return;
        const imap::FlagSet wanted = flags_to_give(source_.flags_of(*from), destination_.selected, rules_);
        FlagChange change =
            change_flags(wanted, destination_.flags_of(*to), entry == nullptr ? nullptr : &entry->flags, rules_.flags);
        // Where copied messages leave the source the mark is ours, from a run that broke before it expunged: the copy stays.
        if (rules_.delete_source) change.add.erase("\\Deleted");
        if (from->is_chosen && (!change.add.empty() || !change.remove.empty())) {
            change.source = source;
            change.destination = destination;
            plan.flags.push_back(std::move(change));
        }
        if (!may_leave_source(*from)) return;
        const bool was_repaired = entry != nullptr && entry->repair && !entry->repair->is_as_asked();
        (was_repaired ? plan.keep_repaired : plan.delete_source).push_back(source);
    }

    void unmatched(imap::Uid uid, bool is_duplicate) {
        const ListedMessage* message = source_.find(uid);
        if (message == nullptr) return;
        if (const auto reason = filter_reason(*message, rules_, true)) {
            plan.leave.emplace_back(uid, *reason);
        } else if (is_duplicate && !rules_.copy_source_duplicates) {
            plan.leave.emplace_back(uid, LeaveReason::duplicate);
        } else {
            plan.append.push_back(uid);
            if (rules_.filter_flags) note_lost_keywords(source_.flags_of(*message));
        }
    }

    void stranger(imap::Uid uid) {
        const ListedMessage* message = destination_.find(uid);
        if (rules_.delete_destination && message != nullptr && !filter_reason(*message, rules_, false))
            plan.delete_destination.push_back(uid);
    }

    SyncPlan plan;

private:
    bool may_leave_source(const ListedMessage& message) const {
        if (!rules_.delete_source || filter_reason(message, rules_, true)) return false;
        return !rules_.delete_only_marked || source_.flags_of(message).contains("\\Deleted");
    }

    void note_lost_keywords(const imap::FlagSet& flags) {
        for (const std::string& flag : flags.minus(storable_flags(flags, destination_.selected)))
            ++plan.keywords_not_kept[flag];
    }

    const Snapshot& source_;
    const Snapshot& destination_;
    const Rules& rules_;
};

}  // namespace

LedgerView compare_with_ledger(const Snapshot& source, const Snapshot& destination, std::vector<store::Entry> entries) {
    LedgerView view;
    std::vector<imap::Uid> known_destination;
    std::vector<imap::Uid> known_source;
    for (store::Entry& entry : entries) {
        const bool on_source = source.find(entry.source) != nullptr;
        const bool on_destination = destination.find(entry.destination) != nullptr;
        if (on_source) known_source.push_back(entry.source);
        if (on_destination) known_destination.push_back(entry.destination);
        if (on_source && on_destination) {
            view.pairs.push_back(std::move(entry));
        } else if (on_source) {
            view.removed.push_back(entry.source);
        } else {
            view.vanished.push_back(entry.source);
            if (on_destination) view.orphans.push_back(std::move(entry));
        }
    }
    std::ranges::sort(known_destination);
    for (const ListedMessage& message : source.messages)
        if (!holds(known_source, message.uid)) view.unknown_source.push_back(message.uid);
    for (const ListedMessage& message : destination.messages)
        if (!holds(known_destination, message.uid)) view.unknown_destination.push_back(message.uid);
    return view;
}

SyncPlan make_plan(const Snapshot& source, const Snapshot& destination, const LedgerView& view, const Matcher::Matches& matches,
                   const Rules& rules) {
    Planner planner(source, destination, rules);
    for (const store::Entry& entry : view.pairs) planner.pair(entry.source, entry.destination, &entry);
    for (const auto& [from, to] : matches.pairs) {
        planner.pair(from, to, nullptr);
        planner.plan.adopt.emplace_back(from, to);
    }
    for (const imap::Uid uid : matches.only_source) planner.unmatched(uid, holds(matches.source_duplicates, uid));
    for (const imap::Uid uid : view.removed) {
        if (rules.restore_removed) {
            planner.unmatched(uid, false);
        } else {
            planner.plan.leave.emplace_back(uid, LeaveReason::removed);
        }
    }
    for (const imap::Uid uid : matches.only_destination) planner.stranger(uid);
    for (const store::Entry& entry : view.orphans) planner.stranger(entry.destination);
    // An orphan stays in the ledger until it is deleted: it is ours, and what the source lost is counted by it.
    std::vector<imap::Uid> orphaned;
    for (const store::Entry& entry : view.orphans) orphaned.push_back(entry.source);
    std::ranges::sort(orphaned);
    for (const imap::Uid uid : view.vanished)
        if (!holds(orphaned, uid)) planner.plan.forget.push_back(uid);
    if (rules.delete_destination) std::ranges::sort(planner.plan.delete_destination);
    std::ranges::sort(planner.plan.append);
    std::ranges::sort(planner.plan.delete_source);
    return std::move(planner.plan);
}

imap::FlagSet storable_flags(const imap::FlagSet& wanted, const imap::SelectedMailbox& destination) {
    // No PERMANENTFLAGS, or an empty one, is no promise either way: try, and look afterwards.
    const auto& permanent = destination.permanent_flags;
    const bool anything = !permanent || permanent->empty() || permanent->contains("\\*");
    imap::FlagSet out;
    for (const std::string& flag : wanted)
        if (imap::is_sendable_flag(flag) && (anything || permanent->contains(flag))) out.insert(flag);
    return out;
}

imap::FlagSet flags_to_give(const imap::FlagSet& wanted, const imap::SelectedMailbox& destination, const Rules& rules) {
    if (rules.filter_flags) return storable_flags(wanted, destination);
    imap::FlagSet out;
    for (const std::string& flag : wanted)
        if (imap::is_sendable_flag(flag)) out.insert(flag);
    return out;
}

std::optional<LeaveReason> filter_reason(const ListedMessage& message, const Rules& rules, bool copying) {
    if (!message.is_chosen) return LeaveReason::not_chosen;
    if (copying && rules.max_size && message.size > rules.max_size->value()) return LeaveReason::too_large;
    if (copying && rules.min_size && message.size < rules.min_size->value()) return LeaveReason::too_small;
    if (!message.has_date) return std::nullopt;
    const bool too_old = rules.newer_than && message.date < *rules.newer_than;
    const bool too_new = rules.older_than && message.date >= *rules.older_than;
    if (rules.ages_are_union && rules.newer_than && rules.older_than)
        return too_old && too_new ? std::optional(LeaveReason::too_old) : std::nullopt;
    if (too_old) return LeaveReason::too_old;
    if (too_new) return LeaveReason::too_new;
    return std::nullopt;
}

}  // namespace mailhaul::sync
