// SPDX-License-Identifier: Apache-2.0
// Observing what changed: a mailbox that was settled once is known but for what happened since, and only that is read.
//
// The snapshots are as complete as those of a listing in UIDs, and in the source's flags. Sizes are there of messages
// that are new or changed, dates are not; so this is for passes whose rules ask for neither. Needs CONDSTORE (RFC 7162) on
// the source. What is missing is found by counting; only where the count is off are the UIDs asked for, as ranges.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "store/ledger.hpp"
#include "sync/planner/rules.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

struct Changes {
    struct Row {
        imap::FlagSet flags;
        Octets size;
    };
    std::map<imap::Uid, Row> rows;  ///< new, or with other flags
    imap::UidSet vanished;          ///< as far as the server tells
};

/// True where no rule looks at more than what changed.
bool are_changes_enough(const Rules& rules);
/// True where the changes since `then` are enough to plan by.
bool can_observe_changes(const imap::SelectedMailbox& source, const std::optional<store::Settled>& then, const Rules& rules);

struct OpenedWithChanges {
    imap::SelectedMailbox selected;
    std::optional<Changes> changes;  ///< empty: the server would not tell
};
/// Opens a mailbox and asks what changed, in one round trip. Whether it is the mailbox one thinks is for the caller to see.
Task<Result<OpenedWithChanges>> open_and_list_changes(client::Connection& connection, imap::MailboxName name,
                                                      imap::SelectMode mode, imap::ModSeq since);

/// The source, selected: `entries` as the ledger has them, and what changed since `since`, which is asked for unless it is `known`.
Task<Result<Snapshot>> list_source_changes(client::Connection& connection, imap::SelectedMailbox selected,
                                           const std::vector<store::Entry>& entries, imap::ModSeq since,
                                           std::optional<Changes> known = std::nullopt);

/// The destination, selected. Flags are those of the message where the plan may look at them: of strangers, and of the
/// copies of source messages whose flags in `source` are not those of the ledger; empty of all others.
Task<Result<Snapshot>> list_destination_changes(client::Connection& connection, imap::SelectedMailbox selected,
                                                const std::vector<store::Entry>& entries, const store::Settled& then,
                                                const Snapshot& source);

}  // namespace mailhaul::sync
