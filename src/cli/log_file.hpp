// SPDX-License-Identifier: Apache-2.0
// The log file imapsync leaves: everything printed, once more.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "cli/console.hpp"

namespace mailhaul::cli {

/// `2026_11_23_17_55_25_013_user1_user2.txt`, local time; characters a file name should not hold become `_`.
std::string imapsync_log_name(WallTime now, const std::string& user1, const std::string& user2);

/// Makes the folder and the file (mode 0600: it names people and subjects) and returns a sink into it, unbuffered.
/// An existing file is overwritten. Errors: store_failed.
Result<TextSink> open_log_file(const std::string& path);

}  // namespace mailhaul::cli
