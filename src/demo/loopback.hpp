// SPDX-License-Identifier: Apache-2.0
// Listening on a free port of 127.0.0.1, as both of this folder's listeners do.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

#include "async/task.hpp"
#include "base/result.hpp"

namespace mailhaul::demo {

/// The port. Error: connect_failed.
Result<std::uint16_t> listen_on_loopback(asio::ip::tcp::acceptor& acceptor);

}  // namespace mailhaul::demo
