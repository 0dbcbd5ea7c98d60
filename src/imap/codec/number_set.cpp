// SPDX-License-Identifier: Apache-2.0
// One walk over the ranges; what is made of them is the caller's.
#include "imap/codec/number_set.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "imap/codec/number.hpp"

namespace mailhaul::imap {
namespace {

std::optional<Uid> uid_from(std::string_view digits) {
    const auto number = number_from(digits);
    if (!number || *number == 0 || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return Uid{static_cast<std::uint32_t>(*number)};
}

// seq-range = seq-number ":" seq-number / sequence-set = (seq-number / seq-range) ["," sequence-set]
template <typename OnRange>
bool read_ranges(std::string_view text, OnRange on_range) {
    while (true) {
        const auto end = std::min(text.find(','), text.size());
        const std::string_view range = text.substr(0, end);
        const auto colon = std::min(range.find(':'), range.size());
        const auto first = uid_from(range.substr(0, colon));
        const auto last = colon == range.size() ? first : uid_from(range.substr(colon + 1));
        if (!first || !last) return false;
        on_range(*first, *last);
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::optional<UidSequence> uid_sequence_from(std::string_view text) {
    UidSequence sequence;
    if (!read_ranges(text, [&](Uid first, Uid last) { sequence.append(first, last); })) return std::nullopt;
    return sequence;
}

std::optional<UidSet> uid_set_from(std::string_view text) {
    std::vector<UidSet::Range> ranges;
    if (!read_ranges(text, [&](Uid first, Uid last) { ranges.push_back({first, last}); })) return std::nullopt;
    return UidSet::from_ranges(std::move(ranges));
}

}  // namespace mailhaul::imap
