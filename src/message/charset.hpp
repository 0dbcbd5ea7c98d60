// SPDX-License-Identifier: Apache-2.0
// Text of any charset as UTF-8, for showing. What mail uses most is built in; the rest is left to the system's iconv.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::message {

/// `octets` in `charset` as UTF-8. Empty where the charset is unknown or the octets are not of it.
std::optional<std::string> utf8_from_charset(std::string_view charset, std::string_view octets);

/// Header octets without a declared charset: UTF-8 where they are that, else read as windows-1252, as most senders meant.
std::string utf8_from_undeclared(std::string_view octets);

/// One code point of valid UTF-8 from the front of `text`, and how many octets it takes.
struct CodePoint {
    char32_t value = 0;
    std::size_t octets = 0;
};

/// Empty where `text` does not begin with valid UTF-8 (RFC 3629: shortest form, no surrogates).
std::optional<CodePoint> first_code_point(std::string_view text);
bool is_utf8(std::string_view text);
void append_utf8(std::string& text, char32_t code_point);

}  // namespace mailhaul::message
