// SPDX-License-Identifier: Apache-2.0
// UidSet: an ordered set of UIDs kept as ranges (RFC 9051 section 9, `sequence-set`, without `*`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "imap/types/ids.hpp"

namespace mailhaul::imap {

class UidSet {
public:
    struct Range {
        Uid first;
        Uid last;  ///< inclusive, >= first
        bool operator==(const Range&) const = default;
    };

    UidSet() = default;
    static UidSet range(Uid first, Uid last);
    /// Of ranges in any order, each possibly descending; n log n, where insert() one by one can cost n squared.
    static UidSet from_ranges(std::vector<Range> ranges);

    /// Any order; overlapping and adjacent ranges merge. Cheapest in ascending order. UID 0 is left out.
    void insert(Uid uid) { insert(uid, uid); }
    void insert(Uid first, Uid last);

    /// Nothing where it is not there.
    void erase(Uid uid);

    [[nodiscard]] bool contains(Uid uid) const;
    [[nodiscard]] bool empty() const { return ranges_.empty(); }
    [[nodiscard]] std::uint64_t size() const;  ///< number of UIDs
    [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }

    /// Ascending wire form, `1:5,9,12:20`; empty for the empty set, which must never be sent.
    [[nodiscard]] std::string to_string() const;

    /// Cuts into sets, in order, of 1000 UIDs (RFC 9738: some servers take no more) and `max_octets` octets on the wire at
    /// most.
    [[nodiscard]] std::vector<UidSet> split(std::size_t max_octets) const;

    bool operator==(const UidSet&) const = default;

private:
    std::vector<Range> ranges_;  // ascending, disjoint, not adjacent
};

/// UIDs in the order a server wrote them, expanded lazily: APPENDUID and COPYUID pair positions, so
/// order matters and ranges may descend (RFC 4315 section 3).
class UidSequence {
public:
    void append(Uid first, Uid last) { ranges_.emplace_back(first, last); }
    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] bool empty() const { return ranges_.empty(); }
    /// Expands into at most `limit` UIDs, in the order written; more is cut off.
    [[nodiscard]] std::vector<Uid> expand(std::size_t limit) const;
    [[nodiscard]] UidSet to_set() const;
    bool operator==(const UidSequence&) const = default;

private:
    std::vector<std::pair<Uid, Uid>> ranges_;
};

}  // namespace mailhaul::imap
