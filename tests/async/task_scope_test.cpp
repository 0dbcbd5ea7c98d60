// SPDX-License-Identifier: Apache-2.0
#include "async/task_scope.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <stdexcept>
#include <vector>

namespace mailhaul {
namespace {

/// Runs `task` on a loop of its own and returns what it threw, if anything.
std::exception_ptr run(Task<void> task, asio::io_context& loop) {
    std::exception_ptr failure;
    asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& thrown) { failure = thrown; });
    loop.run();
    return failure;
}

Task<void> wait_then_note(Event& event, std::vector<int>& notes, int number) {
    co_await event.wait();
    notes.push_back(number);
}

TEST(Event, wakes_every_waiter_and_only_after_notify_returned) {
    asio::io_context loop;
    Event event(loop.get_executor());
    std::vector<int> notes;
    auto body = [&]() -> Task<void> {
        TaskScope scope(loop.get_executor());
        scope.spawn(wait_then_note(event, notes, 1));
        scope.spawn(wait_then_note(event, notes, 2));
        co_await asio::post(loop, asio::use_awaitable);
        event.notify();
        EXPECT_TRUE(notes.empty());
        co_await scope.join();
    };
    EXPECT_FALSE(run(body(), loop));
    EXPECT_EQ(notes, (std::vector{1, 2}));
}

TEST(TaskScope, joins_children_that_children_spawned) {
    asio::io_context loop;
    int ended = 0;
    auto body = [&]() -> Task<void> {
        TaskScope scope(loop.get_executor());
        auto leaf = [](int* count) -> Task<void> {
            ++*count;
            co_return;
        };
        auto parent = [](TaskScope* where, decltype(leaf)* child, int* count) -> Task<void> {
            where->spawn((*child)(count));
            co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
            ++*count;
        };
        scope.spawn(parent(&scope, &leaf, &ended));
        co_await scope.join();
        EXPECT_EQ(scope.running(), 0U);
    };
    EXPECT_FALSE(run(body(), loop));
    EXPECT_EQ(ended, 2);
}

TEST(TaskScope, gives_a_childs_exception_to_whoever_joins) {
    asio::io_context loop;
    auto body = [&]() -> Task<void> {
        TaskScope scope(loop.get_executor());
        auto thrower = []() -> Task<void> {
            throw std::runtime_error("a bug");
            co_return;
        };
        scope.spawn(thrower());
        co_await scope.join();
    };
    EXPECT_THROW(std::rethrow_exception(run(body(), loop)), std::runtime_error);
}

TEST(Both, runs_side_by_side_and_returns_both_results) {
    asio::io_context loop;
    Event meet(loop.get_executor());
    std::optional<std::pair<int, std::string>> result;
    auto body = [&]() -> Task<void> {
        auto first = [](Event* event) -> Task<int> {
            co_await event->wait();  // ends only if the second runs meanwhile
            co_return 7;
        };
        auto second = [](Event* event) -> Task<std::string> {
            event->notify();
            co_return "seven";
        };
        auto pair = co_await both(first(&meet), second(&meet));
        result = std::move(pair);
    };
    EXPECT_FALSE(run(body(), loop));
    EXPECT_EQ(result, std::pair(7, std::string("seven")));
}

}  // namespace
}  // namespace mailhaul
