// SPDX-License-Identifier: Apache-2.0
// Faults do what they say, when they say it, and nothing else.
#include "demo/faults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "demo/raw_client.hpp"
#include "demo/server.hpp"

namespace mailhaul::demo {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string append = "APPEND INBOX {3+}\r\nabc";

struct Faulty : testing::Test {
    Faulty() : server(io.get_executor()), client(io.get_executor()) {
        server.add_account("ann", "secret");
        EXPECT_TRUE(server.start().ok());
    }
    FaultScript& faults() { return server.faults(); }
    std::size_t stored() { return server.store_of("ann").find("INBOX")->messages().size(); }

    void with(Task<void> (*test)(Faulty&)) { run(io, all(test)); }
    Task<void> all(Task<void> (*test)(Faulty&)) {
        co_await client.connect(server.port());
        co_await client.log_in("ann", "secret");
        co_await test(*this);
        co_await server.stop();
    }
    /// Connects and logs in again, as a client would after a cut.
    Task<void> come_back() {
        client = RawClient(io.get_executor());
        co_await client.connect(server.port());
        co_await client.log_in("ann", "secret");
    }

    asio::io_context io;
    Server server;
    RawClient client;
};

TEST_F(Faulty, the_nth_command_is_refused_and_the_others_are_not) {
    faults().on("APPEND").nth(2).times(2).no("[LIMIT] too fast");
    with([](Faulty& f) -> Task<void> {
        EXPECT_THAT(co_await f.client.command(append), HasSubstr(" OK "));
        EXPECT_THAT(co_await f.client.command(append), HasSubstr(" NO [LIMIT] too fast\r\n"));
        EXPECT_THAT(co_await f.client.command("NOOP"), HasSubstr(" OK "));
        EXPECT_THAT(co_await f.client.command(append), HasSubstr(" NO "));
        EXPECT_THAT(co_await f.client.command(append), HasSubstr(" OK "));
        EXPECT_EQ(f.stored(), 2U);
        EXPECT_EQ(f.server.counters().count("APPEND"), 4U) << "a refused command was asked all the same";
    });
}

TEST_F(Faulty, a_guilty_message_is_known_by_what_it_holds) {
    faults().on("APPEND").holding("poison").always().no("[CANNOT] virus found");
    with([](Faulty& f) -> Task<void> {
        EXPECT_THAT(co_await f.client.command(append), HasSubstr(" OK "));
        EXPECT_THAT(co_await f.client.command("APPEND INBOX {3+}\r\nabc {8+}\r\na poison"), HasSubstr(" NO [CANNOT]"));
        EXPECT_THAT(co_await f.client.command("APPEND poison {3+}\r\nabc"), HasSubstr(" NO [CANNOT]"));
        EXPECT_EQ(f.stored(), 1U);
    });
}

TEST_F(Faulty, an_answer_can_be_lost_after_its_effect) {
    faults().on("APPEND").after_executing().cut();
    with([](Faulty& f) -> Task<void> {
        EXPECT_EQ(co_await f.client.command(append), "");
        EXPECT_EQ(f.stored(), 1U);
        co_await f.come_back();
        EXPECT_THAT(co_await f.client.command(append), HasSubstr(" OK "));
    });
}

TEST_F(Faulty, a_cut_before_executing_has_no_effect) {
    faults().on("APPEND").cut();
    with([](Faulty& f) -> Task<void> {
        EXPECT_EQ(co_await f.client.command(append), "");
        EXPECT_EQ(f.stored(), 0U);
    });
}

TEST_F(Faulty, a_lie_says_ok_and_stores_nothing) {
    faults().on("APPEND").ok("[APPENDUID 1 1] appended");
    with([](Faulty& f) -> Task<void> {
        EXPECT_THAT(co_await f.client.command(append), HasSubstr(" OK [APPENDUID 1 1]"));
        EXPECT_EQ(f.stored(), 0U);
    });
}

TEST_F(Faulty, a_synchronising_literal_is_refused_before_its_octets) {
    faults().on("APPEND").before_continuation().no("[LIMIT] not now");
    with([](Faulty& f) -> Task<void> {
        EXPECT_THAT(co_await f.client.command("APPEND INBOX {1000}"), HasSubstr(" NO [LIMIT] not now"));
        EXPECT_THAT(co_await f.client.command("NOOP"), HasSubstr(" OK ")) << "the connection goes on";
    });
}

TEST_F(Faulty, bye_ends_the_connection_with_its_words) {
    faults().on("NOOP").bye("[UNAVAILABLE] going down");
    with([](Faulty& f) -> Task<void> {
        co_await f.client.send("a NOOP\r\nb NOOP\r\nc NOOP\r\n");
        EXPECT_EQ(co_await f.client.rest(), "* BYE [UNAVAILABLE] going down\r\n");
    });
}

TEST_F(Faulty, a_frozen_connection_is_silent_until_stopped) {
    faults().on("NOOP").freeze();
    with([](Faulty& f) -> Task<void> {
        co_await f.client.send("a NOOP\r\nb NOOP\r\n");
        RawClient other(f.io.get_executor());
        co_await other.connect(f.server.port());
        EXPECT_THAT(co_await other.command("NOOP"), HasSubstr(" OK ")) << "others are served";
        EXPECT_EQ(f.server.counters().count("NOOP"), 2U) << "b was not read as a command";
        co_await f.server.stop();
        EXPECT_EQ(co_await f.client.rest(), "");
    });
}

TEST_F(Faulty, raw_octets_take_the_place_of_an_answer) {
    faults().on("NOOP").send("* 1 FETCH (BODY[] {4294967296}\r\n");
    with([](Faulty& f) -> Task<void> {
        co_await f.client.send("a NOOP\r\nb NOOP\r\n");
        EXPECT_EQ(co_await f.client.until_tagged("b"), "* 1 FETCH (BODY[] {4294967296}\r\nb OK done\r\n");
    });
}

TEST_F(Faulty, a_flood_goes_on_until_the_client_goes) {
    faults().on("NOOP").flood("x");
    with([](Faulty& f) -> Task<void> {
        co_await f.client.send("a NOOP\r\n");
        while (f.server.counters().sent < Octets(1'000'000)) co_await f.client.skip_some();
        f.client.close();
        RawClient other(f.io.get_executor());
        co_await other.connect(f.server.port());
    });
}

TEST_F(Faulty, an_answer_is_cut_inside) {
    faults().on("CAPABILITY").cut_inside_answer(Octets(10));
    with([](Faulty& f) -> Task<void> { EXPECT_EQ(co_await f.client.command("CAPABILITY"), "* CAPABILI"); });
}

TEST_F(Faulty, an_answer_is_rewritten) {
    faults().on("STATUS").rewrite([](std::string answer) {
        answer.replace(answer.find("MESSAGES 0"), 10, "MESSAGES 7");
        return answer;
    });
    with([](Faulty& f) -> Task<void> {
        EXPECT_THAT(co_await f.client.command("STATUS INBOX (MESSAGES)"), HasSubstr("(MESSAGES 7)"));
        EXPECT_THAT(co_await f.client.command("STATUS INBOX (MESSAGES)"), HasSubstr("(MESSAGES 0)"));
    });
}

TEST_F(Faulty, a_connection_is_cut_after_any_octet_sent) {
    with([](Faulty& f) -> Task<void> {
        const std::string whole = co_await f.client.command("CAPABILITY");
        for (std::uint64_t n = 1; n < whole.size(); n += 37) {
            co_await f.come_back();
            co_await f.client.command("NOOP");
            f.faults().cut_after_sent(Octets(n));
            const std::string part = co_await f.client.command("CAPABILITY");
            EXPECT_EQ(part.size(), n);
        }
    });
}

TEST_F(Faulty, a_connection_is_cut_after_any_octet_received) {
    with([](Faulty& f) -> Task<void> {
        const std::string command = "t2 " + append + "\r\n";
        for (std::uint64_t n = 1; n <= command.size(); ++n) {
            co_await f.come_back();
            f.faults().cut_after_received(Octets(n));
            EXPECT_EQ(co_await f.client.command(append), "") << n;
        }
        EXPECT_EQ(f.stored(), 0U) << "what was not answered for was not stored";
    });
}

}  // namespace
}  // namespace mailhaul::demo
