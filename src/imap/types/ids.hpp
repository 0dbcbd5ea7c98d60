// SPDX-License-Identifier: Apache-2.0
// The numbers of IMAP, each its own type (RFC 9051 section 2.3.1).
#pragma once

#include <cstdint>

#include "base/octets.hpp"
#include "base/strong.hpp"

namespace mailhaul::imap {

using Uid = Strong<struct UidTag, std::uint32_t>;                  ///< 1 or more; 0 never names a message
using SeqNum = Strong<struct SeqNumTag, std::uint32_t>;            ///< position now; never kept past one response
using UidValidity = Strong<struct UidValidityTag, std::uint32_t>;  ///< 1 or more
using ModSeq = Strong<struct ModSeqTag, std::uint64_t>;            ///< 63 bits (RFC 7162 section 3.1)

}  // namespace mailhaul::imap
