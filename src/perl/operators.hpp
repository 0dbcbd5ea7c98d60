// SPDX-License-Identifier: Apache-2.0
// Perl's match, substitution and transliteration as options of imapsync take them: read as data, never evaluated.
//
// `m/x/`, `/x/`, `s/a/b/`, `tr/a/b/` (`y/a/b/`), with any delimiters, the modifiers i m s x n g (c d s r of tr), what a
// double-quoted replacement may hold (`$1`, `${1}`, `$&`, `$+{name}`, `\n`, `\x41`, `\U \L \Q \E \u \l`), and variables
// that the caller names. Octets, not characters: as Perl sees a message. Patterns are PCRE2's, held to limits.
// Left out, and refused with the reason: code (`e`, `(?{ })`), other variables, anything after the operator. Pure.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mailhaul::perl {

/// What `$name`, `${name}` and `$sync->{name}` stand for. Other variables are refused.
using Variables = std::map<std::string, std::string, std::less<>>;

/// Octets a substitution may make of a subject, and a pattern may have.
inline constexpr std::size_t longest_result = 256U << 20;
inline constexpr std::size_t longest_operator = 64U << 10;

class Match {
public:
    /// `option` names where it came from, as `--skipmess`. Error: usage, what was seen and what was wanted.
    static Result<Match> parse(std::string_view option, std::string_view text, const Variables& variables = {});

    /// Error: usage, where matching exceeds its limits.
    [[nodiscard]] Result<bool> matches(std::string_view subject) const;

    /// `--skipmess m/x/`
    [[nodiscard]] const std::string& spelling() const;

private:
    struct Parsed;
    explicit Match(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
    std::shared_ptr<const Parsed> parsed_;  // shared by the copies of this value; immutable
};

class Substitution {
public:
    /// As Match::parse.
    static Result<Substitution> parse(std::string_view option, std::string_view text, const Variables& variables = {});

    /// `subject` as the operator leaves it. Error: usage, where matching or the result exceeds its limits.
    [[nodiscard]] Result<std::string> apply(std::string subject) const;

    [[nodiscard]] const std::string& spelling() const;

private:
    struct Parsed;
    explicit Substitution(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
    std::shared_ptr<const Parsed> parsed_;  // shared by the copies of this value; immutable
};

/// One for each of `texts`, or the first error.
Result<std::vector<Substitution>> parse_substitutions(std::string_view option, const std::vector<std::string>& texts,
                                                      const Variables& variables = {});
Result<std::vector<Match>> parse_matches(std::string_view option, const std::vector<std::string>& texts,
                                         const Variables& variables = {});

/// One after the other.
Result<std::string> apply_all(std::span<const Substitution> substitutions, std::string subject);

}  // namespace mailhaul::perl
