// SPDX-License-Identifier: Apache-2.0
// MailStore: the mail of one account, in memory; what the embedded server serves.
//
// It keeps the promises IMAP makes of a mailbox (UIDs ascend and are never used twice, every change raises the
// modification sequence, an expunge is remembered) and nothing of the protocol. Errors carry in `server_text` the words a
// server would say, response code included. Nothing is saved: the store ends with the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/octets.hpp"
#include "base/result.hpp"
#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::demo {

/// Immutable. Owned by every mailbox that holds a copy and by every answer that is still being sent.
using MessageOctets = std::shared_ptr<const std::string>;

struct NewMessage {
    explicit NewMessage(std::string text, imap::FlagSet its_flags = {}, imap::InternalDate its_date = {})
        : octets(std::make_shared<const std::string>(std::move(text))), flags(std::move(its_flags)), date(its_date) {}

    MessageOctets octets;
    imap::FlagSet flags;
    imap::InternalDate date;
};

struct StoredMessage {
    imap::Uid uid;
    MessageOctets octets;
    imap::FlagSet flags;
    imap::InternalDate date;
    imap::ModSeq mod_seq;
};

class Mailbox {
public:
    explicit Mailbox(imap::UidValidity uid_validity)
        : id_("F" + std::to_string(uid_validity.value())), uid_validity_(uid_validity) {}

    /// Its MAILBOXID (RFC 8474): what it keeps whatever becomes of its name and its UIDs.
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] imap::UidValidity uid_validity() const { return uid_validity_; }
    [[nodiscard]] imap::Uid uid_next() const { return uid_next_; }
    [[nodiscard]] imap::ModSeq highest_mod_seq() const { return highest_mod_seq_; }
    [[nodiscard]] Octets size() const { return size_; }
    /// Ascending by UID.
    [[nodiscard]] const std::vector<StoredMessage>& messages() const { return messages_; }
    /// Null where there is none.
    [[nodiscard]] const StoredMessage* find(imap::Uid uid) const;
    [[nodiscard]] std::uint32_t count_with(std::string_view flag) const;

    imap::Uid append(NewMessage message);
    /// No change, no new modification sequence. Ignores a UID that is not there.
    void set_flags(imap::Uid uid, const imap::FlagSet& flags);
    void expunge(const imap::UidSet& uids);
    /// UIDs that were expunged after `since`.
    [[nodiscard]] imap::UidSet expunged_since(imap::ModSeq since) const;
    /// As when a server rebuilds its index: a new UIDVALIDITY, UIDs from 1, modification sequences from 1.
    void rebuild(imap::UidValidity uid_validity);

    bool no_select = false;  ///< only a name above others; holds no messages
    std::vector<imap::SpecialUse> special_uses;

private:
    imap::ModSeq next_mod_seq() { return highest_mod_seq_ = imap::ModSeq(highest_mod_seq_.value() + 1); }

    std::string id_;
    imap::UidValidity uid_validity_;
    imap::Uid uid_next_{1};
    imap::ModSeq highest_mod_seq_{1};
    Octets size_;
    std::vector<StoredMessage> messages_;
    std::vector<std::pair<imap::Uid, imap::ModSeq>> expunged_;
};

/// Names this server takes, in their raw spelling.
struct NameRules {
    NameRules() = default;
    std::string refused_characters;
    std::size_t longest = 500;  ///< octets
    std::size_t deepest = 50;   ///< levels
};

struct StoreOptions {
    StoreOptions() = default;
    char separator = '/';
    std::string prefix;  ///< of every mailbox but INBOX, separator included: `INBOX.`
    NameRules names;
    std::optional<Octets> quota;                 ///< of all messages together
    std::optional<std::uint64_t> message_quota;  ///< messages in all
    std::optional<Octets> largest_message;
    imap::UidValidity first_uid_validity{1};
};

/// Mailboxes are named in their raw spelling (modified UTF-7); `inbox` in any case is INBOX, which always exists.
class MailStore {
public:
    explicit MailStore(StoreOptions options = {});

    [[nodiscard]] const StoreOptions& options() const { return options_; }
    /// Whatever is set counts from now on; what is there already stays.
    void set_quota(std::optional<Octets> quota) { options_.quota = quota; }

    [[nodiscard]] const std::map<std::string, Mailbox>& mailboxes() const { return mailboxes_; }
    [[nodiscard]] Mailbox* find(std::string_view name);
    [[nodiscard]] const Mailbox* find(std::string_view name) const;
    [[nodiscard]] bool has_children(const std::string& name) const;
    /// How this server spells a mailbox: `levels` in UTF-8, prefix and separator added. {"INBOX"} is INBOX.
    [[nodiscard]] std::string name_of(const std::vector<std::string>& levels) const;

    /// Makes missing parents too, as names that hold no messages.
    Result<void> create(std::string_view name, std::vector<imap::SpecialUse> uses = {});
    Result<void> remove(std::string_view name);
    /// Children move along. Renaming INBOX moves its messages and leaves it empty.
    Result<void> rename(std::string_view given_from, std::string_view given_to);

    /// A subscription may name what does not exist (RFC 9051 section 6.3.7).
    void subscribe(std::string_view name);
    void unsubscribe(std::string_view name);
    [[nodiscard]] const std::set<std::string>& subscriptions() const { return subscriptions_; }

    /// All or nothing; UIDs in the order given.
    Result<std::vector<imap::Uid>> append(std::string_view name, std::vector<NewMessage> messages);
    Result<imap::Uid> append(std::string_view name, NewMessage message);
    /// Whether messages of these sizes would be taken now.
    [[nodiscard]] Result<void> admit(const std::vector<Octets>& sizes) const;

    [[nodiscard]] Octets used() const;
    [[nodiscard]] std::uint64_t messages() const;
    void rebuild(std::string_view name);

private:
    [[nodiscard]] std::string canonical(std::string_view name) const;
    [[nodiscard]] Result<void> check_name(const std::string& name) const;
    void create_parents(const std::string& name);
    void prune_parents(const std::string& name);
    imap::UidValidity next_uid_validity();

    StoreOptions options_;
    imap::UidValidity next_uid_validity_;
    std::map<std::string, Mailbox> mailboxes_;
    std::set<std::string> subscriptions_;
};

}  // namespace mailhaul::demo
