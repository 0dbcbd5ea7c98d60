// SPDX-License-Identifier: Apache-2.0
// Names by which mail programs call the mailboxes of a role, in the languages we know them in.
#pragma once

#include <optional>
#include <string_view>

#include "imap/types/mailbox.hpp"

namespace mailhaul::sync {

/// `spoken` is decoded and without prefix; compared without regard to case and to how accents are composed.
std::optional<imap::SpecialUse> well_known_role(std::string_view spoken);

/// imapsync's own list: `raw` is the server's spelling, compared exactly (behaviour 4.4).
std::optional<imap::SpecialUse> imapsync_role(std::string_view raw);

}  // namespace mailhaul::sync
