// SPDX-License-Identifier: Apache-2.0
// Folder deletions: which mailboxes of the destination go because the source has no counterpart any more, and what speaks
// against it. Pure. docs/decisions/0020-deleted-folders.md.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "imap/types/mailbox.hpp"
#include "sync/planner/guard_rails.hpp"
#include "sync/planner/rules.hpp"

namespace mailhaul::sync {

enum class DeleteFolders : std::uint8_t {
    no,
    ours,      ///< those that earlier runs filled, and whose source mailbox is gone since
    unmapped,  ///< whatever no source mailbox goes to: imapsync's --delete2folders
};

/// A mailbox of the destination that may go: not INBOX, without a role, and no source mailbox goes there now.
struct FolderCandidate {
    imap::MailboxName name;
    std::uint64_t messages = 0;
    bool is_chosen = true;  ///< by the operator's patterns
    bool is_ours = false;   ///< the ledger knows what it was copied from, and all of that is gone from the source
    Sighting strangers;     ///< messages in it that the ledger does not know
};

struct FolderFacts {
    std::vector<FolderCandidate> candidates;
    std::vector<imap::MailboxName> stays;  ///< every other mailbox of the destination that holds messages or may
    std::optional<char> separator;
    std::uint64_t on_source = 0;       ///< mailboxes the source lists
    std::uint64_t recorded = 0;        ///< source mailboxes the ledger knows
    std::uint64_t lost = 0;            ///< of those recorded: not listed any more
    std::uint64_t deleted_before = 0;  ///< messages, in this run
};

struct RefusedFolder {
    imap::MailboxName name;
    std::optional<imap::MailboxName> above;  ///< a mailbox below it that stays; then `why` is empty, for no option helps
    Refusal why;
};
struct FolderInUse {
    imap::MailboxName name;
    std::string evidence;
};

struct FolderPlan {
    std::vector<FolderCandidate> remove;  ///< ascending by name, so that parents come before children
    std::vector<RefusedFolder> refused;
    std::vector<FolderInUse> although;     ///< of those that go: evidence that refuses nothing under these rules
    std::optional<std::string> shrinking;  ///< likewise, of the source
};

FolderPlan plan_folder_deletions(const FolderFacts& facts, DeleteFolders which, const GuardRules& rules);

}  // namespace mailhaul::sync
