// SPDX-License-Identifier: Apache-2.0
// Mailboxes as LIST, STATUS, NAMESPACE and SELECT describe them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"

namespace mailhaul::imap {

/// A mailbox name exactly as the server spells it (modified UTF-7 unless UTF-8 was enabled). Any octets
/// but NUL, CR and LF, which are dropped. `INBOX` in any case is stored as `INBOX` (RFC 9051 section 5.1).
class MailboxName {
public:
    MailboxName() = default;
    explicit MailboxName(std::string raw);
    [[nodiscard]] const std::string& raw() const { return raw_; }
    [[nodiscard]] bool is_inbox() const { return raw_ == "INBOX"; }
    auto operator<=>(const MailboxName&) const = default;

private:
    std::string raw_;
};

/// Roles of RFC 6154 (and \Important of RFC 8457).
enum class SpecialUse : std::uint8_t { all, archive, drafts, flagged, important, junk, sent, trash };
/// `\Sent` and so on.
std::string_view to_string(SpecialUse use);
/// Case-insensitive; empty where `attribute` is no role. Also reads XLIST's `\AllMail`, `\Spam`, `\Starred`.
std::optional<SpecialUse> special_use_from(std::string_view attribute);

/// One LIST, LSUB or XLIST response (RFC 9051 section 7.3.1).
struct MailboxInfo {
    MailboxName name;
    std::optional<char> separator;  ///< empty: a flat name
    bool no_select = false;         ///< \Noselect or \NonExistent
    bool non_existent = false;
    bool no_inferiors = false;
    bool subscribed = false;  ///< \Subscribed, or came from LSUB
    std::optional<bool> has_children;
    std::vector<SpecialUse> special_uses;
    std::vector<std::string> attributes;  ///< as received, all of them
};

/// STATUS data items (RFC 9051 section 7.3.4); every one may be missing.
struct MailboxStatus {
    MailboxName name;
    std::optional<std::uint32_t> messages;
    std::optional<Uid> uid_next;
    std::optional<UidValidity> uid_validity;
    std::optional<ModSeq> highest_mod_seq;  ///< empty also where the server says 0 or less
    std::optional<Octets> size;             ///< STATUS=SIZE (RFC 8438)
    std::optional<std::uint32_t> unseen;
    std::optional<std::uint32_t> recent;
    std::optional<std::uint32_t> deleted;
    std::optional<Octets> append_limit;     ///< RFC 7889; empty also for NIL
    std::optional<std::string> mailbox_id;  ///< OBJECTID (RFC 8474)
};

/// One entry of NAMESPACE (RFC 2342).
struct Namespace {
    std::string prefix;
    std::optional<char> separator;
};
struct Namespaces {
    std::vector<Namespace> personal;
    std::vector<Namespace> other_users;
    std::vector<Namespace> shared;
};

/// What SELECT or EXAMINE told (RFC 9051 section 6.3.2).
struct SelectedMailbox {
    MailboxName name;
    std::uint32_t exists = 0;
    std::optional<UidValidity> uid_validity;
    std::optional<Uid> uid_next;
    std::optional<ModSeq> highest_mod_seq;  ///< empty: NOMODSEQ or no CONDSTORE
    FlagSet flags;
    std::optional<FlagSet> permanent_flags;  ///< empty: the server did not say
    bool read_only = false;
    bool uid_not_sticky = false;
    std::optional<std::string> mailbox_id;
};

}  // namespace mailhaul::imap
