// SPDX-License-Identifier: Apache-2.0
// Activity: what the lanes of a run are doing, integrated over time, and the verdict on what limits them.
//
// A lane that copies has a source that sends and a destination that stores, side by side. Where the destination has nothing to
// store the source is the slower one; where memory is full of what the destination has not taken, and the source is
// therefore not asked, the destination is.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailhaul::govern {

/// What a lane may be doing at a time; `copying` goes with each of the others.
enum class Occupation : std::uint8_t {
    copying,  ///< messages are under way, or should be
    starved,  ///< the destination has answered everything, and nothing has arrived to be stored
    stalled,  ///< the source has sent everything it was asked for, and may not be asked for more
    resting,  ///< a limit that the operator set is kept
};

/// Lane-seconds of each, and seconds in which any lane copied.
struct ActivityTimes {
    std::array<std::chrono::duration<double>, 4> lanes{};
    std::chrono::duration<double> busy{};
    [[nodiscard]] double share(Occupation what) const;  ///< of `copying`; 0 where nothing was copied
};

class Activity {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// One lane more (`by` 1) or less (-1) is doing `what` from now on.
    void change(Occupation what, int by, Time now);
    [[nodiscard]] ActivityTimes times(Time now) const;

private:
    std::array<int, 4> doing_{};
    ActivityTimes times_;
    Time since_{};
};

/// What kept the run from being faster.
enum class Limit : std::uint8_t { nothing, source, destination, both, mailhaul, operators_wish };
std::string_view to_string(Limit limit);
/// In a few words, for a line that has little room: `slower side: the source`; empty where nothing is known.
std::string_view in_short(Limit limit);

struct Verdict {
    Limit limit = Limit::nothing;
    double share =
        0;           ///< of the time, 0 to 1: the other side waited (source, destination), the limit was kept, a core was used
    double cpu = 0;  ///< cores this program used while it copied
};

/// `cpu` is what this process used while it copied. Below a fifth of a second of copying nothing is said.
Verdict judge(const ActivityTimes& times, std::chrono::duration<double> cpu);

/// One sentence, without a full stop.
std::string spell(const Verdict& verdict);

}  // namespace mailhaul::govern
