// SPDX-License-Identifier: Apache-2.0
// Snapshot: one mailbox as it was listed at one moment. Small per message: a mailbox may hold a million.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/octets.hpp"
#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::sync {

/// Flag sets repeat: each distinct one is kept once and named by its index.
class FlagTable {
public:
    std::uint32_t index_of(const imap::FlagSet& flags);
    [[nodiscard]] const imap::FlagSet& at(std::uint32_t index) const { return sets_.at(index); }
    /// Puts another set in place of each.
    void replace_each(const std::function<imap::FlagSet(const imap::FlagSet&)>& by);

private:
    std::vector<imap::FlagSet> sets_;
    std::unordered_map<std::string, std::uint32_t> indices_;
};

struct ListedMessage {
    imap::Uid uid;
    std::uint32_t flags = 0;  ///< index into Snapshot::flags
    std::int64_t date = 0;    ///< INTERNALDATE, epoch seconds; where it was asked for
    std::uint64_t size = 0;   ///< RFC822.SIZE; advisory
    std::int16_t zone = 0;    ///< INTERNALDATE, minutes east
    bool has_date = false;
    bool is_chosen = true;    ///< false: a search of the operator's does not find it
    [[nodiscard]] std::optional<imap::InternalDate> internal_date() const;
};

struct Snapshot {
    imap::SelectedMailbox selected;
    FlagTable flags;
    std::vector<ListedMessage> messages;  ///< ascending by UID, each UID once

    /// Adds what a listing said of one message; call finish() after the last.
    void add(imap::Uid uid, const imap::FlagSet& message_flags, std::optional<imap::InternalDate> date, Octets size);
    /// Of a message there; others are ignored. Only after finish().
    void set_date(imap::Uid uid, imap::InternalDate date);
    /// All but these are not chosen. Only after finish().
    void choose(const imap::UidSet& uids);
    /// Sorts; of a UID listed twice one word is kept.
    void finish();
    /// nullptr where it is not there. Only after finish().
    [[nodiscard]] const ListedMessage* find(imap::Uid uid) const;
    [[nodiscard]] const imap::FlagSet& flags_of(const ListedMessage& message) const { return flags.at(message.flags); }
};

}  // namespace mailhaul::sync
