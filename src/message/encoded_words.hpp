// SPDX-License-Identifier: Apache-2.0
// Encoded-words of RFC 2047: how header text says what ASCII cannot.
#pragma once

#include <string>
#include <string_view>

namespace mailhaul::message {

/// `text` with its encoded-words decoded; valid UTF-8. What cannot be decoded stays as written. Words may stand without
/// blanks around them, and a character may be split between two, though the RFC forbids both: senders do it.
std::string utf8_from_encoded_words(std::string_view text);

}  // namespace mailhaul::message
