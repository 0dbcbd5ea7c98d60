// SPDX-License-Identifier: Apache-2.0
// Event: "something changed, look again". Waiters wake in order; waking never runs them inside notify().
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/task.hpp"

namespace mailhaul {

class Event {
public:
    explicit Event(const asio::any_io_executor& executor) : timer_(executor, asio::steady_timer::time_point::max()) {}

    /// Returns after the next notify(). Wakes may be spurious: wait in a loop over the condition.
    Task<void> wait();

    void notify() { timer_.cancel(); }
    void notify_one() { timer_.cancel_one(); }
    [[nodiscard]] asio::any_io_executor executor() { return timer_.get_executor(); }

private:
    asio::steady_timer timer_;
};

}  // namespace mailhaul
