// SPDX-License-Identifier: Apache-2.0
#include "async/on_thread.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <latch>
#include <thread>

namespace mailhaul {
namespace {

/// Not to be made without a value, as a Result is.
struct Answer {
    explicit Answer(std::thread::id where) : thread(where) {}
    std::thread::id thread;
};

TEST(OnThread, lets_the_loop_go_on_and_comes_back_to_it) {
    asio::io_context loop(1);
    std::latch loop_went_on(1);
    const std::thread::id here = std::this_thread::get_id();
    std::optional<std::thread::id> worked_on, came_back_on;
    asio::co_spawn(
        loop,
        [](std::latch& went_on, auto& worked, auto& back) -> Task<void> {
            const std::function<Answer()> work = [&went_on] {
                went_on.wait();  // which a loop that stood still would never let it pass
                return Answer(std::this_thread::get_id());
            };
            const Answer answer = co_await on_thread(work);
            worked = answer.thread;
            back = std::this_thread::get_id();
        }(loop_went_on, worked_on, came_back_on),
        asio::detached);
    asio::co_spawn(
        loop,
        [](std::latch& went_on) -> Task<void> {
            went_on.count_down();
            co_return;
        }(loop_went_on),
        asio::detached);
    loop.run();
    ASSERT_TRUE(worked_on && came_back_on);
    EXPECT_NE(*worked_on, here);
    EXPECT_EQ(*came_back_on, here);
}

TEST(OnThread, a_loop_that_ended_before_the_work_is_left_in_peace) {
    std::latch loop_is_gone(1), work_is_done(1);
    bool came_back = false;
    {
        asio::io_context loop(1);
        asio::co_spawn(
            loop,
            [](std::latch& gone, std::latch& done, bool& back) -> Task<void> {
                const std::function<Answer()> work = [&gone, &done] {
                    gone.wait();
                    done.count_down();
                    return Answer(std::this_thread::get_id());
                };
                co_await on_thread(work);
                back = true;
            }(loop_is_gone, work_is_done, came_back),
            asio::detached);
        asio::post(loop, [&loop] { loop.stop(); });  // as a second Ctrl-C does
        loop.run();
    }
    loop_is_gone.count_down();
    work_is_done.wait();
    // Whoever comes after it on the same threads is served, so the one before has rung in vain and done no harm.
    for (int i = 0; i < 8; ++i) {
        std::latch next(1);
        asio::post(waiting_threads(), [&next] { next.count_down(); });
        next.wait();
    }
    EXPECT_FALSE(came_back);
}

}  // namespace
}  // namespace mailhaul
