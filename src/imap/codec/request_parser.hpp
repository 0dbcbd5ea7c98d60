// SPDX-License-Identifier: Apache-2.0
// Request parser: one complete command → its type. Never fails: what cannot be read becomes BadRequest.
//
// Strict on purpose: its peers are our own client in tests and demonstrations, and a lenient server would hide what
// real ones refuse. Nothing recurses deeper, or reserves more, than a bound of ours.
#pragma once

#include <string>

#include "imap/codec/request.hpp"
#include "imap/codec/request_reader.hpp"

namespace mailhaul::imap {

/// Tag and verb alone, for counting and for refusing a command before its literals were read.
struct RequestHead {
    std::string tag;
    std::string verb;  ///< upper case, `UID FETCH` as one; empty where there is none
};
RequestHead request_head(std::string_view text);

/// Message octets are moved, never copied.
Request parse_request(RawRequest raw);

}  // namespace mailhaul::imap
