// SPDX-License-Identifier: Apache-2.0
// The Message-ID of a message as a number small enough to be kept for each of a thousand million: what a person who asks
// for a message by its Message-ID is answered from. Not an identity: two drafts may share one (fingerprint.hpp has that).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mailhaul::message {

/// Octets of a message's beginning that are worth keeping for message_id_digest().
inline constexpr std::size_t message_id_within = 16u << 10;

/// XXH3-64 of a Message-ID as a header or a person writes it; white space does not count.
std::uint64_t digest_of_message_id(std::string_view value);

/// Of the first Message-ID field; empty where there is none that is not empty. `start` is the message or its beginning;
/// at most message_id_within octets of it are looked at.
std::optional<std::uint64_t> message_id_digest(std::string_view start);

}  // namespace mailhaul::message
