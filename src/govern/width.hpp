// SPDX-License-Identifier: Apache-2.0
// Width: how many connections are worth having. Grows while more of them carry more, and stays below what a server refused.
//
// Holds no clock: every question comes with the time it is asked at.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace mailhaul::govern {

class Width {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `first` connections to begin with, `most` at any time; 1 <= first <= most.
    Width(std::uint32_t first, std::uint32_t most) : most_(most), width_(first) {}

    /// `done` octets carried since the beginning, by `open` connections. One more is tried every two seconds as long as the
    /// last one brought at least a twentieth; else it is given back, and tried again in half a minute.
    void note_progress(std::uint64_t done, std::uint32_t open, Time now);

    /// From now on not more than `most`, or than there are already: others want some too.
    void allow(std::uint32_t most) { most_ = std::max(most, width_); }

    /// Others need none any more: so many at once, where nothing says that fewer are better.
    void take_over(std::uint32_t first, Time now);

    /// A connection was refused while `open` were open: not more than those for ten minutes.
    void note_refused(std::uint32_t open, Time now);

    /// The server asks to be left in peace: half as many, and none more for half a minute.
    void note_throttled(Time now);

    [[nodiscard]] std::uint32_t most() const { return most_; }
    [[nodiscard]] std::uint32_t wanted(Time now) const;
    /// No change is under way or due: what is measured now is not the width's doing.
    [[nodiscard]] bool is_settled(Time now) const;

    /// How many a server allows, where it refused one more in the last ten minutes.
    [[nodiscard]] std::optional<std::uint32_t> wall(Time now) const;
    /// The last wall that was met, however long ago.
    [[nodiscard]] std::optional<std::uint32_t> last_wall() const { return wall_; }

private:
    void begin_window(std::uint64_t done, Time now);

    std::uint32_t most_;
    std::uint32_t width_;
    std::optional<std::uint32_t> wall_;
    Time wall_ends_{};
    Time hold_until_{};
    std::optional<Time> window_began_;
    std::uint64_t done_before_ = 0;
    double rate_before_ = 0;  ///< octets a second with one connection less
    bool is_trial_ = false;   ///< the window under way is the first with one more
};

}  // namespace mailhaul::govern
