// SPDX-License-Identifier: Apache-2.0
// Sets of UIDs on their way to a command.
#pragma once

#include <string>
#include <vector>

#include "imap/types/uid_set.hpp"

namespace mailhaul::sync {

inline imap::UidSet uid_set(const std::vector<imap::Uid>& uids) {
    imap::UidSet set;
    for (const imap::Uid uid : uids) set.insert(uid);
    return set;
}

/// As they go on the wire, in parts so short that a command with one stays under 1000 octets, which every server takes.
inline std::vector<std::string> wire_sets(const imap::UidSet& uids) {
    constexpr std::size_t set_octets = 900;
    std::vector<std::string> sets;
    for (const imap::UidSet& part : uids.split(set_octets)) sets.push_back(part.to_string());
    return sets;
}

}  // namespace mailhaul::sync
