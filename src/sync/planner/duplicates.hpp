// SPDX-License-Identifier: Apache-2.0
// Duplicates on the destination: which messages there are a second copy of another in the same mailbox. Pure.
#pragma once

#include <map>
#include <vector>

#include "imap/types/uid_set.hpp"
#include "message/fingerprint.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

/// Of whom the octets must be known to tell: each of `strangers` (ascending; what neither ledger nor source explains)
/// whose size stands in the mailbox again, and all others of that size. What is marked \Deleted is no candidate: it is
/// neither to be removed nor a reason to remove another.
imap::UidSet duplicate_candidates(const Snapshot& destination, const std::vector<imap::Uid>& strangers);

/// Those of `strangers` that another message equals octet for octet which stays: one that is no stranger, or else the
/// oldest. `octets` is of the candidates, as far as the server delivered them; ascending.
std::vector<imap::Uid> find_duplicates(const std::map<imap::Uid, message::Sha256>& octets,
                                       const std::vector<imap::Uid>& strangers);

}  // namespace mailhaul::sync
