// SPDX-License-Identifier: Apache-2.0
#include "store/traffic.hpp"

#include "store/checksum.hpp"

namespace mailhaul::store {
namespace {

constexpr std::int64_t hours_before_the_last = 24;

std::int64_t checksum_of(const HourOfTraffic& hour) {
    return Checksum()
        .add(static_cast<std::int64_t>(hour.side))
        .add(hour.hour)
        .add(hour.last)
        .add(static_cast<std::int64_t>(hour.octets))
        .value();
}

}  // namespace

Result<void> TrafficTable::prepare(Database& database) {
    MH_TRY(select, database.prepare("SELECT side, hour, last, octets, checksum FROM traffic ORDER BY side, hour"));
    MH_TRY(upsert, database.prepare("INSERT OR REPLACE INTO traffic (side, hour, last, octets, checksum) "
                                    "VALUES (?1, ?2, ?3, ?4, ?5)"));
    MH_TRY(delete_old, database.prepare("DELETE FROM traffic WHERE side = ?1 AND hour < ?2"));
    select_ = std::move(select);
    upsert_ = std::move(upsert);
    delete_old_ = std::move(delete_old);
    return {};
}

Result<std::vector<HourOfTraffic>> TrafficTable::read() {
    std::vector<HourOfTraffic> hours;
    Rows rows = select_.start();
    for (;;) {
        MH_TRY(row, rows.next());
        if (!row) return hours;
        HourOfTraffic hour;
        hour.side = rows.number(0) == 1 ? HourOfTraffic::Side::source : HourOfTraffic::Side::destination;
        hour.hour = rows.number(1);
        hour.last = rows.number(2);
        hour.octets = static_cast<std::uint64_t>(rows.number(3));
        if (checksum_of(hour) == rows.number(4)) hours.push_back(hour);
    }
}

Result<void> TrafficTable::record(Database& database, std::span<const HourOfTraffic> hours) {
    MH_TRY(transaction, Transaction::begin(database));
    for (const HourOfTraffic& hour : hours) {
        const auto side = static_cast<std::int64_t>(hour.side);
        MH_TRY_VOID(upsert_.run({side, hour.hour, hour.last, static_cast<std::int64_t>(hour.octets), checksum_of(hour)}));
        MH_TRY_VOID(delete_old_.run({side, hour.hour - hours_before_the_last}));
    }
    return transaction.commit();
}

}  // namespace mailhaul::store
