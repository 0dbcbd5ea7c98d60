// SPDX-License-Identifier: Apache-2.0
// The wildcards of LIST (RFC 9051 section 6.3.9): `*` matches anything, `%` anything but the separator.
#pragma once

#include <string_view>

namespace mailhaul::demo {

/// Time grows with the product of both lengths, whatever the wildcards.
bool matches_pattern(std::string_view name, std::string_view pattern, char separator);

}  // namespace mailhaul::demo
