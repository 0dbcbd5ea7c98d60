// SPDX-License-Identifier: Apache-2.0
// The bounds every peer is held to, in one place.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mailhaul::imap {

struct Limits {
    std::size_t line = 8u << 20;               ///< octets of one line; ENVELOPE, SEARCH and LIST lines can be long
    std::size_t response = 64u << 20;          ///< octets kept for one response, literals included, streamed bodies not
    std::size_t buffered_literal = 16u << 20;  ///< a longer literal that is not a body is skipped, its response unreadable
    std::uint64_t literal = 2ull << 30;        ///< announcing more ends the connection
    int nesting = 100;                         ///< parentheses
};

}  // namespace mailhaul::imap
