// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 section 4) inside SCRAM messages; the outer base64 of SASL is the session's.
//
// Strict: no line breaks, no blanks, padding required. Takes no URL alphabet.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::auth {

std::string base64_from_octets(std::string_view octets);

/// Empty where `text` is not base64 to the last character.
std::optional<std::string> octets_from_base64(std::string_view text);

}  // namespace mailhaul::auth
