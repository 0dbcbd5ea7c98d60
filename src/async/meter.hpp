// SPDX-License-Identifier: Apache-2.0
// Meter: counts octets over all connections that share it, whatever becomes of them.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/octets.hpp"

namespace mailhaul {

struct Meter {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
};

/// One connection's octets in one direction; each counts in the meter too, where there is one.
class Tally {
public:
    Tally(std::shared_ptr<Meter> meter, std::uint64_t Meter::* direction) : meter_(std::move(meter)), direction_(direction) {}
    Tally& operator+=(Octets more) {
        total_ += more;
        if (meter_) (*meter_).*direction_ += more.value();
        return *this;
    }
    [[nodiscard]] Octets total() const { return total_; }

private:
    Octets total_;
    std::shared_ptr<Meter> meter_;
    std::uint64_t Meter::* direction_;
};

}  // namespace mailhaul
