// SPDX-License-Identifier: Apache-2.0
// The rest of a mailbox, where the server listed less than it promised.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

/// Adds to `snapshot`, which a listing of `1:*` has filled, what that left out: some servers answer a command for a thousand
/// messages and no more, with OK and no word about it (Yahoo; RFC 9738 gives it a name). Asks for windows of UIDs, narrow
/// where messages are dense. Nothing is asked where nothing is missing; what the server does not have stays missing.
/// `items`: those of the listing, UID and RFC822.SIZE among them.
Task<Result<void>> list_rest(client::Connection& connection, Snapshot& snapshot, const char* items);

}  // namespace mailhaul::sync
