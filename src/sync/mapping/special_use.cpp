// SPDX-License-Identifier: Apache-2.0
// Attributes are given out first, in the order of names; then names may guess for the rest.
#include "sync/mapping/special_use.hpp"

#include <algorithm>
#include <numeric>

#include "sync/mapping/name_index.hpp"
#include "sync/mapping/role_names.hpp"

namespace mailhaul::sync {
namespace {

std::vector<std::size_t> by_name(const MailboxTree& tree) {
    std::vector<std::size_t> order(tree.mailboxes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) -> const imap::MailboxName& { return tree.mailboxes[i].name; });
    return order;
}

std::optional<imap::SpecialUse> guess_role(std::string_view raw, const Side& side, RoleGuess guess) {
    switch (guess) {
        case RoleGuess::none: return std::nullopt;
        case RoleGuess::well_known: return well_known_role(spoken_name(raw, side));
        case RoleGuess::imapsync: {
            if (const auto role = imapsync_role(raw)) return role;
            return raw.starts_with(side.prefix) ? imapsync_role(raw.substr(side.prefix.size())) : std::nullopt;
        }
    }
    return std::nullopt;
}

bool can_play(const imap::MailboxInfo& mailbox, const MailboxTree& tree, const Side& side, RoleGuess guess) {
    if (mailbox.name.is_inbox() || mailbox.no_select) return false;
    return guess == RoleGuess::imapsync || !foreign_prefix(mailbox.name.raw(), tree, side);
}

/// imapsync does not know RFC 8457.
bool is_known(imap::SpecialUse use, RoleGuess guess) {
    return guess != RoleGuess::imapsync || use != imap::SpecialUse::important;
}

}  // namespace

Roles::Roles(const MailboxTree& tree, const Side& side, RoleGuess guess) : roles_(tree.mailboxes.size()) {
    std::vector<std::size_t> players = by_name(tree);
    std::erase_if(players, [&](std::size_t i) { return !can_play(tree.mailboxes[i], tree, side, guess); });
    for (const std::size_t i : players) {
        for (const imap::SpecialUse use : tree.mailboxes[i].special_uses) {
            if (!holder(use) && is_known(use, guess)) give(i, {use, true});
        }
    }
    for (const std::size_t i : players) {
        if (const auto use = guess_role(tree.mailboxes[i].name.raw(), side, guess)) give(i, {*use, false});
    }
}

void Roles::give(std::size_t mailbox, Role role) {
    roles_[mailbox].push_back(role);
    auto& holder = holders_[static_cast<std::size_t>(role.use)];
    if (!holder) holder = RoleHolder{mailbox, role.by_attribute};
}

std::optional<RoleMatch> match_role(const Roles& source, std::size_t mailbox, const Roles& destination) {
    for (const Role& role : source.of(mailbox)) {
        if (const auto holder = destination.holder(role.use)) {
            return RoleMatch{holder->mailbox, role.by_attribute && holder->by_attribute};
        }
    }
    return std::nullopt;
}

}  // namespace mailhaul::sync
