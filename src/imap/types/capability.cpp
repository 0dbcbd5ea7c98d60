// SPDX-License-Identifier: Apache-2.0
// Capabilities: upper-cased on entry, so that looking one up is a binary search.
#include "imap/types/capability.hpp"

#include <algorithm>
#include <charconv>

#include "imap/types/ascii.hpp"

namespace mailhaul::imap {

void CapabilitySet::insert(std::string_view capability) {
    constexpr std::string_view blanks = " \t";
    while (!capability.empty()) {
        const auto end = std::min(capability.find_first_of(blanks), capability.size());
        std::string name = upper_from(capability.substr(0, end));
        capability.remove_prefix(std::min(end + 1, capability.size()));
        if (name.empty()) continue;
        if (name == "+" || name == "-") {
            if (!has("LITERAL")) continue;
            erase("LITERAL");
            name.insert(0, "LITERAL");
        }
        const auto place = std::ranges::lower_bound(names_, name);
        if (place == names_.end() || *place != name) names_.insert(place, std::move(name));
    }
}

void CapabilitySet::erase(std::string_view capability) { std::erase(names_, upper_from(capability)); }

bool CapabilitySet::has(std::string_view capability) const {
    return std::ranges::binary_search(names_, upper_from(capability));
}

bool CapabilitySet::has_auth(std::string_view mechanism) const { return has("AUTH=" + std::string(mechanism)); }

std::optional<Octets> CapabilitySet::append_limit() const {
    constexpr std::string_view prefix = "APPENDLIMIT=";
    for (const auto& name : names_) {
        if (!name.starts_with(prefix)) continue;
        std::uint64_t limit = 0;
        const char* end = name.data() + name.size();
        const auto [stop, failure] = std::from_chars(name.data() + prefix.size(), end, limit);
        if (failure == std::errc{} && stop == end) return Octets{limit};
    }
    return std::nullopt;
}

std::string CapabilitySet::to_string() const {
    std::string out;
    for (const auto& name : names_) {
        if (!out.empty()) out += ' ';
        out += name;
    }
    return out;
}

}  // namespace mailhaul::imap
