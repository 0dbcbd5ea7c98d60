// SPDX-License-Identifier: Apache-2.0
// TaskScope: coroutines that run side by side and are all awaited before their data goes.
//
// Nothing runs unattended: spawn() starts a child, join() waits for every child and rethrows the first exception.
// A TaskScope must be joined before it is destroyed.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "async/event.hpp"
#include "async/task.hpp"

namespace mailhaul {

class TaskScope {
public:
    explicit TaskScope(const asio::any_io_executor& executor) : executor_(executor), changed_(executor) {}
    TaskScope(const TaskScope&) = delete;
    TaskScope& operator=(const TaskScope&) = delete;
    ~TaskScope();

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

/// Runs both side by side; returns when both have ended.
template <typename A, typename B>
Task<std::pair<A, B>> both(Task<A> first, Task<B> second) {
    std::optional<A> a;
    std::optional<B> b;
    auto keep = []<typename T>(Task<T> task, std::optional<T>* into) -> Task<void> { into->emplace(co_await std::move(task)); };
    TaskScope scope(co_await asio::this_coro::executor);
    scope.spawn(keep(std::move(first), &a));
    scope.spawn(keep(std::move(second), &b));
    co_await scope.join();
    std::pair<A, B> result(std::move(*a), std::move(*b));
    co_return result;
}

}  // namespace mailhaul
