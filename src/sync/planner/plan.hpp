// SPDX-License-Identifier: Apache-2.0
// SyncPlan: everything that will be done to one mailbox pair, decided before anything is done. Plain data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "store/ledger.hpp"
#include "sync/planner/matcher.hpp"
#include "sync/planner/rules.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

/// What the ledger and both listings say together, before any evidence is asked for.
struct LedgerView {
    std::vector<store::Entry> pairs;             ///< in the ledger and on both sides
    std::vector<imap::Uid> removed;              ///< source UIDs whose copy is gone from the destination
    std::vector<imap::Uid> vanished;             ///< source UIDs in the ledger and no longer on the source
    std::vector<store::Entry> orphans;           ///< on the destination, gone from the source
    std::vector<imap::Uid> unknown_source;       ///< what the ledger does not know; ascending
    std::vector<imap::Uid> unknown_destination;  ///< ascending
};

/// `entries` ascending by source UID; they are many, so they are moved into the view.
LedgerView compare_with_ledger(const Snapshot& source, const Snapshot& destination, std::vector<store::Entry> entries);

struct FlagChange {
    imap::Uid source;
    imap::Uid destination;
    imap::FlagSet add;
    imap::FlagSet remove;
};

/// Why a source message is not copied.
enum class LeaveReason : std::uint8_t {
    not_chosen,       ///< the operator's search does not find it
    too_small,  ///< --min-size
    too_large,  ///< --max-size
    too_old,    ///< --newer-than
    too_new,    ///< --older-than
    duplicate,  ///< equal to another source message (imapsync mode)
    removed,    ///< its copy was removed on the destination
    crossed,    ///< copied from another mailbox already (imapsync --skipcrossduplicates)
};

struct SyncPlan {
    std::vector<std::pair<imap::Uid, imap::Uid>> adopt;  ///< recognised on the destination; to be recorded
    std::vector<imap::Uid> append;                       ///< ascending source UIDs
    std::vector<std::pair<imap::Uid, LeaveReason>> leave;
    std::vector<FlagChange> flags;
    std::vector<imap::Uid> delete_source;  ///< already confirmed copies; fresh ones come after the copy
    std::vector<imap::Uid> keep_repaired;  ///< confirmed too, but the source alone has them as they were
    std::vector<imap::Uid> delete_destination;
    std::vector<imap::Uid> duplicates;  ///< to be deleted there as well: duplicates.hpp; not by make_plan()
    std::vector<imap::Uid> forget;      ///< ledger entries of messages gone from both sides
    std::map<std::string, std::uint32_t> keywords_not_kept;  ///< flag → messages; the destination has no room for it
};

/// Pure. `matches` is the outcome for view.unknown_*.
SyncPlan make_plan(const Snapshot& source, const Snapshot& destination, const LedgerView& view, const Matcher::Matches& matches,
                   const Rules& rules);

/// Flags of `wanted` that the destination can hold for good (PERMANENTFLAGS, RFC 9051 section 7.1) and that can be sent.
imap::FlagSet storable_flags(const imap::FlagSet& wanted, const imap::SelectedMailbox& destination);

/// Those of them, or all that can be sent where `rules` does not filter flags.
imap::FlagSet flags_to_give(const imap::FlagSet& wanted, const imap::SelectedMailbox& destination, const Rules& rules);

/// The filter that leaves this message out, if any. Sizes are looked at only where `copying`.
std::optional<LeaveReason> filter_reason(const ListedMessage& message, const Rules& rules, bool copying);

}  // namespace mailhaul::sync
