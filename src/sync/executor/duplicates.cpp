// SPDX-License-Identifier: Apache-2.0
// Second copies on the destination: which there are, and whether so many may go.
#include <algorithm>
#include <utility>

#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/read_shapes.hpp"
#include "sync/executor/uid_sets.hpp"
#include "sync/planner/duplicates.hpp"
#include "sync/planner/guard_rails.hpp"

namespace mailhaul::sync {
/// What is to be deleted as a stranger anyway is left to that.
Task<Result<void>> MailboxSync::plan_duplicates() {
    if (!run_.rules.delete_duplicates || run_.rules.delete_destination || work_.shares_destination) co_return Result<void>{};
    const std::vector<imap::Uid>& strangers = matches_.only_destination;
    std::map<imap::Uid, message::Sha256> octets;
    for (const std::string& set : wire_sets(duplicate_candidates(to_, strangers))) {
        std::vector<std::string> one{set};
        MH_CO_TRY(shapes, co_await read_shapes(destination_, std::move(one)));
        for (const auto& [uid, shape] : shapes) octets.emplace(uid, shape.octets);
    }
    plan_.duplicates = find_duplicates(octets, strangers);
    guard_duplicates();
    if (run_.dry_run) work_.report.deleted_on_destination += static_cast<std::uint32_t>(plan_.duplicates.size());
    co_return Result<void>{};
}

/// Each has its equal that stays, whoever put it there; only how many go in one run is judged.
void MailboxSync::guard_duplicates() {
    if (plan_.duplicates.empty()) return;
    const auto allowed_before =
        std::ranges::count_if(plan_.duplicates, [&](imap::Uid uid) { return work_.let_go.contains(uid); });
    DeletionFacts facts;
    facts.to_delete = plan_.duplicates.size();
    facts.on_destination = to_.messages.size();
    facts.on_source = from_.messages.size();
    facts.deleted_before = run_.let_go - static_cast<std::uint64_t>(allowed_before);
    const GuardVerdict verdict = judge_deletions(facts, run_.rules.guard);
    for (const Refusal& refusal : verdict.refusals)
        run_.warn("no second copies are deleted from \"" + imap::display_name(work_.report.destination.raw()) +
                  "\" on the destination: " + refusal.evidence + " (mailhaul sync " + refusal.option +
                  " deletes all the same)");
    if (!verdict.refusals.empty()) {
        work_.report.deletions_refused += static_cast<std::uint32_t>(plan_.duplicates.size());
        plan_.duplicates.clear();
        return;
    }
    work_.let_go.insert(plan_.duplicates.begin(), plan_.duplicates.end());
    run_.let_go = facts.deleted_before + facts.to_delete;
}

}  // namespace mailhaul::sync
