// SPDX-License-Identifier: Apache-2.0
// Race: connects to the first of several addresses that answers (RFC 8305), so that one dead family costs a quarter
// of a second and not a minute.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "async/task.hpp"
#include "base/result.hpp"
#include "net/watchdog.hpp"

namespace mailhaul::net {

/// IPv6 and IPv4 in turn, each family in its own order, starting with the family of the first (RFC 8305 section 4).
std::vector<asio::ip::address> alternate_families(const std::vector<asio::ip::address>& addresses);

/// Connects to `addresses` one after the other, 250 ms apart or as soon as one fails; the first to answer wins and the
/// others are dropped. Error: connect_failed, whose message lists each address with what became of it.
/// Cut short by `watchdog`, which is left with nothing to guard.
Task<Result<asio::ip::tcp::socket>> connect_to_first(std::vector<asio::ip::address> addresses, std::uint16_t port,
                                                     Watchdog& watchdog);

}  // namespace mailhaul::net
