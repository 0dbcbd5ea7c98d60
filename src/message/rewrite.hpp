// SPDX-License-Identifier: Apache-2.0
// Small changes of a message that need no words of the operator's, and what they are decided by. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::message {

/// Renames the first Disposition-Notification-To of the header, in any case, to X-Disposition-Notification-To: nobody is
/// then asked for a receipt, and nothing is lost. False where there is none.
bool disarm_read_receipts(std::string& message);

/// Octets of the longest line, its end included; 0 of an empty message.
std::size_t longest_line_of(std::string_view message);

/// The first Date of the header, unfolded and trimmed; empty where there is none.
std::optional<std::string> date_line_of(std::string_view message);

}  // namespace mailhaul::message
