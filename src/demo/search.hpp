// SPDX-License-Identifier: Apache-2.0
// Search: whether one message meets the program of a SEARCH (RFC 9051 section 6.4.4).
#pragma once

#include <cstdint>

#include "demo/mail_store.hpp"
#include "imap/codec/request.hpp"

namespace mailhaul::demo {

/// What the program may ask about the place of a message.
struct SearchPlace {
    std::uint32_t position = 0;   ///< of this message, from 1
    std::uint32_t positions = 0;  ///< of messages in all
    imap::Uid largest_uid;
};

/// Text keys compare octets without regard to ASCII case; encoded words are not decoded.
bool meets(const imap::SearchKey& key, const StoredMessage& message, const SearchPlace& place);

}  // namespace mailhaul::demo
