// SPDX-License-Identifier: Apache-2.0
// Observing: what is in a mailbox, and what more must be known of some messages to recognise them.
#pragma once

#include <cstdint>
#include <map>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "imap/codec/command.hpp"
#include "sync/executor/report.hpp"
#include "sync/planner/matcher.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

/// Dates are listed only where a rule looks at them: for a Maildir they cost several looks at each file.
enum class ListDates : std::uint8_t { no, yes };

/// UIDs, flags and sizes of every message of the selected mailbox, and dates where asked. A listing shorter than EXISTS
/// promised is an Error (scope mailbox, retry now), never a small mailbox.
Task<Result<Snapshot>> list_messages(client::Connection& connection, imap::SelectedMailbox selected, ListDates dates);

/// Opens the mailbox and does what list_messages() does, in one round trip.
Task<Result<Snapshot>> open_and_list_messages(client::Connection& connection, imap::MailboxName name, imap::SelectMode mode,
                                              ListDates dates);

/// UIDs, flags and sizes from `first` on, and the dates of `dated`.
Task<Result<Snapshot>> list_new_messages(client::Connection& connection, imap::SelectedMailbox selected, imap::Uid first,
                                         imap::UidSet dated);

/// INTERNALDATE of these messages, by UID; without those the server does not answer for.
Task<Result<std::map<imap::Uid, imap::InternalDate>>> list_dates(client::Connection& connection, imap::UidSet uids);

/// Fetches the evidence `question` asks for on one side and tells the matcher.
Task<Result<void>> gather_evidence(client::Connection& connection, SideName side, Evidence evidence, imap::UidSet uids,
                                   message::IdentityRules identity, Matcher& matcher);

/// Asks and answers until the matcher has no more questions; both sides at once.
Task<Result<void>> recognise(client::Connection& source, client::Connection& destination, message::IdentityRules identity,
                             Matcher& matcher);

}  // namespace mailhaul::sync
