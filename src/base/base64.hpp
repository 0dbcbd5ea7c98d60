// SPDX-License-Identifier: Apache-2.0
// Base64 as SASL writes it (RFC 4648 section 4): padded, one line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhaul {

std::string base64_from(std::string_view octets);

/// Empty where `text` is not base64. Blanks at either end are ignored; padding may be missing.
std::optional<std::string> octets_from_base64(std::string_view text);

}  // namespace mailhaul
