// SPDX-License-Identifier: Apache-2.0
// Following what the source renamed: its mailbox is renamed on the destination too and the ledger goes on with it, or it is
// held back and named. Never a second copy in silence. docs/decisions/0019-renamed-mailboxes.md.
#pragma once

#include <map>
#include <set>

#include "async/task.hpp"
#include "base/result.hpp"
#include "store/ledger.hpp"
#include "sync/executor/run_state.hpp"
#include "sync/executor/same_account.hpp"
#include "sync/mapping/map_mailboxes.hpp"

namespace mailhaul::sync {

/// What a mailbox that the source renamed gets.
enum class OnRename : std::uint8_t {
    follow,      ///< the destination's mailbox is renamed too
    copy_again,  ///< the new name is copied as if it were new, and a warning says so
};

struct FollowedRenames {
    bool changed_destination = false;         ///< its listing is out of date
    std::map<imap::MailboxName, Error> held;  ///< source mailboxes that are not to be copied, and why
    std::set<imap::MailboxName> needed;       ///< destination mailboxes that hold what was not copied again
    std::map<imap::MailboxName, store::PairKey>
        still_under;  ///< in a dry run: as what the ledger and the destination have them
};

/// Both sides as listed before. Errors are wider than a mailbox: a lost connection, the ledger. The caller awaits it in the
/// scope of what it lends; no other command may be outstanding on either connection.
Task<Result<FollowedRenames>> follow_renames(RunState& run, const Mapping& mapping, const ListedSide& source,
                                             const ListedSide& destination, OnRename on_rename);

}  // namespace mailhaul::sync
