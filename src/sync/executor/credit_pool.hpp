// SPDX-License-Identifier: Apache-2.0
// CreditPool: the octets that all lanes of a run may hold together, lent out as they are needed.
//
// A lane that holds nothing is always lent what it asks for: each lane gets on with at least one message, so none waits
// for another for ever. What that may exceed the pool by is bounded by what a lane may hold of one message.
#pragma once

#include <algorithm>
#include <cstdint>

#include "async/event.hpp"

namespace mailhaul::sync {

class CreditPool {
public:
    CreditPool(const asio::any_io_executor& executor, std::uint64_t size) : returned(executor), size_(size) {}

    [[nodiscard]] bool has(std::uint64_t octets) const { return taken_ + octets <= size_; }
    void take(std::uint64_t octets) { taken_ += octets; }
    void give_back(std::uint64_t octets) {
        taken_ -= std::min(taken_, octets);
        returned.notify();
    }

    Event returned;

private:
    std::uint64_t size_;
    std::uint64_t taken_ = 0;
};

}  // namespace mailhaul::sync
