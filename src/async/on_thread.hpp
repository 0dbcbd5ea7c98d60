// SPDX-License-Identifier: Apache-2.0
// Work that waits in a library's own way, for a KDC say: done on a thread, while the loop goes on.
//
// The one exception from "one thread": what is called shares nothing with the loop but its argument and its result. The
// loop may end before the work does: whoever waited takes the bell down first, so the thread rings in no loop that is gone.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include "async/event.hpp"
#include "async/task.hpp"

namespace mailhaul {

/// Few: so many may wait at a time, others queue behind them. Ended, and waited for, when the program ends.
asio::thread_pool& waiting_threads();

/// Rung by a thread, heard by the loop.
class Bell : public std::enable_shared_from_this<Bell> {
public:
    explicit Bell(const asio::any_io_executor& loop) { event_.emplace(loop); }

    /// From any thread.
    void ring();

    /// In the loop, as everything below.
    Task<void> heard();
    void take_down();

private:
    std::mutex guard_;            // of event_, which is taken down by one thread while another may ring
    std::optional<Event> event_;  // none: nobody waits any more
    bool is_rung_ = false;        // the loop's
};

/// Calls `work` there, which must not throw. Cancelling does not end it.
template <typename T>
Task<T> on_thread(std::function<T()> work) {
    const auto bell = std::make_shared<Bell>(co_await asio::this_coro::executor);
    const auto result = std::make_shared<std::optional<T>>();  // of both threads: whoever gives up first leaves it to the other
    struct TakenDown {
        Bell& bell;
        ~TakenDown() { bell.take_down(); }
    } const taken_down{*bell};
    asio::post(waiting_threads(), [work = std::move(work), result, bell] {
        result->emplace(work());
        bell->ring();
    });
    co_await bell->heard();
    co_return std::move(**result);
}

}  // namespace mailhaul
