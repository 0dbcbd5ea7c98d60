// SPDX-License-Identifier: Apache-2.0
// Sample mail: the account of an invented person, years of it, for demonstrations. The same seed gives the same octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "demo/mail_store.hpp"

namespace mailhaul::demo {

struct SampleMailbox {
    std::vector<std::string> levels;  ///< UTF-8, from the root down; {"INBOX"} is INBOX
    std::optional<imap::SpecialUse> use;
    bool is_subscribed = true;
    std::vector<NewMessage> messages;
};

/// About 600 messages, 12 MB, in nested mailboxes, some with names that are not ASCII.
std::vector<SampleMailbox> sample_mail(std::uint64_t seed);

/// Puts all of it into `store`, which must not hold these mailboxes yet. Mailboxes with a role get their attribute.
Result<void> fill(MailStore& store, std::vector<SampleMailbox> mail);

/// The empty mailboxes with roles that a new account has on a server of today: Sent, Drafts, Trash, Junk, Archive.
Result<void> make_role_mailboxes(MailStore& store);

}  // namespace mailhaul::demo
