// SPDX-License-Identifier: Apache-2.0
// Guard rails: when a plan's deletions on the destination are refused although the rules allow them.
//
// Pure. Looks at one mailbox pair as it was listed and planned, and says what speaks against deleting, in words that name
// the evidence, and which option deletes all the same. Leaves out what the listing and the planner hold back anyway: a
// listing cut short is an error there, and a source message goes only after its copy. docs/decisions/0013-guard-rails.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/planner/plan.hpp"

namespace mailhaul::sync {

/// How many messages, and one of them for the operator to look at.
struct Sighting {
    Sighting() = default;
    std::uint64_t messages = 0;
    imap::Uid first;  ///< only where messages > 0

    void add(imap::Uid uid);
};

/// What one mailbox pair shows, as far as it matters to deletions on the destination. Counts are of messages.
struct DeletionFacts {
    DeletionFacts() = default;
    std::uint64_t to_delete = 0;       ///< from the destination, by the plan
    std::uint64_t deleted_before = 0;  ///< in this run, other mailboxes included
    std::uint64_t on_destination = 0;
    std::uint64_t on_source = 0;
    std::uint64_t recorded = 0;  ///< source messages with a copy by the ledger; zero on the first pass
    std::uint64_t lost = 0;      ///< of those recorded: not on the source any more
    Sighting strangers;          ///< destination UIDs that neither the source nor the ledger explains
    Sighting removed;            ///< source UIDs whose copy is gone from the destination
    Sighting reflagged;          ///< destination UIDs of copies whose flags somebody else changed
};

/// `earlier_copies` are the destination UIDs recorded while the source mailbox had another UIDVALIDITY, in any order.
/// `deleted_before` is left to the caller.
DeletionFacts deletion_facts(const Snapshot& source, const Snapshot& destination, const LedgerView& view,
                             const Matcher::Matches& matches, const SyncPlan& plan, std::vector<imap::Uid> earlier_copies,
                             FlagMode flags);

struct Refusal {
    std::string evidence;
    std::string option;  ///< of `mailhaul sync`, with its value; deletes all the same
};

struct GuardVerdict {
    std::vector<Refusal> refusals;      ///< empty: the deletions may go ahead
    std::vector<std::string> warnings;  ///< evidence that refuses nothing under these rules
};

/// A plan that deletes nothing gives an empty verdict.
GuardVerdict judge_deletions(const DeletionFacts& facts, const GuardRules& rules);

}  // namespace mailhaul::sync
