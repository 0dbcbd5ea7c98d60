// SPDX-License-Identifier: Apache-2.0
// RegularExpression: PCRE2 over octets, with Perl's meaning of a pattern where the two differ, and limits.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailhaul::perl {

/// What one match found. Borrowed from the subject and the MatchBuffer; good until the next match.
class Found {
public:
    Found(std::string_view subject, const std::size_t* pairs, std::size_t count)
        : subject_(subject), pairs_(pairs), count_(count) {}
    [[nodiscard]] std::size_t begin() const { return pairs_[0]; }
    [[nodiscard]] std::size_t end() const { return pairs_[1]; }
    /// Empty where it took no part in the match, or is not in the pattern.
    [[nodiscard]] std::string_view group(std::size_t number) const;
    [[nodiscard]] std::string_view before() const { return subject_.substr(0, begin()); }
    [[nodiscard]] std::string_view after() const { return subject_.substr(end()); }

private:
    std::string_view subject_;
    const std::size_t* pairs_;
    std::size_t count_;
};

class RegularExpression {
public:
    /// `pattern` without variables, `modifiers` some of i m s x n (others are passed over). Error: usage, without the option.
    static Result<RegularExpression> compile(const std::string& pattern, std::string_view modifiers);

    /// The first match that begins at `from` or later; where `advances` it must not be empty at `from`. Error: usage, where
    /// the limits are exceeded.
    [[nodiscard]] Result<std::optional<Found>> find(std::string_view subject, std::size_t from, bool advances) const;

    /// The group of this name; empty where the pattern has none.
    [[nodiscard]] std::optional<std::size_t> group_named(const std::string& name) const;

private:
    struct Compiled;
    explicit RegularExpression(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const Compiled> compiled_;  // shared by the copies of this value; used by one thread
};

}  // namespace mailhaul::perl
