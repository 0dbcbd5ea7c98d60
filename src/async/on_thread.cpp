// SPDX-License-Identifier: Apache-2.0
#include "async/on_thread.hpp"

namespace mailhaul {

asio::thread_pool& waiting_threads() {
    constexpr std::size_t threads = 4;
    static asio::thread_pool pool(threads);
    return pool;
}

void Bell::ring() {
    const std::lock_guard lock(guard_);
    if (!event_) return;
    asio::post(event_->executor(), [self = shared_from_this()] {
        self->is_rung_ = true;
        if (self->event_) self->event_->notify();  // no lock: only this thread takes it down
    });
}

Task<void> Bell::heard() {
    while (!is_rung_) co_await event_->wait();
}

void Bell::take_down() {
    const std::lock_guard lock(guard_);
    event_.reset();
}

}  // namespace mailhaul
