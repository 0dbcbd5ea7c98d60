// SPDX-License-Identifier: Apache-2.0
// Scope: coroutines that run side by side and are all awaited before their data goes.
//
// Nothing runs unattended: spawn() starts a child, join() waits for every child and rethrows the first exception.
// A Scope must be joined before it is destroyed.
#pragma once

#include <cstddef>
#include <exception>

#include "async/event.hpp"
#include "async/task.hpp"

namespace mailhaul {

class Scope {
public:
    explicit Scope(const asio::any_io_executor& executor) : executor_(executor), changed_(executor) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

    void spawn(Task<void> child);
    [[nodiscard]] std::size_t running() const { return running_; }

    /// Returns when no child runs any more; children may spawn children meanwhile.
    Task<void> join();

private:
    asio::any_io_executor executor_;
    Event changed_;
    std::size_t running_ = 0;
    std::exception_ptr failure_;
};

}  // namespace mailhaul
