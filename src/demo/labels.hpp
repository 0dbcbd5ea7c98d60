// SPDX-License-Identifier: Apache-2.0
// Labels: what Gmail makes of a store (X-GM-EXT-1). A message lies in the view of all mail, and each mailbox beside it shows
// those with its label; so labels are told from, and given by, the mailboxes themselves.
//
// Leaves out what a move of mail does not meet: threads, X-GM-RAW, and that a flag set in one view shows in all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "demo/mail_store.hpp"

namespace mailhaul::demo {

/// `[Gmail]/All Mail` and its kin, with their roles.
void furnish_as_gmail(MailStore& store);

/// Of the message with these very octets: raw mailbox names and `\Inbox` and its like, but for `opened`.
std::vector<std::string> labels_of(const MailStore& store, std::string_view opened, const MessageOctets& message);

/// Shows it in the mailboxes of `labels` as well; those that are missing are made. Error: a label that no mailbox can have.
Result<void> give_labels(MailStore& store, const StoredMessage& message, const std::vector<std::string>& labels);

/// As MailStore::append(), and into the view of all mail. A message with a Message-ID that is there already, octet for octet,
/// stays one: it gets the label, and where it has that too its old UID is the answer.
Result<std::vector<imap::Uid>> append_labelled(MailStore& store, std::string_view name, std::vector<NewMessage> messages);

}  // namespace mailhaul::demo
