// SPDX-License-Identifier: Apache-2.0
// Proxies: asking one, over a connection to it, to connect us on to the server.
#pragma once

#include <cstdint>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "net/dial.hpp"
#include "net/stream.hpp"

namespace mailhaul::net {

/// Makes `to_proxy` lead to `host`:`port`: SOCKS5 (RFC 1928, 1929) or HTTP CONNECT (RFC 9110 section 9.3.6), as
/// `proxy.kind` says. The proxy resolves the name. Reads not one octet more than the proxy's answer. No deadline of
/// its own. Error: connect_failed with what the proxy said.
Task<Result<void>> connect_through(Stream& to_proxy, ProxyOptions proxy, std::string host, std::uint16_t port);

}  // namespace mailhaul::net
