// SPDX-License-Identifier: Apache-2.0
// Which labels a copy gets (Gmail's X-GM-LABELS): those of its source, by the names their folders have on the destination.
// Pure.
#pragma once

#include <map>
#include <set>
#include <string>

namespace mailhaul::sync {

/// Raw mailbox name on the source → on the destination.
using LabelNames = std::map<std::string, std::string>;

/// What `source` holds and `destination` does not. `\Inbox` and its like are the same everywhere; a folder's label becomes
/// that of the folder its mail goes to. Left out are labels of folders that are not taken, of `opened`, the destination's own
/// mailbox, and of names below `[Gmail]`, which no label can have.
std::set<std::string> labels_to_give(const std::set<std::string>& source, const std::set<std::string>& destination,
                                     const LabelNames& names, const std::string& opened);

}  // namespace mailhaul::sync
