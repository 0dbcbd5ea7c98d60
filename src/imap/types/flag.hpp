// SPDX-License-Identifier: Apache-2.0
// Flags and keywords of a message (RFC 9051 section 2.3.2).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul::imap {

/// A set of flags, compared without regard to case, each spelt as first seen except the system flags,
/// which are spelt as in the RFC. `\Recent` is dropped on entry: it is the server's, never a client's.
/// `\*` is allowed (PERMANENTFLAGS).
class FlagSet {
public:
    FlagSet() = default;
    FlagSet(std::initializer_list<std::string_view> flags);

    void insert(std::string_view flag);
    void erase(std::string_view flag);
    [[nodiscard]] bool contains(std::string_view flag) const;
    [[nodiscard]] bool empty() const { return flags_.empty(); }
    [[nodiscard]] std::size_t size() const { return flags_.size(); }
    [[nodiscard]] auto begin() const { return flags_.begin(); }
    [[nodiscard]] auto end() const { return flags_.end(); }

    /// Wire form without parentheses, sorted without regard to case: `$Forwarded \Answered \Seen`.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] FlagSet minus(const FlagSet& other) const;
    [[nodiscard]] FlagSet united(const FlagSet& other) const;
    [[nodiscard]] FlagSet intersected(const FlagSet& other) const;

    bool operator==(const FlagSet& other) const;

private:
    std::vector<std::string> flags_;  // sorted without regard to case, unique
};

/// True where `flag` can be sent: `\` atom or atom, 7-bit, 1..250 octets. Neither `\*` nor `\Recent`.
bool is_sendable_flag(std::string_view flag);

}  // namespace mailhaul::imap
