// SPDX-License-Identifier: Apache-2.0
#include "async/pause.hpp"

#include <boost/asio/steady_timer.hpp>

namespace mailhaul {

Task<void> pause_for(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace mailhaul
