// SPDX-License-Identifier: Apache-2.0
// What this process takes of the computer, for the lines of imapsync's statistics that say so.
#pragma once

#include <array>
#include <optional>

#include "base/octets.hpp"

namespace mailhaul::cli {

struct MachineUse {
    Octets memory_at_start, memory_at_end;      ///< resident
    double cpu_seconds = 0;                     ///< of all cores, since the process began
    std::optional<std::array<double, 3>> load;  ///< averages of 1, 5 and 15 minutes; empty where the system has none
    unsigned cores = 1;
};

/// Resident now; 0 where the system does not say.
Octets resident_memory();

MachineUse machine_use(Octets memory_at_start);

}  // namespace mailhaul::cli
