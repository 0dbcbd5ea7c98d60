// SPDX-License-Identifier: Apache-2.0
#include "async/event.hpp"

#include <boost/asio/redirect_error.hpp>

namespace mailhaul {

Task<void> Event::wait() {
    boost::system::error_code woken;  // always operation_aborted: the timer itself never expires
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

}  // namespace mailhaul
