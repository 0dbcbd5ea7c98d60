// SPDX-License-Identifier: Apache-2.0
// The ledger's table of octets by hour. Private to store/.
#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "store/ledger.hpp"
#include "store/sqlite.hpp"

namespace mailhaul::store {

class TrafficTable {
public:
    /// Before anything else.
    Result<void> prepare(Database& database);

    /// As Ledger::traffic(). A row whose checksum is wrong is left out: it counts for a day at most.
    Result<std::vector<HourOfTraffic>> read();
    /// As Ledger::record_traffic().
    Result<void> record(Database& database, std::span<const HourOfTraffic> hours);

private:
    Statement select_, upsert_, delete_old_;
};

}  // namespace mailhaul::store
