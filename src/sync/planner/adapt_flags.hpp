// SPDX-License-Identifier: Apache-2.0
// Flags of the source as the destination's kind takes them. Pure.
//
// One set of flags at a time, so a mailbox of a million messages costs what its few different sets cost.
#pragma once

#include <vector>

#include "sync/planner/rules.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

/// Replaces the flags of `source` by what can be given to `destination`, where rules.adapt_flags:
///   1. `\Forwarded` and `\Junk` become `$Forwarded` and `$Junk` (RFC 5788's list); others with a backslash that are no system
///      flags go: some servers end the connection over them.
///   2. A keyword loses the suffix that the source's kind puts behind it.
///   3. What does harm on the destination goes, and keywords longer than it takes.
///   4. Where a mailbox there cannot have so many different keywords, those go that the fewest messages have.
/// Returns what went, by index of Snapshot::flags. Adapting again changes nothing.
std::vector<imap::FlagSet> adapt_flags(Snapshot& source, const imap::SelectedMailbox& destination, const Rules& rules);

}  // namespace mailhaul::sync
