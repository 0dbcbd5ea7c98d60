// SPDX-License-Identifier: Apache-2.0
// Modified UTF-7, the spelling of mailbox names (RFC 3501 section 5.1.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::imap {

/// Empty where `raw` is not valid modified UTF-7 (then it is kept and shown raw).
std::optional<std::string> utf8_from_utf7(std::string_view raw);

/// `utf8` must be valid UTF-8; an invalid octet is encoded as U+FFFD.
std::string utf7_from_utf8(std::string_view utf8);

/// For people: decoded where possible, else the raw octets; control characters and invalid UTF-8 as `?`. Always valid UTF-8.
std::string display_name(std::string_view raw);

}  // namespace mailhaul::imap
