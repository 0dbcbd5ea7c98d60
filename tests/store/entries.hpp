// SPDX-License-Identifier: Apache-2.0
// Ledger values for tests, and their spelling, so that a failure shows what differs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/ledger.hpp"

namespace mailhaul::store {

inline PairKey pair_of(const std::string& name, std::uint32_t uid_validity = 1) {
    return {.source = {imap::MailboxName(name), imap::UidValidity{uid_validity}},
            .destination = {imap::MailboxName("Old/" + name), imap::UidValidity{uid_validity + 1000}}};
}

/// A message with every item there, each told by `source`.
inline Entry entry_of(std::uint32_t source, std::uint32_t destination, imap::FlagSet flags = {"\\Seen"}) {
    message::Sha256 sha256{};
    for (std::size_t i = 0; i < sha256.size(); ++i) sha256[i] = static_cast<std::uint8_t>(source * 131 + i * 7);
    return {.source = imap::Uid{source},
            .destination = imap::Uid{destination},
            .origin = Origin::copied,
            .sha256 = sha256,
            .message_id = std::uint64_t{source} << 40 | 0xff,
            .flags = std::move(flags),
            .at = 1'700'000'000 + source / 10};
}

/// `7 -> 3 copied (\Seen) sha256 0a1b... message-id ... at ...`; a dash where an item is not there.
inline std::string spell(const Entry& entry) {
    constexpr const char* digits = "0123456789abcdef";
    std::string sha256 = "-";
    if (entry.sha256) {
        sha256.clear();
        for (const std::uint8_t octet : *entry.sha256) sha256.append({digits[octet >> 4], digits[octet & 15]});
    }
    const std::string message_id = entry.message_id ? std::to_string(*entry.message_id) : "-";
    return std::to_string(entry.source.value()) + " -> " + std::to_string(entry.destination.value()) +
           (entry.origin == Origin::copied ? " copied (" : " adopted (") + entry.flags.to_string() + ") sha256 " + sha256 +
           " message-id " + message_id + " at " + std::to_string(entry.at) +
           (entry.repair ? " repaired " + message::spell(entry.repair->mended) + ", stored as " + std::to_string(entry.repair->sha256[0])
                         : "");
}

inline std::vector<std::string> spell(const std::vector<Entry>& entries) {
    std::vector<std::string> lines;
    for (const Entry& entry : entries) lines.push_back(spell(entry));
    return lines;
}

inline std::vector<std::string> spell(const std::map<std::uint32_t, Entry>& entries) {
    std::vector<std::string> lines;
    for (const auto& [uid, entry] : entries) lines.push_back(spell(entry));
    return lines;
}

}  // namespace mailhaul::store
