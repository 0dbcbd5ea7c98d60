// SPDX-License-Identifier: Apache-2.0
// Handover: what stands between the fetching and the appending stage of one transfer. Bounded in octets by credit: the
// fetcher takes credit before it asks, the appender gives it back once the fate of the message is told.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "async/event.hpp"
#include "sync/executor/fetch_queue.hpp"
#include "sync/executor/fetched.hpp"
#include "sync/executor/transfer.hpp"

namespace mailhaul::sync {

class Handover {
public:
    Handover(const asio::any_io_executor& executor, std::span<const TransferItem> what, TransferLimits how,
             TransferListener whom)
        : items(what),
          limits(how),
          listener(std::move(whom)),
          queue(items, limits, ready),
          changed(executor),
          credit_back(executor) {}

    ~Handover() { give_back(taken_); }
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    [[nodiscard]] bool has_credit_for(std::uint64_t octets) const {
        return taken_ == 0 || (taken_ + octets <= limits.in_memory && (!limits.shared || limits.shared->pool.has(octets)));
    }
    void take(std::uint64_t octets) {
        taken_ += octets;
        if (limits.shared) limits.shared->pool.take(octets);
    }
    void give_back(std::uint64_t octets) {
        octets = std::min(taken_, octets);
        taken_ -= octets;
        if (limits.shared) limits.shared->pool.give_back(octets);
        credit_back.notify();
    }
    /// Until some may have been given back, by this lane or another, or the transfer stopped.
    Task<void> more_credit() {
        Event& returned = limits.shared ? limits.shared->pool.returned : credit_back;
        co_await returned.wait();
    }

    void stop(Error why) {
        if (failure) return;
        failure = std::move(why);
        if (const auto pipe = arriving.lock()) pipe->fail(*failure);  // nobody will read the rest of it
        changed.notify();
        wake_readers();
    }
    void wake_readers() {
        credit_back.notify();
        if (limits.shared) limits.shared->pool.returned.notify();
    }

    std::span<const TransferItem> items;
    TransferLimits limits;
    TransferListener listener;
    std::deque<Fetched> ready;  // in the order to append
    FetchQueue queue;
    bool fetching_done = false;
    std::size_t readers_stalled = 0;   // wait for credit: a batch not full must go
    std::weak_ptr<BodyPipe> arriving;  // the streamed message the source is sending now
    std::optional<Error> failure;      // wider than a message: both stages stop
    Event changed;                     // ready, fetching_done, readers_stalled or failure
    Event credit_back;                 // or something else that a reader may wait for

private:
    std::uint64_t taken_ = 0;
};

}  // namespace mailhaul::sync
