// SPDX-License-Identifier: Apache-2.0
// SameAccount: refuses a run whose two sides are one account, before anything of the user's is touched.
//
// Names prove nothing: one account has many hosts, aliases and master logins. Counters that both listings brought rule it
// out for most pairs, without a round trip. For the others a folder is made on the destination and looked for on the
// source; where that cannot be, the messages themselves are compared. docs/decisions/0014-same-account.md.
// Leaves out two accounts of which one reaches into the other (shared and other users' mailboxes).
#pragma once

#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "client/mailbox_commands.hpp"
#include "sync/executor/run_state.hpp"
#include "sync/mapping/map_mailboxes.hpp"
#include "sync/mapping/side.hpp"

namespace mailhaul::sync {

/// One side, logged in and listed. Borrows `connection` and `listing`.
struct ListedSide {
    /// `tree` is the listing's. The names are read as the server spells them, whatever prefix the operator gave.
    ListedSide(client::Connection& with, const std::vector<client::ListedMailbox>& rows, MailboxTree named);

    client::Connection& connection;
    const std::vector<client::ListedMailbox>& listing;
    MailboxTree tree;
    Side naming;
};

/// False only where the INBOX of one listing cannot be the INBOX of the other. The listings were taken side by side, so
/// mail that came in between makes no difference.
bool may_be_one_account(const std::vector<client::ListedMailbox>& source,
                        const std::vector<client::ListedMailbox>& destination);

/// True where a mailbox is mapped to its own name.
bool maps_onto_itself(const Mapping& mapping, const Side& source, const Side& destination);

/// Errors: same_account (scope run); what a lost connection ends in, with Report::error_side. The caller awaits it in the
/// scope of what it lends. No other command may be outstanding on either connection.
Task<Result<void>> refuse_same_account(RunState& run, const Mapping& mapping, const ListedSide& source,
                                       const ListedSide& destination);

}  // namespace mailhaul::sync
