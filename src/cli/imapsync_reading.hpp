// SPDX-License-Identifier: Apache-2.0
// The parts of order_imapsync(), by subject: each reads its options into the order, and refuses what it cannot take.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/octets.hpp"
#include "cli/imapsync_request.hpp"
#include "cli/option.hpp"

namespace mailhaul::cli {

inline constexpr int imapsync_status_usage = 64;
inline constexpr double seconds_a_day = 86'400;

void refuse(ImapsyncOrder& order, std::string words, int status = imapsync_status_usage);
std::string trimmed(std::string text);
std::optional<double> number_of(const ParsedLine& line, const std::string& name);
/// A count of octets; a negative one is taken as none.
std::optional<Octets> octets_of(const ParsedLine& line, const std::string& name);

/// The options of host1 (`side` 0) or host2.
void read_side(ImapsyncOrder& order, const ParsedLine& line, const Surroundings& surroundings, std::size_t side);
/// Which folders, and where they go.
void read_mapping(ImapsyncOrder& order, const ParsedLine& line);
/// Which messages, and what makes two of them one. `now` in epoch seconds.
void read_selection(ImapsyncOrder& order, const ParsedLine& line, std::int64_t now);
/// What is changed in messages, flags and dates on their way.
void read_rewriting(ImapsyncOrder& order, const ParsedLine& line);
void read_deletions(ImapsyncOrder& order, const ParsedLine& line);
/// What imapsync itself remembers of earlier runs.
void read_cache(ImapsyncOrder& order, const ParsedLine& line);
/// `--tmpdir`, or the system's.
std::string temporary_folder_of(const ParsedLine& line);
/// Log, pid file, reports, and where to end early.
void read_process(ImapsyncOrder& order, const ParsedLine& line);

}  // namespace mailhaul::cli
