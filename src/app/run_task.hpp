// SPDX-License-Identifier: Apache-2.0
// Runs one task on an event loop of its own, until it ends or a signal abandons it: for use cases that change nothing which
// a signal could leave half done.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>

#include "async/task.hpp"

namespace mailhaul::app {

/// Empty where SIGINT or SIGTERM came first.
template <typename T>
std::optional<T> run_task(Task<T> task) {
    asio::io_context loop(1);
    std::optional<T> result;
    asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& cancelled, int) {
        if (!cancelled) loop.stop();
    });
    asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& thrown, T finished) {
        signals.cancel();
        if (thrown) std::rethrow_exception(thrown);
        result = std::move(finished);
    });
    loop.run();
    return result;
}

}  // namespace mailhaul::app
