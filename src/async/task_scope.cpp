// SPDX-License-Identifier: Apache-2.0
#include "async/task_scope.hpp"

#include <boost/asio/co_spawn.hpp>
#include <cassert>
#include <utility>

namespace mailhaul {

TaskScope::~TaskScope() { assert(running_ == 0 && "a TaskScope must be joined"); }

void TaskScope::spawn(Task<void> child) {
    ++running_;
    asio::co_spawn(executor_, std::move(child), [this](const std::exception_ptr& thrown) {
        --running_;
        if (thrown && !failure_) failure_ = thrown;
        changed_.notify();
    });
}

Task<void> TaskScope::join() {
    while (running_ > 0) co_await changed_.wait();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace mailhaul
