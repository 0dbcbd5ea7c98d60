// SPDX-License-Identifier: Apache-2.0
// Parser: one framed response → its type. Never fails: what cannot be read becomes UnreadableResponse.
//
// Iterative throughout; nothing recurses or reserves by a number the peer chose. Lenient where real
// servers are loose (reference: docs/imap-leniency.md), strict about bounds.
#pragma once

#include "imap/codec/framer.hpp"
#include "imap/codec/limits.hpp"
#include "imap/types/response.hpp"

namespace mailhaul::imap {

Response parse_response(const RawResponse& raw, const Limits& limits = {});

}  // namespace mailhaul::imap
