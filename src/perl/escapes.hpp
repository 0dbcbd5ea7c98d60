// SPDX-License-Identifier: Apache-2.0
// Backslash escapes of a double-quoted string that stand for one octet (perlop, "Quote and Quote-like Operators").
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"

namespace mailhaul::perl {

struct Escape {
    char octet = 0;
    std::size_t length = 0;  ///< octets it takes, the backslash included
};

/// The escape whose backslash stands at `at`. Error: one that stands for no single octet, and a backslash at the end.
Result<Escape> read_escape(std::string_view text, std::size_t at);

}  // namespace mailhaul::perl
