// SPDX-License-Identifier: Apache-2.0
// Watchdog: one deadline over many waits. When it passes, what is being waited for is abandoned.
//
// One timer for a whole dial instead of a race per wait: racing a wait against a timer costs 5 microseconds each time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/task.hpp"

namespace mailhaul::net {

class Watchdog {
public:
    Watchdog(const asio::any_io_executor& executor, std::chrono::milliseconds timeout);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() { stand_down(); }

    /// From now on `abandon` is what to call when the time passes; at once if it has. What it touches must live until
    /// the next guard() or stand_down().
    void guard(std::function<void()> abandon);

    /// Forgets what to abandon; the deadline runs on.
    void stand_down() { state_->abandon = nullptr; }

    [[nodiscard]] bool expired() const { return state_->expired; }

private:
    struct State {
        std::function<void()> abandon;
        bool expired = false;
    };

    std::shared_ptr<State> state_;  // with the timer's handler, which may run once more after we are gone
    asio::steady_timer timer_;
};

}  // namespace mailhaul::net
