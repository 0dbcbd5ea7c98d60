// SPDX-License-Identifier: Apache-2.0
// The deadline's one timer.
#include "net/watchdog.hpp"

namespace mailhaul::net {

Watchdog::Watchdog(const asio::any_io_executor& executor, std::chrono::milliseconds timeout)
    : state_(std::make_shared<State>()), timer_(executor, timeout) {
    timer_.async_wait([state = state_](boost::system::error_code cancelled) {
        if (cancelled) return;
        state->expired = true;
        if (state->abandon) state->abandon();
    });
}

void Watchdog::guard(std::function<void()> abandon) {
    state_->abandon = std::move(abandon);
    if (state_->expired) state_->abandon();
}

}  // namespace mailhaul::net
