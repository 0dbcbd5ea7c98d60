// SPDX-License-Identifier: Apache-2.0
// Where NAMESPACE is missing the names must do: the separator most often seen, and a prefix that every name carries.
#include "sync/mapping/side.hpp"

#include <algorithm>
#include <array>

#include "imap/types/ascii.hpp"

namespace mailhaul::sync {
namespace {

std::optional<char> listed_separator(const MailboxTree& tree) {
    const auto found = std::ranges::find_if(tree.mailboxes, [](const imap::MailboxInfo& m) { return m.separator.has_value(); });
    return found == tree.mailboxes.end() ? std::nullopt : found->separator;
}

char most_frequent_separator(const MailboxTree& tree) {
    constexpr std::array candidates = {'/', '.', '\\'};
    const auto count = [&](char separator) {
        std::ptrdiff_t total = 0;
        for (const imap::MailboxInfo& mailbox : tree.mailboxes) total += std::ranges::count(mailbox.name.raw(), separator);
        return total;
    };
    return *std::ranges::max_element(candidates, {}, count);  // the first of equals: `/` where none occurs
}

bool is_advertised(const imap::Namespace& personal) { return personal.separator || !personal.prefix.empty(); }

/// Exact but for `INBOX`, which has no case.
bool carries(std::string_view raw, std::string_view prefix) {
    constexpr std::size_t inbox = 5;
    if (raw.size() < prefix.size()) return false;
    const bool begins_with_inbox = imap::starts_with_ignoring_case(prefix, "INBOX");
    const std::size_t without_case = begins_with_inbox ? inbox : 0;
    return imap::equal_ignoring_case(raw.substr(0, without_case), prefix.substr(0, without_case)) &&
           raw.substr(without_case).starts_with(prefix.substr(without_case));
}

/// `INBOX` and a separator where every mailbox but INBOX begins so.
std::string common_inbox_prefix(const MailboxTree& tree) {
    std::string prefix;
    for (const imap::MailboxInfo& mailbox : tree.mailboxes) {
        if (mailbox.name.is_inbox()) continue;
        const std::string& raw = mailbox.name.raw();
        const bool fits = imap::starts_with_ignoring_case(raw, "INBOX.") || imap::starts_with_ignoring_case(raw, "INBOX/");
        if (!fits || !carries(raw, prefix)) return {};
        prefix = raw.substr(0, 6);
    }
    return prefix;
}

}  // namespace

Side side_of(const MailboxTree& tree, const std::optional<std::string>& prefix, const std::optional<std::string>& separator) {
    Side side;
    if (separator) {
        side.separator = separator->front();
    } else if (tree.personal.separator) {
        side.separator = *tree.personal.separator;
    } else {
        side.separator = listed_separator(tree).value_or(most_frequent_separator(tree));
    }
    if (separator && separator->size() > 1) side.long_separator = *separator;
    if (prefix) {
        side.prefix = *prefix;
    } else if (is_advertised(tree.personal)) {
        side.prefix = tree.personal.prefix;
    } else {
        side.prefix = common_inbox_prefix(tree);
        side.prefix_is_guess = !side.prefix.empty();
    }
    return side;
}

std::string_view without_prefix(std::string_view raw, const Side& side) {
    return carries(raw, side.prefix) ? raw.substr(side.prefix.size()) : raw;
}

std::vector<std::string> levels_of(std::string_view raw, const Side& side) {
    std::string_view rest = without_prefix(raw, side);
    if (rest.ends_with(side.separator)) rest.remove_suffix(1);
    std::vector<std::string> levels;
    while (true) {
        const std::size_t end = rest.find(side.separator);
        levels.emplace_back(rest.substr(0, end));
        if (end == std::string_view::npos) return levels;
        rest.remove_prefix(end + 1);
    }
}

std::optional<std::string> foreign_prefix(std::string_view raw, const MailboxTree& tree, const Side& side) {
    if (imap::equal_ignoring_case(raw, "INBOX")) return std::nullopt;
    const std::string node = std::string(raw) + side.separator;  // the root of a namespace belongs to it
    const imap::Namespace* foreign = nullptr;
    for (const imap::Namespace& candidate : tree.foreign) {
        if (carries(node, candidate.prefix) && (foreign == nullptr || candidate.prefix.size() > foreign->prefix.size())) {
            foreign = &candidate;
        }
    }
    const bool personal = carries(node, side.prefix);
    if (foreign == nullptr || (personal && side.prefix.size() >= foreign->prefix.size())) return std::nullopt;
    return foreign->prefix;
}

}  // namespace mailhaul::sync
