// SPDX-License-Identifier: Apache-2.0
// UTF-8, read strictly (RFC 3629 section 4): what is not well-formed is seen, never passed on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mailhaul {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t octets = 0;  ///< 1..4
};

/// The well-formed sequence at the start of `text`; empty where there is none. No surrogates, nothing overlong, nothing
/// above U+10FFFF.
std::optional<CodePoint> first_code_point(std::string_view text);

}  // namespace mailhaul
