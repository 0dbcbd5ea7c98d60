// SPDX-License-Identifier: Apache-2.0
// LineRate: how much one connection may ask for before it has arrived. A second's worth: enough that the line is never
// idle, and little enough that a slow one is rid of it soon, when something about the connections is to be changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace mailhaul::govern {

class LineRate {
public:
    using Duration = std::chrono::duration<double>;

    /// `octets`, asked for together, took `time` to arrive, on one connection of several alike.
    void note(std::uint64_t octets, Duration time);

    /// Octets a connection may have asked for; at least half a megabyte, which is all as long as nothing is known.
    [[nodiscard]] std::uint64_t ahead() const;

private:
    std::optional<double> rate_;  ///< octets a second; of what came lately
    std::uint64_t octets_ = 0;    ///< of what is not in it yet
    Duration time_{0};
};

}  // namespace mailhaul::govern
