// SPDX-License-Identifier: Apache-2.0
// Counters: what a server was asked and what went over its wire, so that a test can hold a client to its promises.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/octets.hpp"

namespace mailhaul::demo {

struct Counters {
    std::map<std::string, std::uint64_t> commands;  ///< complete ones, by verb (`UID FETCH`); unreadable ones under ``
    std::uint64_t literals = 0;
    /// Times a client waited: octets came from it after it had been sent something since its last.
    std::uint64_t round_trips = 0;
    Octets received;
    Octets sent;
    std::uint64_t connections = 0;       ///< accepted in all
    std::uint64_t open_connections = 0;  ///< now
    std::uint64_t most_connections = 0;  ///< at once

    [[nodiscard]] std::uint64_t count(const std::string& verb) const {
        const auto place = commands.find(verb);
        return place == commands.end() ? 0 : place->second;
    }
    [[nodiscard]] std::uint64_t all_commands() const {
        std::uint64_t sum = 0;
        for (const auto& [verb, number] : commands) sum += number;
        return sum;
    }
};

}  // namespace mailhaul::demo
