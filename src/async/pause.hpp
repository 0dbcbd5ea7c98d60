// SPDX-License-Identifier: Apache-2.0
// Pausing a coroutine for a time; the only way this program waits on a clock.
#pragma once

#include <chrono>

#include "async/task.hpp"

namespace mailhaul {

Task<void> pause_for(std::chrono::milliseconds time);

}  // namespace mailhaul
