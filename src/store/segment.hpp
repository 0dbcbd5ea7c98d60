// SPDX-License-Identifier: Apache-2.0
// Segment: a run of changes to one mailbox pair of the ledger, packed. Pure.
//
// A message costs some 44 octets in it, SHA-256 included; in a table of rows it would cost twice that. Later segments have
// the last word, so recording is appending, and reading is folding. The octets stand in docs/formats/ledger.md. Leaves out
// where segments are kept and when they are merged: sqlite_ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/rare.hpp"
#include "imap/types/ids.hpp"
#include "message/fingerprint.hpp"
#include "message/repair.hpp"

namespace mailhaul::store {

/// What one segment says of one source UID.
struct Change {
    enum class Kind : std::uint8_t {
        copied = 0,
        adopted = 1,
        flags = 2,      ///< only `flag_set` counts; says nothing of a message unknown before
        forgotten = 3,  ///< only `source` counts
    };
    imap::Uid source;
    Kind kind = Kind::copied;
    imap::Uid destination;
    std::uint32_t flag_set = 0;  ///< number of the combination, from the table of the store
    std::int64_t at = 0;         ///< epoch seconds
    std::optional<message::Sha256> sha256;
    std::optional<std::uint64_t> message_id;  ///< digest
    Rare<message::Repair> repair;
    [[nodiscard]] bool is_entry() const { return kind == Kind::copied || kind == Kind::adopted; }
    bool operator==(const Change&) const = default;
};

/// Packs changes that are ascending by source UID, each UID once.
std::string encode_segment(std::span<const Change> changes);

/// The changes of a segment; empty optional where the octets are not those of encode_segment(). Allocates in proportion
/// to `octets`, whatever they say.
std::optional<std::vector<Change>> decode_segment(std::span<const std::uint8_t> octets);

/// How complete what is folded is.
enum class Fold : std::uint8_t {
    part,   ///< older segments exist: what is forgotten must stay told
    whole,  ///< everything there is: only entries remain
};

/// One change for each source UID, ascending: the last word on it. `changes` in the order they were made.
std::vector<Change> fold(std::vector<Change> changes, Fold extent);

}  // namespace mailhaul::store
