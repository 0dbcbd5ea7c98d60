// SPDX-License-Identifier: Apache-2.0
// Console: where output goes and what that place can show, and the three ways of watching a run there: live on a
// terminal, lines in a log, events for a program. What is said stands in progress_text, report_text and json_events.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/estimate.hpp"
#include "cli/json_events.hpp"
#include "cli/progress_text.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::cli {

using TextSink = std::function<void(std::string_view)>;

/// What the process was given: everything a command reads or writes but its arguments, so that tests can replace it.
struct Surroundings {
    TextSink out;  ///< results: reports, help, JSON
    TextSink err;  ///< what happens on the way, and mistakes
    /// True where something given to `out` did not arrive: a full disk, a closed pipe. No reason to stop a copy; the end of
    /// a command whose output is its purpose.
    std::function<bool()> out_is_lost = [] { return false; };
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    std::function<std::optional<std::string>(const std::string&)> variable;  ///< of the environment
    std::function<std::size_t()> width;                                      ///< of the terminal, in columns
    std::function<SteadyTime()> steady_now;
    std::function<WallTime()> wall_now;
};

/// The real ones.
Surroundings process_surroundings();

/// What the terminal can show, by TERM, NO_COLOR and the locale.
Look look_of(const Surroundings& surroundings);

enum class Chattiness : std::uint8_t { quiet, normal, verbose };

/// One line per event on `out`; progress at most once a second.
std::unique_ptr<sync::Observer> watch_as_json(const Surroundings& surroundings);

/// Lines on `err`: folders as they end, refusals and warnings at once, progress every ten seconds at most.
std::unique_ptr<sync::Observer> watch_as_lines(const Surroundings& surroundings, Chattiness chattiness, bool dry_run);

/// One line redrawn five times a second on `err`, refusals and warnings above it; the line is gone when it is destroyed.
std::unique_ptr<sync::Observer> watch_live(const Surroundings& surroundings, Chattiness chattiness, bool dry_run);

/// The one that fits: live on a terminal that can move its cursor, lines elsewhere.
std::unique_ptr<sync::Observer> watch(const Surroundings& surroundings, Chattiness chattiness, bool dry_run);

}  // namespace mailhaul::cli
