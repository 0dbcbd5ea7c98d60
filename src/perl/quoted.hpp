// SPDX-License-Identifier: Apache-2.0
// How an operator is written: its letters, what stands between its delimiters, its modifiers (perlop, "Quote-Like Operators").
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailhaul::perl {

enum class Operator : std::uint8_t { match, substitute, transliterate };

struct Quoted {
    Operator kind = Operator::match;
    std::string first;   ///< the pattern; an escaped delimiter is bare here, but a bracket keeps its backslash
    std::string second;  ///< the replacement; empty for a match
    char first_delimiter = '/';
    char second_delimiter = '/';
    std::string modifiers;
};

/// `text` whole, but for blanks around it and one `;` after it. Error: usage, without the option's name.
Result<Quoted> read_quoted(std::string_view text);

/// An Error of this layer.
Error refusal(std::string words);

}  // namespace mailhaul::perl
