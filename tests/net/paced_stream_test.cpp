// SPDX-License-Identifier: Apache-2.0
// pace_reading() over real sockets. Only that it is not too fast is tested: too slow is a matter of the machine.
#include <gtest/gtest.h>

#include "loop.hpp"
#include "net/dial.hpp"

namespace mailhaul::net {
namespace {

using namespace std::chrono_literals;

/// Connects to `listener` and reads everything through `pace`.
Task<Result<std::string>> read_paced(const Listener& listener, std::shared_ptr<Pace> pace) {
    MH_CO_TRY(stream, co_await dial(to_port(listener.port())));
    const std::unique_ptr<Stream> paced = pace_reading(std::move(stream), std::move(pace), co_await asio::this_coro::executor);
    co_return co_await read_to_end(*paced);
}

TEST(PacedStream, delivers_everything_and_no_faster_than_its_pace) {
    Loop loop;
    Listener listener(loop);
    std::string sent(30'000, '\0');
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 7);
    loop.spawn(play(listener, {Line{"", sent}}));
    const auto began = Pace::Clock::now();
    const auto read = loop.await(read_paced(listener, std::make_shared<Pace>(100'000)));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read.value(), sent);
    EXPECT_GE(Pace::Clock::now() - began, 280ms);
}

TEST(PacedStream, two_that_share_a_pace_are_no_faster_than_one) {
    Loop loop;
    Listener one(loop);
    Listener other(loop);
    const auto pace = std::make_shared<Pace>(100'000);
    loop.spawn(play(one, {Line{"", std::string(15'000, 'a')}}));
    loop.spawn(play(other, {Line{"", std::string(15'000, 'b')}}));
    std::size_t read = 0;
    const auto reader = [&](const Listener& listener) -> Task<void> {
        const auto all = co_await read_paced(listener, pace);
        if (all.ok()) read += all.value().size();
    };
    const auto began = Pace::Clock::now();
    loop.spawn(reader(one));
    loop.spawn(reader(other));
    loop.run();
    EXPECT_EQ(read, 30'000U);
    EXPECT_GE(Pace::Clock::now() - began, 280ms);
}

Task<void> read_until_closed(Stream& stream, bool& ended) {
    std::string buffer(4096, '\0');
    while (true) {
        const auto read = co_await stream.read_some(buffer);
        if (!read.ok() || read.value() == 0) break;
    }
    ended = true;
}

TEST(PacedStream, that_is_closed_while_it_waits_ends_at_once) {
    Loop loop;
    Listener listener(loop);
    loop.spawn(play(listener, {Line{"", std::string(4000, 'x')}}));
    bool ended = false;
    const auto client = [&]() -> Task<void> {
        auto dialed = co_await dial(to_port(listener.port()));
        if (!dialed.ok()) co_return;
        const auto executor = co_await asio::this_coro::executor;
        const std::unique_ptr<Stream> paced = pace_reading(std::move(dialed).value(), std::make_shared<Pace>(0.001), executor);
        std::string octet(1, '\0');
        const auto first = co_await paced->read_some(octet);  // paid for in a thousand seconds
        EXPECT_TRUE(first.ok());
        loop.spawn(read_until_closed(*paced, ended));
        co_await asio::post(executor, asio::use_awaitable);
        paced->close();
        while (!ended) co_await asio::post(executor, asio::use_awaitable);
    };
    loop.await([&]() -> Task<bool> {
        co_await client();
        co_return true;
    }());
    EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace mailhaul::net
