// SPDX-License-Identifier: Apache-2.0
// Work that waits in a library's own way, for a KDC say: done on a thread, while the loop goes on.
//
// The one exception from "one thread": what is called shares nothing with the loop but its argument and its result.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>

#include "async/task.hpp"

namespace mailhaul {

/// Few: so many may wait at a time, others queue behind them. Ended, and waited for, when the program ends.
asio::thread_pool& waiting_threads();

template <typename T>
Task<void> put_result(std::function<T()> work, std::shared_ptr<std::optional<T>> result) {
    result->emplace(work());
    co_return;
}

/// Calls `work` there. Cancelling does not end it, but is found by the next wait.
template <typename T>
Task<T> on_thread(std::function<T()> work) {
    const auto result = std::make_shared<std::optional<T>>();  // of both threads: whoever gives up first leaves it to the other
    co_await asio::co_spawn(waiting_threads().get_executor(), put_result(std::move(work), result), asio::use_awaitable);
    co_return std::move(**result);
}

}  // namespace mailhaul
