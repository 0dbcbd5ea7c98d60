// SPDX-License-Identifier: Apache-2.0
// QuietHours: when nothing is to be read or written, by the clock on the wall: the process's time zone (TZ), as localtime_r
// knows it. A moment is quiet by what that clock shows then, so a change to or from summer time needs no rule of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "govern/daily_budget.hpp"

namespace mailhaul::govern {

class QuietHours {
public:
    /// `08:00-18:00`, `Mon-Fri 08:00-18:00`, `22:00-06:00` (over midnight; the day is the one it begins on); several separated
    /// by commas. Errc::usage where it is something else, or where no minute of the week is left.
    static Result<QuietHours> parse(std::string_view text);

    [[nodiscard]] bool is_quiet(Instant time) const;
    /// The first moment, not before `time`, that is not quiet. Empty: none within nine days (never of what parse() gives).
    [[nodiscard]] std::optional<Instant> end(Instant time) const;
    /// The first moment, not before `time`, that is quiet.
    [[nodiscard]] std::optional<Instant> begin(Instant time) const;
    /// As it was written.
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    QuietHours() = default;
    [[nodiscard]] std::optional<Instant> first_that_is(bool quiet, Instant time) const;

    std::string text_;
    std::vector<std::uint8_t> minutes_;  // of the week from Sunday 00:00 on: 1 where quiet
};

/// `Fri 27 Nov 2026 18:12`, by the clock on the wall.
std::string spell_minute(Instant time);
/// `27 November 2026`, likewise.
std::string spell_day(Instant time);

}  // namespace mailhaul::govern
