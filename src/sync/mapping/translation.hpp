// SPDX-License-Identifier: Apache-2.0
// Translation: source names as the destination would write them, by hierarchy alone.
//
// All mailboxes are translated together, chosen or not, so that what is chosen never changes a name, and children stay
// below their parent even where it had to be renamed. Leaves out roles and overrides.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/mapping/side.hpp"

namespace mailhaul::sync {

struct Translation {
    std::string raw;            ///< the destination's spelling, prefix included
    bool is_replaced = false;   ///< a character of one of its levels could not be kept
    std::string collided_with;  ///< the spoken destination name that was taken, where a suffix had to be added; else empty
};

/// One for each mailbox of `source`, in its order. Empty where sub_folder_source leaves the mailbox out.
/// `names` says what the destination takes besides.
/// No two are equal, except where sub_folder_source puts both its root and its INBOX into INBOX.
std::vector<std::optional<Translation>> translate_names(const MailboxTree& source, const Side& from, const Side& to,
                                                        const MappingRules& rules, const NameRules& names);

/// The wire spelling of what a person typed; valid modified UTF-7 is taken as that already.
std::string wire_name(std::string_view typed);

}  // namespace mailhaul::sync
