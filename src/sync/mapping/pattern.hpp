// SPDX-License-Identifier: Apache-2.0
// Pattern: a regular expression of the operator's, held to limits so that a costly one ends with an error, not never.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mailhaul::sync {

class Pattern {
public:
    /// `option` names where it came from, as `--exclude`. PCRE2, UTF-8. Error: usage, with the place of the mistake.
    static Result<Pattern> compile(std::string_view option, const std::string& text);

    /// Unanchored. Error: usage, where matching exceeds its limits.
    [[nodiscard]] Result<bool> matches(std::string_view subject) const;

    /// `--exclude ^Spam`
    [[nodiscard]] const std::string& spelling() const { return spelling_; }

private:
    struct Compiled;
    Pattern(std::string spelling, std::shared_ptr<const Compiled> compiled);

    std::string spelling_;
    std::shared_ptr<const Compiled> compiled_;  // shared by the copies of this value; immutable
};

/// One for each of `texts`, or the first error.
Result<std::vector<Pattern>> compile_all(std::string_view option, const std::vector<std::string>& texts);

}  // namespace mailhaul::sync
