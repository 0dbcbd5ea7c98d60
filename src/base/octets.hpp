// SPDX-License-Identifier: Apache-2.0
// Octets: a count of bytes; and the spelling of counts for people.
#pragma once

#include <cstdint>
#include <string>

#include "base/strong.hpp"

namespace mailhaul {

using Octets = Strong<struct OctetsTag, std::uint64_t>;

inline Octets operator+(Octets a, Octets b) { return Octets{a.value() + b.value()}; }
inline Octets& operator+=(Octets& a, Octets b) { return a = a + b; }

/// `0 B`, `999 B`, `1.0 kB`, `81.9 MB`: decimal units, one digit after the point from kB on.
std::string spell(Octets octets);

/// `1 message`, `2 messages`.
std::string spell_messages(std::uint64_t count);

}  // namespace mailhaul
