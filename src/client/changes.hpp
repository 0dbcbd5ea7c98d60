// SPDX-License-Identifier: Apache-2.0
// What changed in a mailbox since a mod-sequence: CONDSTORE and QRESYNC (RFC 7162).
#pragma once

#include <optional>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "client/mailbox_commands.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::client {

/// The FETCH modifiers that ask for what changed, and for what vanished where asked to (RFC 7162 sections 3.1.4, 3.2.6).
std::string changed_since(imap::ModSeq since, bool with_vanished);

/// Tells `visit` the `items` of every message of the selected mailbox that is new or changed since `since`. Returns what
/// the server says was expunged since; always nothing without QRESYNC. Such a set may name UIDs that never were, and a
/// server that has forgotten may leave some out: it is for subtracting, and for checking by EXISTS.
Task<Result<imap::UidSet>> fetch_changes(Connection& connection, imap::ModSeq since, std::string items, FetchVisitor visit);

struct OpenedWithChanges {
    imap::SelectedMailbox selected;
    std::optional<imap::UidSet> vanished;  ///< as from fetch_changes(); empty: the server refused to tell what changed
};

/// open_mailbox() and fetch_changes() in one round trip; tells the changes of whatever mailbox it turns out to be.
Task<Result<OpenedWithChanges>> open_and_fetch_changes(Connection& connection, imap::MailboxName name, imap::SelectMode mode,
                                                       imap::ModSeq since, std::string items, FetchVisitor visit);

}  // namespace mailhaul::client
