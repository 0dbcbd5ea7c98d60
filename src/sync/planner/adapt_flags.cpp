// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/adapt_flags.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "imap/types/ascii.hpp"

namespace mailhaul::sync {
namespace {

bool is_system_flag(std::string_view flag) {
    constexpr std::array<std::string_view, 5> all{"\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen"};
    return std::ranges::any_of(all, [&](std::string_view one) { return imap::equal_ignoring_case(one, flag); });
}

bool is_keyword(std::string_view flag) { return !flag.starts_with('\\'); }

/// `Work:FLAG2` -> `Work`.
std::string_view without_suffix(std::string_view keyword, std::string_view suffix) {
    if (suffix.empty()) return keyword;
    const std::size_t last = keyword.find_last_not_of("0123456789");
    if (last == std::string_view::npos || last + 1 == keyword.size()) return keyword;
    const std::string_view name = keyword.substr(0, last + 1);
    return name.ends_with(suffix) && name.size() > suffix.size() ? name.substr(0, name.size() - suffix.size()) : keyword;
}

/// Empty where it is to go.
std::optional<std::string> adapted(const std::string& flag, const Rules& rules) {
    if (is_system_flag(flag)) return flag;
    if (imap::equal_ignoring_case(flag, "\\Forwarded")) return "$Forwarded";
    if (imap::equal_ignoring_case(flag, "\\Junk")) return "$Junk";
    if (!is_keyword(flag)) return std::nullopt;
    const std::string keyword(without_suffix(flag, rules.keyword_suffix));
    const DestinationKnowledge& there = rules.of_destination;
    const bool is_too_long = there.keyword_octets > 0 && keyword.size() > there.keyword_octets;
    if (is_too_long || there.dropped_flags.contains(keyword)) return std::nullopt;
    return keyword;
}

/// Keywords that no mailbox of the destination has room for: the rarest of `source` beyond those it has already.
imap::FlagSet surplus(const Snapshot& source, const imap::SelectedMailbox& destination, std::size_t most) {
    imap::FlagSet there;
    for (const imap::FlagSet* known :
         {&destination.flags, destination.permanent_flags ? &*destination.permanent_flags : nullptr})
        if (known != nullptr)
            for (const std::string& flag : *known)
                if (is_keyword(flag)) there.insert(flag);
    std::map<std::string, std::size_t> messages;
    for (const ListedMessage& message : source.messages)
        for (const std::string& flag : source.flags_of(message))
            if (is_keyword(flag) && !there.contains(flag)) ++messages[flag];
    std::vector<std::pair<std::size_t, std::string>> rarest_first;
    for (const auto& [flag, count] : messages) rarest_first.emplace_back(count, flag);
    std::ranges::sort(rarest_first);
    const std::size_t room = most > there.size() ? most - there.size() : 0;
    imap::FlagSet too_many;
    for (std::size_t i = 0; i + room < rarest_first.size(); ++i) too_many.insert(rarest_first[i].second);
    return too_many;
}

}  // namespace

std::vector<imap::FlagSet> adapt_flags(Snapshot& source, const imap::SelectedMailbox& destination, const Rules& rules) {
    std::vector<imap::FlagSet> dropped;
    if (!rules.adapt_flags) return dropped;
    source.flags.replace_each([&](const imap::FlagSet& flags) {
        imap::FlagSet kept;
        imap::FlagSet& gone = dropped.emplace_back();
        for (const std::string& flag : flags) {
            if (const auto name = adapted(flag, rules)) kept.insert(*name);
            else gone.insert(flag);
        }
        return kept;
    });
    const std::size_t most = rules.of_destination.keywords_each;
    if (most == 0) return dropped;
    const imap::FlagSet too_many = surplus(source, destination, most);
    if (too_many.empty()) return dropped;
    std::size_t index = 0;
    source.flags.replace_each([&](const imap::FlagSet& flags) {
        imap::FlagSet& gone = dropped[index++];
        gone = gone.united(flags.intersected(too_many));
        return flags.minus(too_many);
    });
    return dropped;
}

}  // namespace mailhaul::sync
