// SPDX-License-Identifier: Apache-2.0
// Observing what changed: a mailbox that was settled once is known but for what happened since, and only that is read.
//
// The snapshots are as complete as those of a listing in UIDs, and in the source's flags. Sizes are there of messages
// that are new or changed, dates are not; so this is for passes whose rules ask for neither. Needs CONDSTORE (RFC 7162) on
// the source. What is missing is found by counting; only where the count is off are the UIDs asked for, as ranges.
#pragma once

#include <optional>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "store/ledger.hpp"
#include "sync/planner/rules.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

/// True where the changes since `then` are enough to plan by.
bool can_observe_changes(const imap::SelectedMailbox& source, const std::optional<store::Settled>& then, const Rules& rules);

/// The source, selected: `entries` as the ledger has them, and what changed since `then`.
Task<Result<Snapshot>> list_source_changes(client::Connection& connection, imap::SelectedMailbox selected,
                                           const std::vector<store::Entry>& entries, imap::ModSeq since);

/// The destination, selected. Flags are those of the message where the plan may look at them: of strangers, and of the
/// copies of source messages whose flags in `source` are not those of the ledger; empty of all others.
Task<Result<Snapshot>> list_destination_changes(client::Connection& connection, imap::SelectedMailbox selected,
                                                const std::vector<store::Entry>& entries, const store::Settled& then,
                                                const Snapshot& source);

}  // namespace mailhaul::sync
