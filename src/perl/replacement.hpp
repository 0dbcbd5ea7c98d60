// SPDX-License-Identifier: Apache-2.0
// Replacement: the right side of a substitution, read once and filled in for each match.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "perl/operators.hpp"
#include "perl/regular_expression.hpp"

namespace mailhaul::perl {

class Replacement {
public:
    /// `text` as a double-quoted string. Error: usage, without the option's name.
    static Result<Replacement> parse(std::string_view text, const RegularExpression& pattern, const Variables& variables);
    /// These octets.
    static Replacement verbatim(std::string text);

    void append_to(std::string& result, const Found& found) const;

private:
    friend class ReplacementParser;
    enum class Kind : std::uint8_t {
        sequence,     ///< of `children`
        text,         ///< `text`
        group,        ///< `number`
        before,       ///< what stands before the match
        after,        ///< and after it
        lower,        ///< \L
        upper,        ///< \U
        quoted,       ///< \Q
        first_lower,  ///< \l
        first_upper,  ///< \u
    };
    struct Piece {
        Kind kind = Kind::sequence;
        std::string text;
        std::size_t number = 0;
        std::vector<Piece> children;
    };
    static void append(const Piece& piece, std::string& result, const Found& found);

    Piece root_;
};

}  // namespace mailhaul::perl
