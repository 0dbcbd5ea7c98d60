// SPDX-License-Identifier: Apache-2.0
// One level of a name as a server takes it, by what is known of its kind. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "sync/mapping/map_mailboxes.hpp"

namespace mailhaul::sync {

/// `level` (UTF-8) without what `names` forbids: `replacement` stands for each character it refuses, blanks at the ends go,
/// two become one. `replacement` alone where nothing is left.
std::string legal_level(const std::string& level, const NameRules& names, char replacement);

/// `level` (modified UTF-7) cut between characters until it has at most `most` octets; as it is where nothing would be left.
std::string fitting_level(const std::string& level, std::size_t most);

}  // namespace mailhaul::sync
