// SPDX-License-Identifier: Apache-2.0
// NameIndex: finds the mailbox that a person means.
//
// A person types what a mail program shows; the server spells it in modified UTF-7 behind a prefix. Both are understood,
// the server's own spelling first.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sync/mapping/side.hpp"

namespace mailhaul::sync {

/// What a person would call this mailbox: decoded, without the prefix.
std::string spoken_name(std::string_view raw, const Side& side);

class NameIndex {
public:
    /// `tree` is borrowed.
    NameIndex(const MailboxTree& tree, const Side& side);

    /// Its place in the tree's mailboxes.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

    /// Spoken names that `name` may be a slip for, nearest first, at most three.
    [[nodiscard]] std::vector<std::string> nearest(std::string_view name) const;

private:
    const MailboxTree& tree_;
    Side side_;
    std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace mailhaul::sync
