// SPDX-License-Identifier: Apache-2.0
// Merkle tree over a ledger: one SHA-256 that stands for every message it knows (RFC 6962 section 2.1).
//
// A leaf's octets and the order of leaves are a format: docs/formats/certificate.md. Pure, and flat in memory: a tree of a
// million leaves is twenty digests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "message/fingerprint.hpp"
#include "store/ledger.hpp"

namespace mailhaul::proof {

using Digest = message::Sha256;

/// 64 hex digits, lower case.
std::string hex_from(const Digest& digest);

class MerkleTree {
public:
    /// The next leaf, by its octets.
    void add(std::string_view leaf);
    /// Of the leaves so far; of none, SHA-256 of nothing. More may be added afterwards.
    [[nodiscard]] Digest root() const;
    [[nodiscard]] std::uint64_t size() const { return size_; }

private:
    std::vector<std::pair<std::uint64_t, Digest>> complete_;  // subtrees of 2^n leaves, largest first
    std::uint64_t size_ = 0;
};

/// A message of the ledger: UIDs, origin and SHA-256, where it was repaired also that of what was stored. Not its flags, which every sync may change.
std::string leaf_of(const store::Entry& entry);

/// A mailbox pair: names, UIDVALIDITYs, how many messages, and the root of their leaves.
std::string leaf_of(const store::PairKey& pair, std::uint64_t entries, const Digest& root);

/// The pairs a ledger stands by, in the order of their leaves: of each source mailbox the pair recorded last. A mailbox made
/// anew, or mapped elsewhere since, leaves older pairs behind that say nothing of today; those come in `second`.
std::pair<std::vector<store::PairKey>, std::vector<store::PairKey>> current_pairs(const std::vector<store::PairKey>& recorded);

}  // namespace mailhaul::proof
