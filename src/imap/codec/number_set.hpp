// SPDX-License-Identifier: Apache-2.0
// Sets of numbers as servers write them (RFC 9051 section 9, `sequence-set`, without `*`; RFC 4315 `uid-set`).
#pragma once

#include <optional>
#include <string_view>

#include "imap/types/uid_set.hpp"

namespace mailhaul::imap {

/// `12,9:7,3:5` with its order and its descending ranges kept. Empty where a number is 0, missing or above 32 bits.
std::optional<UidSequence> uid_sequence_from(std::string_view text);
std::optional<UidSet> uid_set_from(std::string_view text);

}  // namespace mailhaul::imap
