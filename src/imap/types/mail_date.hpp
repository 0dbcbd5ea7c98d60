// SPDX-License-Identifier: Apache-2.0
// Dates as they stand in Date header lines (RFC 5322 section 3.3), and as they should not.
#pragma once

#include <optional>
#include <string_view>

#include "imap/types/internal_date.hpp"

namespace mailhaul::imap {

/// Reads what mail programs wrote in forty years: weekday or none, day and month in either order, `2026/11/26`, `11/26/26`,
/// two-digit years, dots for colons, seconds or none, AM and PM, comments. A zone that is missing or a name is +0000; a day
/// without a time is 11:11:11. Empty where it is no date.
std::optional<InternalDate> parse_mail_date(std::string_view text);

}  // namespace mailhaul::imap
