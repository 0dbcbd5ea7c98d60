// SPDX-License-Identifier: Apache-2.0
// Quantities as people write them on a command line: sizes, ages, durations. Pure; the clock is a parameter.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/octets.hpp"

namespace mailhaul::cli {

/// `25MB`, `25 M`, `256MiB`, `1.5g`, `1000`: decimal units, binary with `i`; no unit is octets. Empty: not a size.
std::optional<Octets> parse_size(std::string_view text);

/// An instant in the past, as epoch seconds: `12h`, `30d`, `6w`, `3m`, `2y` ago (a month is 30 days, a year 365), or a
/// date `2024-01-31` (its first second, UTC). Empty: neither.
std::optional<std::int64_t> parse_past(std::string_view text, std::int64_t now);

/// `500ms`, `30s`, `2m`, `1h`; no unit is seconds. Empty: not a duration, or none at all.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// A plain decimal number, nothing around it. Empty also where it does not fit.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// So many a second, at least 0.001 and at most a million: `4`, `0.5`.
std::optional<double> parse_rate(std::string_view text);

}  // namespace mailhaul::cli
