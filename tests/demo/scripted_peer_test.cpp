// SPDX-License-Identifier: Apache-2.0
#include "demo/scripted_peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "demo/raw_client.hpp"

namespace mailhaul::demo {
namespace {

TEST(ScriptedPeer, plays_its_script_to_every_connection) {
    asio::io_context io;
    ScriptedPeer peer(io.get_executor());
    peer.send("* OK hi\r\n")
        .expect("LOGIN ann")
        .send("* junk\r\n%T OK done\r\n")
        .expect("APPEND")
        .read_octets(Octets(5))
        .send("got\r\n");
    ASSERT_TRUE(peer.start().ok());
    run(io, [](asio::io_context& context, ScriptedPeer& here) -> Task<void> {
        for (int i = 0; i < 2; ++i) {
            RawClient client(context.get_executor());
            EXPECT_EQ(co_await client.connect(here.port()), "* OK hi\r\n");
            EXPECT_EQ(co_await client.command("LOGIN ann secret"), "* junk\r\nt1 OK done\r\n");
            co_await client.send("t2 APPEND x {5+}\r\n12345");
            EXPECT_EQ(co_await client.rest(), "got\r\n");
        }
        co_await here.stop();
    }(io, peer));
    EXPECT_EQ(peer.connections(), 2U);
    EXPECT_THAT(peer.failures(), testing::IsEmpty());
}

TEST(ScriptedPeer, notes_what_it_did_not_expect) {
    asio::io_context io;
    ScriptedPeer peer(io.get_executor());
    peer.send("* OK hi\r\n").expect("LOGIN");
    ASSERT_TRUE(peer.start().ok());
    run(io, [](asio::io_context& context, ScriptedPeer& here) -> Task<void> {
        RawClient client(context.get_executor());
        co_await client.connect(here.port());
        EXPECT_EQ(co_await client.command("NOOP"), "");
        co_await here.stop();
    }(io, peer));
    EXPECT_THAT(peer.failures(), testing::ElementsAre("wanted \"LOGIN\", seen \"t1 NOOP\""));
}

TEST(ScriptedPeer, floods_until_the_client_goes_and_holds_until_stopped) {
    asio::io_context io;
    ScriptedPeer flooding(io.get_executor());
    flooding.flood(std::string(50'000, 'x'));
    ScriptedPeer holding(io.get_executor());
    holding.send("* OK hi\r\n").hold();
    ASSERT_TRUE(flooding.start().ok() && holding.start().ok());
    run(io, [](asio::io_context& context, ScriptedPeer& flood, ScriptedPeer& hold) -> Task<void> {
        RawClient client(context.get_executor());
        co_await client.open(flood.port());
        while (flood.sent() < Octets(1'000'000)) co_await client.skip_some();
        client.close();
        RawClient other(context.get_executor());
        co_await other.connect(hold.port());
        co_await other.send("t1 NOOP\r\n");
        co_await flood.stop();
        co_await hold.stop();
        EXPECT_EQ(co_await other.rest(), "");
    }(io, flooding, holding));
}

}  // namespace
}  // namespace mailhaul::demo
