// SPDX-License-Identifier: Apache-2.0
// SharedLimits: what all accounts of one process share: the memory for messages on their way, and how many connections
// to a server make sense together. One thread, so nothing locks.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "client/access.hpp"
#include "govern/server_gate.hpp"
#include "sync/executor/credit_pool.hpp"

namespace mailhaul::sync {

/// Whether what a server is asked costs more time on the line than in the server.
enum class Distance : std::uint8_t { near_by, far_away };

class SharedLimits {
public:
    SharedLimits(const asio::any_io_executor& executor, std::uint64_t octets) : pool(executor, octets) {}

    /// An account is under way for as long as one of these lives.
    class Place {
    public:
        explicit Place(SharedLimits& limits) : limits_(limits) { ++limits_.accounts_; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() { --limits_.accounts_; }

    private:
        SharedLimits& limits_;
    };

    [[nodiscard]] Distance distance_of(std::chrono::microseconds round_trip) const {
        return round_trip > far_above ? Distance::far_away : Distance::near_by;
    }

    /// How many connections to a server one account should have, so many being under way, that would have `wanted` for itself;
    /// at least 1. All together some 16, and near by 8, are enough: more only wait for each other, and each costs the server a
    /// login.
    [[nodiscard]] std::uint32_t share_of(std::uint32_t wanted, Distance distance) const {
        const std::uint32_t enough = distance == Distance::near_by ? 8 : 16;
        return std::clamp(enough / std::max(accounts_, 1U), 1U, std::max(wanted, 1U));
    }

    /// What is known of one server, by all accounts on it.
    [[nodiscard]] std::shared_ptr<govern::ServerGate> gate_of(const client::Access& access,
                                                              std::chrono::milliseconds first_wait) {
        std::shared_ptr<govern::ServerGate>& gate = gates_[access.host + ":" + std::to_string(access.port)];
        if (!gate) gate = std::make_shared<govern::ServerGate>(first_wait);
        return gate;
    }

    CreditPool pool;
    std::chrono::milliseconds far_above{10};  ///< of a round trip

private:
    std::uint32_t accounts_ = 0;
    std::map<std::string, std::shared_ptr<govern::ServerGate>> gates_;  // by host and port
};

}  // namespace mailhaul::sync
