// SPDX-License-Identifier: Apache-2.0
// Roles: which mailbox of one side plays which part, by attribute (RFC 6154) or by a well-known name.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "sync/mapping/side.hpp"

namespace mailhaul::sync {

/// How names may tell a role.
enum class RoleGuess : std::uint8_t {
    none,
    well_known,  ///< names known in many languages, in any case
    imapsync,    ///< imapsync's own list, to the letter (behaviour 4.4)
};

/// A role and how sure it is.
struct Role {
    imap::SpecialUse use = imap::SpecialUse::all;
    bool by_attribute = false;
};

/// A mailbox that plays a role.
struct RoleHolder {
    std::size_t mailbox = 0;  ///< its place in the tree
    bool by_attribute = false;
};

class Roles {
public:
    /// INBOX, what cannot be selected, and what belongs to others play none. Of several mailboxes with one attribute the
    /// first by name has it, whatever order the server lists them in: the next pass must choose the same.
    Roles(const MailboxTree& tree, const Side& side, RoleGuess guess);

    /// What the mailbox at this place plays, surest first.
    [[nodiscard]] const std::vector<Role>& of(std::size_t mailbox) const { return roles_[mailbox]; }

    /// Who plays `use`: by attribute if anybody, else the first by name.
    [[nodiscard]] std::optional<RoleHolder> holder(imap::SpecialUse use) const {
        return holders_[static_cast<std::size_t>(use)];
    }

private:
    void give(std::size_t mailbox, Role role);

    std::vector<std::vector<Role>> roles_;              // by place in the tree
    std::array<std::optional<RoleHolder>, 8> holders_;  // by SpecialUse
};

/// The destination's mailbox for the source's mailbox at this place: the one with the same role.
struct RoleMatch {
    std::size_t destination = 0;
    bool by_attribute = false;  ///< on both sides
};
std::optional<RoleMatch> match_role(const Roles& source, std::size_t mailbox, const Roles& destination);

}  // namespace mailhaul::sync
