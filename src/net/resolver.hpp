// SPDX-License-Identifier: Apache-2.0
// Resolver: host name to addresses, as the system would (/etc/hosts, resolv.conf) but without blocking the thread.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "async/task.hpp"
#include "base/result.hpp"
#include "net/dial.hpp"
#include "net/watchdog.hpp"

namespace mailhaul::net {

/// Addresses of `host`, the most promising first (RFC 6724); never empty. Address literals need no look-up.
/// Cut short by `watchdog`, which is left with nothing to guard. Error: unknown_host, which names no port.
Task<Result<std::vector<asio::ip::address>>> resolve(std::string host, AddressFamily family, Watchdog& watchdog);

}  // namespace mailhaul::net
