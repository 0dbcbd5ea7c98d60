// SPDX-License-Identifier: Apache-2.0
// InternalDate: an instant to the second together with the zone it was written in.
//
// The zone is kept because some servers show it. Never goes through local time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::imap {

struct InternalDate {
    std::int64_t epoch_seconds = 0;  ///< since 1970-01-01T00:00:00Z; may be negative
    std::int16_t zone_minutes = 0;   ///< east of UTC, -1439..1439

    bool operator==(const InternalDate&) const = default;

    /// ` 1-Feb-2021 10:00:00 +0100`, without quotes; the day is space-padded (RFC 9051 section 9, `date-day-fixed`).
    /// An instant outside the years 0001 to 9999 is clamped to them.
    [[nodiscard]] std::string to_string() const;
};

/// Reads a `date-time` without its quotes, leniently: unpadded or zero day, missing, named or impossible zone
/// (taken as +0000), month in any case, two-digit year (1950..2049), one-digit hour, second 60. Empty where it
/// is not a date (31-Feb, year 0000).
std::optional<InternalDate> parse_internal_date(std::string_view text);

}  // namespace mailhaul::imap
