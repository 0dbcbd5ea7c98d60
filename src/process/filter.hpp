// SPDX-License-Identifier: Apache-2.0
// A filter: a command of the operator's that reads a message and prints another.
//
// No shell takes part unless the words begin one. The message lies in a file that only the command sees, so one that does
// not read it to the end is no fault.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"

namespace mailhaul::process {

struct FilterLimits {
    std::chrono::milliseconds time{120'000};  ///< until it and what it began are killed
    std::size_t octets = 128U << 20;          ///< of its output
};

/// What `words` (the first is looked up in PATH) print when given `input`. Standard error is ours; variables whose names speak
/// of passwords, tokens or secrets are not inherited. Ends when the command has and its output is closed. rewrite_failed
/// (scope message) where it cannot be started, fails, prints nothing or exceeds a limit; the words stand in the error.
Task<Result<std::string>> run_filter(std::vector<std::string> words, std::shared_ptr<const std::string> input,
                                     FilterLimits limits);

}  // namespace mailhaul::process
