// SPDX-License-Identifier: Apache-2.0
// Deletions on the destination: brings what the guard rails look at, and drops from the plan what they refuse.
#include <algorithm>
#include <utility>

#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/planner/guard_rails.hpp"

namespace mailhaul::sync {

/// A refusal costs the deletions of this mailbox and nothing else: what is to copy is copied.
Result<void> MailboxSync::guard_deletions() {
    work_.report.deletions_refused = 0;
    if (plan_.delete_destination.empty()) return {};
    MH_TRY(earlier, earlier_copies());
    DeletionFacts facts = deletion_facts(from_, to_, view_, matches_, plan_, std::move(earlier), run_.rules.flags);
    const auto allowed_before =
        std::ranges::count_if(plan_.delete_destination, [&](imap::Uid uid) { return work_.let_go.contains(uid); });
    facts.deleted_before = run_.let_go - static_cast<std::uint64_t>(allowed_before);
    const GuardVerdict verdict = judge_deletions(facts, run_.rules.guard);

    const std::string there = "\"" + imap::display_name(work_.report.destination.raw()) + "\" on the destination";
    for (const Refusal& refusal : verdict.refusals)
        run_.warn("nothing is deleted from " + there + ": " + refusal.evidence + " (mailhaul sync " + refusal.option +
                  " deletes all the same)");
    if (!verdict.refusals.empty()) {
        work_.report.deletions_refused = static_cast<std::uint32_t>(plan_.delete_destination.size());
        plan_.delete_destination.clear();
        return {};
    }
    const std::string told = spell_messages(facts.to_delete) + " to delete from " + there + " as told, although: ";
    for (std::string words : verdict.warnings) run_.warn(words.insert(0, told));
    work_.let_go.insert(plan_.delete_destination.begin(), plan_.delete_destination.end());
    run_.let_go = facts.deleted_before + facts.to_delete;
    return {};
}

/// What earlier runs put or found here while the source mailbox had another UIDVALIDITY: ours still, and the only
/// witness where the source made its mailbox anew.
Result<std::vector<imap::Uid>> MailboxSync::earlier_copies() const {
    std::vector<imap::Uid> copies;
    if (!pair_) return copies;
    MH_TRY(pairs, run_.ledger.pairs());
    for (const store::PairKey& pair : pairs) {
        const bool is_earlier = pair.source.name == pair_->source.name && pair.destination == pair_->destination &&
                                pair.source.uid_validity != pair_->source.uid_validity;
        if (!is_earlier) continue;
        MH_TRY(entries, run_.ledger.entries(pair));
        for (const store::Entry& entry : entries) copies.push_back(entry.destination);
    }
    return copies;
}

}  // namespace mailhaul::sync
