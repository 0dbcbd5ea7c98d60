// SPDX-License-Identifier: Apache-2.0
// SharedLimits: what all accounts of one process share: the memory for messages on their way, and how many connections
// to a server make sense together. One thread, so nothing locks.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sync/executor/credit_pool.hpp"

namespace mailhaul::sync {

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

    /// How many connections one account may begin with that would have `wanted` for itself; at least 1.
    [[nodiscard]] std::uint32_t share_of(std::uint32_t wanted) const {
        constexpr std::uint32_t worth_having = 16;  // to one server, all accounts together; more only wait for each other
        return std::clamp(worth_having / std::max(accounts_, 1U), 1U, std::max(wanted, 1U));
    }

    CreditPool pool;

private:
    std::uint32_t accounts_ = 0;
};

}  // namespace mailhaul::sync
