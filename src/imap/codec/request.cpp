// SPDX-License-Identifier: Apache-2.0
#include "imap/codec/request.hpp"

#include <algorithm>

namespace mailhaul::imap {

std::vector<std::pair<std::uint32_t, std::uint32_t>> SequenceSet::resolve(std::uint32_t largest) const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> resolved;
    resolved.reserve(ranges_.size());
    for (const auto& [first, last] : ranges_) {
        const auto bounds = std::minmax({first.value_or(largest), last.value_or(largest)});
        resolved.push_back(bounds);
    }
    std::sort(resolved.begin(), resolved.end());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> merged;
    for (const auto& range : resolved) {
        if (!merged.empty() && range.first <= merged.back().second) {
            merged.back().second = std::max(merged.back().second, range.second);
        } else {
            merged.push_back(range);
        }
    }
    return merged;
}

}  // namespace mailhaul::imap
