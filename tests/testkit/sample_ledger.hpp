// SPDX-License-Identifier: Apache-2.0
// A ledger file with something of everything: two folders, a message copied, one adopted, one refused.
#pragma once

#include <array>
#include <string>

#include "message/message_id.hpp"
#include "store/ledger.hpp"

namespace mailhaul::testkit {

inline const store::AccountKey sample_account{.source = "u1@old.example:993", .destination = "u1@new.example:993"};
inline const store::PairKey sample_inbox{.source = {imap::MailboxName("INBOX"), imap::UidValidity{11}},
                                         .destination = {imap::MailboxName("INBOX"), imap::UidValidity{22}}};
inline const store::PairKey sample_drafts{.source = {imap::MailboxName("Entw&APw-rfe"), imap::UidValidity{12}},
                                          .destination = {imap::MailboxName("Drafts"), imap::UidValidity{23}}};
inline constexpr std::int64_t sample_time = 1'795'456'525;  // 2026-11-23T17:55:25Z, a Monday

/// INBOX holds 7 -> 3 copied, with everything known of it, and 9, refused a day later; `Entwürfe` holds 1 -> 1 adopted, with
/// nothing known of it. INBOX is settled. Empty: it could not be written.
inline std::string write_sample_ledger(std::string path) {
    message::Sha256 sha256{};
    sha256.fill(0xab);
    const std::array copied{store::Entry{.source = imap::Uid{7},
                                         .destination = imap::Uid{3},
                                         .origin = store::Origin::copied,
                                         .sha256 = sha256,
                                         .message_id = message::digest_of_message_id("<42@old.example>"),
                                         .flags = {"\\Seen", "$Forwarded"},
                                         .at = sample_time}};
    const std::array adopted{store::Entry{.source = imap::Uid{1},
                                          .destination = imap::Uid{1},
                                          .origin = store::Origin::adopted,
                                          .sha256 = std::nullopt,
                                          .message_id = std::nullopt,
                                          .flags = {},
                                          .at = sample_time}};
    const std::array refused{store::Exception{.source = imap::Uid{9},
                                              .at = sample_time + 86'400,
                                              .reason = "NO [LIMIT] message \"too\" large",
                                              .message_id = "<43@old.example>",
                                              .subject = "Holiday pictures, all",
                                              .size = 60'000'000}};
    auto ledger = store::open_sqlite_ledger(path, sample_account);
    if (!ledger.ok() || !ledger.value()->record(sample_inbox, copied).ok() ||
        !ledger.value()->record(sample_drafts, adopted).ok() ||
        !ledger.value()->record_exceptions(sample_inbox, refused).ok() ||
        !ledger.value()->record_settled(sample_inbox, {}).ok())
        return {};
    return path;
}

}  // namespace mailhaul::testkit
