// SPDX-License-Identifier: Apache-2.0
// Every mailbox is entered under each of its spellings; a spelling that two share belongs to the one it is truest for.
#include "sync/mapping/name_index.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "imap/codec/modified_utf7.hpp"
#include "imap/types/ascii.hpp"
#include "sync/mapping/unicode.hpp"

namespace mailhaul::sync {
namespace {

std::string decoded(std::string_view raw) { return imap::utf8_from_utf7(raw).value_or(std::string(raw)); }

/// Levenshtein's, in rows; names longer than this are compared by their beginnings.
std::size_t edit_distance(std::u32string_view a, std::u32string_view b) {
    constexpr std::size_t longest = 100;
    a = a.substr(0, longest);
    b = b.substr(0, longest);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
        }
    }
    return row.back();
}

}  // namespace

std::string spoken_name(std::string_view raw, const Side& side) { return decoded(without_prefix(raw, side)); }

NameIndex::NameIndex(const MailboxTree& tree, const Side& side) : tree_(tree), side_(side) {
    using Spelling = std::string (*)(const std::string& raw, const Side& side);
    constexpr std::array<Spelling, 6> truest_first = {
        [](const std::string& raw, const Side&) { return raw; },
        [](const std::string& raw, const Side&) { return decoded(raw); },
        [](const std::string& raw, const Side& s) { return std::string(without_prefix(raw, s)); },
        [](const std::string& raw, const Side& s) { return spoken_name(raw, s); },
        [](const std::string& raw, const Side&) { return composed(decoded(raw)); },
        [](const std::string& raw, const Side& s) { return composed(spoken_name(raw, s)); }};
    for (const Spelling spelling : truest_first) {
        for (std::size_t i = 0; i < tree.mailboxes.size(); ++i) {
            by_name_.try_emplace(spelling(tree.mailboxes[i].name.raw(), side), i);
        }
    }
}

std::optional<std::size_t> NameIndex::find(std::string_view name) const {
    std::string with_own_separators(name);  // people write `/` whatever the server's separator is
    std::ranges::replace(with_own_separators, '/', side_.separator);
    const std::string inbox = imap::equal_ignoring_case(name, "INBOX") ? "INBOX" : std::string(name);
    for (const std::string& spelling : {inbox, composed(name), with_own_separators, composed(with_own_separators)}) {
        if (const auto found = by_name_.find(spelling); found != by_name_.end()) return found->second;
    }
    return std::nullopt;
}

std::vector<std::string> NameIndex::nearest(std::string_view name) const {
    constexpr std::size_t at_most = 3;
    const std::u32string wanted = code_points(folded(name));
    const std::size_t near = 1 + wanted.size() / 3;
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const imap::MailboxInfo& mailbox : tree_.mailboxes) {
        std::string spoken = spoken_name(mailbox.name.raw(), side_);
        const std::size_t distance = edit_distance(wanted, code_points(folded(spoken)));
        if (distance <= near) found.emplace_back(distance, std::move(spoken));
    }
    std::ranges::sort(found);
    if (found.size() > at_most) found.resize(at_most);
    std::vector<std::string> names;
    names.reserve(found.size());
    for (auto& [distance, spoken] : found) names.push_back(std::move(spoken));
    return names;
}

}  // namespace mailhaul::sync
