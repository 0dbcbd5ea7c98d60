// SPDX-License-Identifier: Apache-2.0
// What changed in a mailbox since a mod-sequence: CONDSTORE and QRESYNC (RFC 7162).
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "client/mailbox_commands.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::client {

/// Switches QRESYNC on where the server offers it and no mailbox is open yet; else, and where the server refuses, does
/// nothing. One round trip, once in the life of a connection. Only a broken connection is an Error.
Task<Result<void>> enable_qresync(Connection& connection);

/// Tells `visit` the `items` of every message of the selected mailbox that is new or changed since `since`. Returns what
/// the server says was expunged since; always nothing without QRESYNC. Such a set may name UIDs that never were, and a
/// server that has forgotten may leave some out: it is for subtracting, and for checking by EXISTS.
Task<Result<imap::UidSet>> fetch_changes(Connection& connection, imap::ModSeq since, std::string items, FetchVisitor visit);

}  // namespace mailhaul::client
