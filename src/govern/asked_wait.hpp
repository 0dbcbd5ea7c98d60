// SPDX-License-Identifier: Apache-2.0
// The wait that a refusal asks for, read from its words: no response code carries one.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mailhaul::govern {

/// `Suggested Backoff Time: 300000 milliseconds` (Microsoft 365), `try again in 20 s`, `(throttled 30 secs)`. Empty where
/// no time is named; at most a day.
std::optional<std::chrono::milliseconds> wait_asked_for(std::string_view words);

}  // namespace mailhaul::govern
