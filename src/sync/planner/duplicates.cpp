// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/duplicates.hpp"

#include <algorithm>
#include <set>

namespace mailhaul::sync {
namespace {

bool holds(const std::vector<imap::Uid>& ascending, imap::Uid uid) { return std::ranges::binary_search(ascending, uid); }

}  // namespace

imap::UidSet duplicate_candidates(const Snapshot& destination, const std::vector<imap::Uid>& strangers) {
    std::map<std::uint64_t, std::vector<imap::Uid>> by_size;
    std::set<std::uint64_t> of_strangers;
    for (const ListedMessage& message : destination.messages) {
        if (destination.flags_of(message).contains("\\Deleted")) continue;
        by_size[message.size].push_back(message.uid);
        if (holds(strangers, message.uid)) of_strangers.insert(message.size);
    }
    imap::UidSet candidates;
    for (const std::uint64_t size : of_strangers) {
        const std::vector<imap::Uid>& uids = by_size.at(size);
        if (uids.size() < 2) continue;
        for (const imap::Uid uid : uids) candidates.insert(uid);
    }
    return candidates;
}

std::vector<imap::Uid> find_duplicates(const std::map<imap::Uid, message::Sha256>& octets,
                                       const std::vector<imap::Uid>& strangers) {
    std::set<message::Sha256> kept;
    for (const auto& [uid, digest] : octets)
        if (!holds(strangers, uid)) kept.insert(digest);
    std::vector<imap::Uid> duplicates;
    for (const auto& [uid, digest] : octets) {
        if (!holds(strangers, uid)) continue;
        const bool is_first = kept.insert(digest).second;
        if (!is_first) duplicates.push_back(uid);
    }
    return duplicates;
}

}  // namespace mailhaul::sync
