// SPDX-License-Identifier: Apache-2.0
// The final report for people: folders that changed, every message not copied by name, warnings, how it ended and what
// to do next. Pure; says the same as json_report.
#pragma once

#include <cstddef>
#include <string>

#include "sync/executor/report.hpp"

namespace mailhaul::cli {

/// Lines of at most `width` columns where that is possible without losing words; at least 60.
std::string report_text(const sync::Report& report, std::size_t width);

/// Only what went wrong and how it ended; empty where all is well (--quiet).
std::string exceptions_text(const sync::Report& report);

/// What the operator should do now, one sentence or two; empty: nothing.
std::string next_step(const sync::Report& report);

}  // namespace mailhaul::cli
