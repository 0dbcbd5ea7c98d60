// SPDX-License-Identifier: Apache-2.0
// Side: how mailbox names of one server are put together, as it said or as its names suggest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/mapping/map_mailboxes.hpp"

namespace mailhaul::sync {

struct Side {
    std::string prefix;  ///< of the personal namespace, as `INBOX.`; empty where names carry none
    char separator = '/';
    bool prefix_is_guess = false;     ///< inferred from names, for want of NAMESPACE
    std::string long_separator = {};  ///< where the operator gave one of several octets (imapsync's --sep1); else empty

    [[nodiscard]] std::string written_separator() const {
        return long_separator.empty() ? std::string(1, separator) : long_separator;
    }
};

/// The operator's word first, then NAMESPACE, then what LIST says, then the names themselves.
Side side_of(const MailboxTree& tree, const std::optional<std::string>& prefix, const std::optional<std::string>& separator);

/// `raw` without the side's prefix; `raw` itself where it does not carry it. `INBOX` in a prefix is matched in any case.
std::string_view without_prefix(std::string_view raw, const Side& side);

/// The levels of `raw` (wire spelling) below the prefix. A separator at the very end is passed over; elsewhere nothing
/// between two separators is an empty level.
std::vector<std::string> levels_of(std::string_view raw, const Side& side);

/// The prefix of the foreign namespace that `raw` lies in; empty where it is the user's own.
std::optional<std::string> foreign_prefix(std::string_view raw, const MailboxTree& tree, const Side& side);

}  // namespace mailhaul::sync
