// SPDX-License-Identifier: Apache-2.0
#include "proof/merkle.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace mailhaul::proof {
namespace {

constexpr char leaf_version = 1;

// What is hashed begins with its kind, so that no node can be passed off as a leaf.
constexpr std::string_view leaf_prefix("\x00", 1);
constexpr std::string_view node_prefix("\x01", 1);

std::string_view octets_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

Digest node(const Digest& left, const Digest& right) {
    message::Sha256Stream stream;
    stream.update(node_prefix);
    stream.update(octets_of(left));
    stream.update(octets_of(right));
    return stream.finish();
}

/// Big-endian.
template <typename Number>
void append_number(std::string& octets, Number number) {
    for (std::size_t shift = sizeof(Number) * 8; shift > 0; shift -= 8)
        octets += static_cast<char>(static_cast<std::uint8_t>(number >> (shift - 8)));
}

void append_mailbox(std::string& octets, const store::MailboxKey& mailbox) {
    append_number(octets, static_cast<std::uint32_t>(mailbox.name.raw().size()));
    octets += mailbox.name.raw();
    append_number(octets, mailbox.uid_validity.value());
}

auto order_of(const store::PairKey& pair) {
    return std::tuple(pair.source.name.raw(), pair.source.uid_validity, pair.destination.name.raw(),
                      pair.destination.uid_validity);
}

}  // namespace

std::string hex_from(const Digest& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t octet : digest) {
        hex += digits[octet >> 4U];
        hex += digits[octet & 15U];
    }
    return hex;
}

void MerkleTree::add(std::string_view leaf) {
    message::Sha256Stream stream;
    stream.update(leaf_prefix);
    stream.update(leaf);
    complete_.emplace_back(1, stream.finish());
    ++size_;
    while (complete_.size() > 1 && complete_[complete_.size() - 2].first == complete_.back().first) {
        const auto right = complete_.back();
        complete_.pop_back();
        complete_.back() = {right.first * 2, node(complete_.back().second, right.second)};
    }
}

Digest MerkleTree::root() const {
    if (complete_.empty()) return message::Sha256Stream().finish();
    Digest root = complete_.back().second;
    for (std::size_t i = complete_.size() - 1; i > 0; --i) root = node(complete_[i - 1].second, root);
    return root;
}

std::string leaf_of(const store::Entry& entry) {
    std::string octets{leaf_version, 'm', static_cast<char>(entry.origin)};
    append_number(octets, entry.source.value());
    append_number(octets, entry.destination.value());
    if (entry.sha256) octets += octets_of(*entry.sha256);
    if (entry.repair) octets += octets_of(entry.repair->sha256);
    return octets;
}

std::string leaf_of(const store::PairKey& pair, std::uint64_t entries, const Digest& root) {
    std::string octets{leaf_version, 'p'};
    append_mailbox(octets, pair.source);
    append_mailbox(octets, pair.destination);
    append_number(octets, entries);
    octets += octets_of(root);
    return octets;
}

std::pair<std::vector<store::PairKey>, std::vector<store::PairKey>> current_pairs(const std::vector<store::PairKey>& recorded) {
    std::pair<std::vector<store::PairKey>, std::vector<store::PairKey>> pairs;
    std::unordered_set<std::string> seen;
    for (auto pair = recorded.rbegin(); pair != recorded.rend(); ++pair)
        (seen.insert(pair->source.name.raw()).second ? pairs.first : pairs.second).push_back(*pair);
    std::ranges::sort(pairs.first, {}, order_of);
    std::ranges::sort(pairs.second, {}, order_of);
    return pairs;
}

}  // namespace mailhaul::proof
