// SPDX-License-Identifier: Apache-2.0
// Counters of both servers against the ledger: the cheapest thing that can be said of a whole account. Pure.
#pragma once

#include <vector>

#include "client/mailbox_commands.hpp"
#include "proof/verification.hpp"

namespace mailhaul::sync {

/// A mailbox pair of the ledger.
struct CountedPair {
    store::PairKey pair;
    std::uint64_t entries = 0;
    std::uint64_t not_copied = 0;  ///< exceptions
};

/// Judges `found.mailboxes`, which are those of `pairs` in the same order, and says in `found` of which source mailboxes the
/// ledger knows nothing. Mailboxes that are views of others (\All, \Flagged, \Important) are only noted.
void judge_counters(const std::vector<CountedPair>& pairs, const std::vector<client::ListedMailbox>& source,
                    const std::vector<client::ListedMailbox>& destination, proof::Verification& found);

}  // namespace mailhaul::sync
