// SPDX-License-Identifier: Apache-2.0
// Removing mailboxes of the destination that the source has no more: after all is copied, by the plan of
// sync/planner/folder_deletions.hpp, into the folder for removed mail where nothing else was asked for.
#pragma once

#include <set>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "sync/executor/run_state.hpp"
#include "sync/executor/same_account.hpp"
#include "sync/planner/folder_deletions.hpp"

namespace mailhaul::sync {

struct FolderRules {
    FolderRules() = default;
    DeleteFolders which = DeleteFolders::no;
    std::string only;     ///< PCRE2 on the raw name; empty: all. imapsync's --delete2foldersonly
    std::string but_not;  ///< --delete2foldersbutnot
};

/// Both sides as listed; the destination as this run leaves it. `needed` are mailboxes that stay whatever the source says.
/// Errors are wider than a mailbox. The caller awaits it in the scope of what it lends; no other command may be
/// outstanding on either connection.
Task<Result<void>> remove_mailboxes(RunState& run, const FolderRules& folders, const MappingRules& mapping,
                                    const ListedSide& source, const ListedSide& destination,
                                    const std::set<imap::MailboxName>& needed);

}  // namespace mailhaul::sync
