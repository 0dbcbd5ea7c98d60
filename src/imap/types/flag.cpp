// SPDX-License-Identifier: Apache-2.0
// Flags: kept sorted without regard to case, so that sets merge and compare in one walk.
#include "imap/types/flag.hpp"

#include <algorithm>
#include <array>

#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

constexpr std::array<std::string_view, 5> system_flags{"\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen"};

bool comes_before(std::string_view a, std::string_view b) { return order_ignoring_case(a, b) < 0; }

std::string_view canonical(std::string_view flag) {
    if (!flag.starts_with('\\')) return flag;
    const auto known = std::ranges::find_if(system_flags, [&](auto name) { return equal_ignoring_case(name, flag); });
    return known == system_flags.end() ? flag : *known;
}

}  // namespace

FlagSet::FlagSet(std::initializer_list<std::string_view> flags) {
    for (const auto flag : flags) insert(flag);
}

void FlagSet::insert(std::string_view flag) {
    if (flag.empty() || equal_ignoring_case(flag, "\\Recent")) return;
    const auto place = std::lower_bound(flags_.begin(), flags_.end(), flag, comes_before);
    if (place != flags_.end() && equal_ignoring_case(*place, flag)) return;
    flags_.emplace(place, canonical(flag));
}

void FlagSet::erase(std::string_view flag) {
    std::erase_if(flags_, [&](const std::string& held) { return equal_ignoring_case(held, flag); });
}

bool FlagSet::contains(std::string_view flag) const {
    return std::binary_search(flags_.begin(), flags_.end(), flag, comes_before);
}

std::string FlagSet::to_string() const {
    std::string out;
    for (const auto& flag : flags_) {
        if (!out.empty()) out += ' ';
        out += flag;
    }
    return out;
}

FlagSet FlagSet::minus(const FlagSet& other) const {
    FlagSet rest;
    std::ranges::set_difference(flags_, other.flags_, std::back_inserter(rest.flags_), comes_before);
    return rest;
}

FlagSet FlagSet::united(const FlagSet& other) const {
    FlagSet both;
    std::ranges::set_union(flags_, other.flags_, std::back_inserter(both.flags_), comes_before);
    return both;
}

FlagSet FlagSet::intersected(const FlagSet& other) const {
    FlagSet shared;
    std::ranges::set_intersection(flags_, other.flags_, std::back_inserter(shared.flags_), comes_before);
    return shared;
}

bool FlagSet::operator==(const FlagSet& other) const { return std::ranges::equal(flags_, other.flags_, equal_ignoring_case); }

bool is_sendable_flag(std::string_view flag) {
    if (flag.size() > 250 || equal_ignoring_case(flag, "\\Recent")) return false;
    if (flag.starts_with('\\')) flag.remove_prefix(1);
    return !flag.empty() && std::ranges::all_of(flag, is_atom_char);
}

}  // namespace mailhaul::imap
