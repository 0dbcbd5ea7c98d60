// SPDX-License-Identifier: Apache-2.0
// Settled: may a mailbox pair be passed over without being opened? Pure.
#pragma once

#include "imap/types/mailbox.hpp"
#include "store/ledger.hpp"
#include "sync/planner/rules.hpp"

namespace mailhaul::sync {

/// True where `then`, a state with nothing left to do, is also the state now, and these rules ask for nothing that state
/// did not have. Both sides count: a message lost on the destination is seen by its counters. What a server does not
/// tell is never taken as unchanged. The caller has compared UIDVALIDITY: `then` is of this pair.
///
/// A change of flags on the source shows by HIGHESTMODSEQ alone (RFC 7162), so without CONDSTORE there a mailbox is
/// always opened. Flags changed on the destination stay, so they need not be seen.
bool is_settled(const imap::MailboxStatus& source, const imap::MailboxStatus& destination, const store::Settled& then,
                const Rules& rules);

}  // namespace mailhaul::sync
