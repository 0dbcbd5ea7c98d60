// SPDX-License-Identifier: Apache-2.0
// Selection: which source mailboxes are migrated, and for each other one why not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sync/mapping/side.hpp"

namespace mailhaul::sync {

struct Selection {
    /// One for each mailbox of the tree, in its order: why it is left out; empty where it is taken.
    std::vector<std::optional<std::string>> reasons;
    std::vector<std::string> warnings;
};

/// Chosen mailboxes are those of --folder, --folder-recursive and the subscribed ones, where any of these is asked for;
/// else all, unless only --include is given. --include adds, --exclude takes away. Errors: as map_mailboxes.
Result<Selection> select_mailboxes(const MailboxTree& tree, const Side& side, const MappingRules& rules);

}  // namespace mailhaul::sync
