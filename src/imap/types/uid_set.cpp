// SPDX-License-Identifier: Apache-2.0
// Ranges of UIDs: merging, spelling, cutting.
#include "imap/types/uid_set.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace mailhaul::imap {
namespace {

/// True where a range that ends at `last` leaves a gap before `first`.
bool gap_between(Uid last, Uid first) { return last.value() < first.value() && first.value() - last.value() > 1; }

void append_number(std::string& out, Uid uid) {
    std::array<char, 10> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), uid.value()).ptr;
    out.append(digits.data(), end);
}

std::string spell(const UidSet::Range& range) {
    std::string out;
    append_number(out, range.first);
    if (range.first == range.last) return out;
    out += ':';
    append_number(out, range.last);
    return out;
}

}  // namespace

UidSet UidSet::range(Uid first, Uid last) {
    UidSet set;
    set.insert(first, last);
    return set;
}

UidSet UidSet::from_ranges(std::vector<Range> ranges) {
    for (auto& range : ranges)
        if (range.last < range.first) std::swap(range.first, range.last);
    if (!std::ranges::is_sorted(ranges, {}, &Range::first)) std::ranges::sort(ranges, {}, &Range::first);
    UidSet set;
    for (const auto& range : ranges) set.insert(range.first, range.last);
    return set;
}

void UidSet::insert(Uid first, Uid last) {
    if (last < first) std::swap(first, last);
    if (last.value() == 0) return;
    if (first.value() == 0) first = Uid{1};
    if (ranges_.empty() || gap_between(ranges_.back().last, first)) {
        ranges_.push_back({first, last});
        return;
    }
    // [begin, end): the ranges that overlap or touch the new one and become one with it.
    const auto begin = std::ranges::partition_point(ranges_, [&](const Range& r) { return gap_between(r.last, first); });
    const auto end = std::partition_point(begin, ranges_.end(), [&](const Range& r) { return !gap_between(last, r.first); });
    if (begin == end) {
        ranges_.insert(begin, {first, last});
        return;
    }
    begin->first = std::min(begin->first, first);
    begin->last = std::max(std::prev(end)->last, last);
    ranges_.erase(std::next(begin), end);
}

void UidSet::erase(Uid uid) {
    const auto found = std::ranges::lower_bound(ranges_, uid, {}, &Range::last);
    if (found == ranges_.end() || uid < found->first) return;
    const Range whole = *found;
    const auto next = ranges_.erase(found);
    std::vector<Range> left;
    if (whole.first < uid) left.push_back({whole.first, Uid{uid.value() - 1}});
    if (uid < whole.last) left.push_back({Uid{uid.value() + 1}, whole.last});
    ranges_.insert(next, left.begin(), left.end());
}

bool UidSet::contains(Uid uid) const {
    const auto after = std::ranges::upper_bound(ranges_, uid, {}, &Range::first);
    return after != ranges_.begin() && uid <= std::prev(after)->last;
}

std::uint64_t UidSet::size() const {
    std::uint64_t count = 0;
    for (const auto& range : ranges_) count += std::uint64_t{range.last.value()} - range.first.value() + 1;
    return count;
}

std::string UidSet::to_string() const {
    std::string out;
    for (const auto& range : ranges_) {
        if (!out.empty()) out += ',';
        out += spell(range);
    }
    return out;
}

std::vector<UidSet> UidSet::split(std::size_t max_octets) const {
    constexpr std::uint64_t most_uids = 1000;
    constexpr std::uint64_t widest = 1'000'000;  // more in a row no mailbox has, but an answer may claim it: not cut
    std::vector<UidSet> pieces;
    std::size_t octets = 0;
    std::uint64_t uids = 0;
    for (Range left : ranges_) {
        while (true) {
            const bool is_full = pieces.empty() || uids == most_uids;
            const std::uint64_t room = is_full ? most_uids : most_uids - uids;
            const std::uint64_t size = std::uint64_t{left.last.value()} - left.first.value() + 1;
            const std::uint64_t taken = size > widest ? size : std::min(size, room);
            const Range part{left.first, Uid{static_cast<std::uint32_t>(left.first.value() + taken - 1)}};
            const std::size_t more = spell(part).size();
            if (is_full || octets + 1 + more > max_octets) {
                pieces.emplace_back();
                octets = more;
                uids = 0;
            } else {
                octets += 1 + more;
            }
            pieces.back().ranges_.push_back(part);
            uids = std::min(uids + taken, most_uids);
            if (taken == size) break;
            left.first = Uid{part.last.value() + 1};
        }
    }
    return pieces;
}

std::uint64_t UidSequence::size() const {
    std::uint64_t count = 0;
    for (const auto& [first, last] : ranges_)
        count += std::uint64_t{std::max(first, last).value()} - std::min(first, last).value() + 1;
    return count;
}

std::vector<Uid> UidSequence::expand(std::size_t limit) const {
    std::vector<Uid> uids;
    for (const auto& [first, last] : ranges_) {
        const bool ascending = first <= last;
        for (std::uint32_t uid = first.value(); uids.size() < limit; ascending ? ++uid : --uid) {
            uids.emplace_back(uid);
            if (uid == last.value()) break;
        }
    }
    return uids;
}

UidSet UidSequence::to_set() const {
    std::vector<UidSet::Range> ranges;
    for (const auto& [first, last] : ranges_) ranges.push_back({first, last});
    return UidSet::from_ranges(std::move(ranges));
}

}  // namespace mailhaul::imap
