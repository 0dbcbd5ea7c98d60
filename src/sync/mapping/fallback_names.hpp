// SPDX-License-Identifier: Apache-2.0
// Fallback names: what to call a mailbox whose name the destination refuses.
//
// Letters and digits of any script, `-`, `_`, single inner blanks; all else becomes `_`. A point is replaced too: servers
// refuse it where it stands in Maildir's own names. What is below INBOX goes beside it (`INBOX/a` → `INBOX_a`) where
// names have no prefix, since some servers' INBOX holds no mailboxes.
#pragma once

#include <string>
#include <vector>

#include "sync/mapping/side.hpp"

namespace mailhaul::sync {

/// One for each of `raw_names`, the destination's names, parents before children. Equal names get equal fallbacks; else no
/// fallback equals another or another's name. A child of a mapped mailbox stays below that mailbox's fallback.
std::vector<std::string> fallback_names(const std::vector<std::string>& raw_names, const Side& to);

}  // namespace mailhaul::sync
