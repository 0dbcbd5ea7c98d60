// SPDX-License-Identifier: Apache-2.0
// dial() against loopback listeners: what it connects to, and what it says when it cannot.
#include "net/dial.hpp"

#include <gmock/gmock.h>

#include "loop.hpp"
#include "net/race.hpp"

namespace mailhaul::net {
namespace {

using asio::ip::address;
using asio::ip::make_address;
using testing::HasSubstr;

bool has_ipv6_loopback() {
    asio::io_context io;
    tcp::acceptor acceptor(io);
    boost::system::error_code failure;
    acceptor.open(tcp::v6(), failure);
    if (!failure) acceptor.bind(tcp::endpoint(make_address("::1"), 0), failure);
    return !failure;
}

Task<std::string> read_line_from(DialOptions options) {
    auto stream = co_await dial(std::move(options));
    if (!stream.ok()) co_return stream.error().describe();
    auto text = co_await read_to_end(**stream);
    if (!text.ok()) co_return text.error().describe();
    co_return *text;
}

TEST(Dial, gives_a_stream_of_what_the_server_says) {
    Loop loop;
    Listener listener(loop);
    loop.spawn(play(listener, {{"", "* OK hello\r\n"}}));
    EXPECT_EQ(loop.await(read_line_from(to_port(listener.port()))), "* OK hello\r\n");
}

TEST(Dial, takes_localhost_for_this_machine_in_either_family) {
    Loop loop;
    Listener listener(loop);
    for (const char* host : {"localhost", "LocalHost.", "imap.localhost"}) {
        loop.spawn(play(listener, {{"", "hello"}}));  // on IPv4 alone: the refusal on ::1 must not end the race
        EXPECT_EQ(loop.await(read_line_from(to_port(listener.port(), host))), "hello") << host;
    }
}

TEST(Dial, takes_an_ipv6_literal) {
    if (!has_ipv6_loopback()) GTEST_SKIP() << "no IPv6 here";
    Loop loop;
    Listener listener(loop, "::1");
    loop.spawn(play(listener, {{"", "hello"}}));
    EXPECT_EQ(loop.await(read_line_from(to_port(listener.port(), "::1"))), "hello");
}

TEST(Dial, describes_itself_as_plaintext_without_channel_binding) {
    Loop loop;
    Listener listener(loop);
    loop.spawn(play(listener, {}));
    auto stream = loop.await(dial(to_port(listener.port())));
    ASSERT_TRUE(stream.ok());
    EXPECT_EQ((*stream)->describe(), "plaintext");
    EXPECT_EQ((*stream)->channel_binding("tls-exporter"), "");
}

TEST(Dial, names_host_port_address_and_reason_when_nobody_listens) {
    Loop loop;
    const auto port = closed_port(loop);
    const auto stream = loop.await(dial(to_port(port, "localhost")));
    ASSERT_FALSE(stream.ok());
    EXPECT_EQ(stream.error().code, Errc::connect_failed);
    EXPECT_EQ(stream.error().retry, Retry::later);
    EXPECT_THAT(stream.error().message, HasSubstr("localhost:" + std::to_string(port)));
    EXPECT_THAT(stream.error().message, HasSubstr("127.0.0.1 (Connection refused)"));
    EXPECT_THAT(stream.error().message, HasSubstr("check host, port"));
}

TEST(Dial, says_that_a_name_does_not_exist) {
    Loop loop;
    const auto stream = loop.await(dial(to_port(143, "imap.mailhaul.invalid")));
    ASSERT_FALSE(stream.ok());
    EXPECT_EQ(stream.error().code, Errc::unknown_host);
    EXPECT_EQ(stream.error().retry, Retry::never);
    EXPECT_THAT(stream.error().message, HasSubstr("\"imap.mailhaul.invalid\": no such host"));
}

TEST(Dial, does_not_take_a_name_that_only_begins_with_localhost_for_this_machine) {
    Loop loop;
    auto options = to_port(143, "localhost.invalid");
    EXPECT_EQ(loop.await(dial(options)).error().code, Errc::unknown_host);
}

TEST(Dial, refuses_what_cannot_be_a_host_name) {
    for (const char* host : {"", "a b", "imap.example.org/x", "imap\r\n", "[::1]", "user@host"}) {
        Loop loop;
        EXPECT_EQ(loop.await(dial(to_port(143, host))).error().code, Errc::unknown_host) << host;
    }
}

TEST(Dial, keeps_to_the_family_asked_for) {
    Loop loop;
    auto options = to_port(143);
    options.family = AddressFamily::ipv6;
    const auto stream = loop.await(dial(options));
    ASSERT_FALSE(stream.ok());
    EXPECT_EQ(stream.error().code, Errc::unknown_host);
    EXPECT_THAT(stream.error().message, HasSubstr("no IPv6 address"));
}

TEST(Dial, gives_up_a_name_that_nobody_answers_for) {
    Loop loop;
    auto options = to_port(143, "mailhaul-no-such-name.example");
    options.timeout = std::chrono::milliseconds(1);
    EXPECT_FALSE(loop.await(dial(options)).ok());
}

Task<Result<tcp::socket>> race(std::vector<address> addresses, std::uint16_t port) {
    auto executor = co_await asio::this_coro::executor;
    Watchdog watchdog(executor, std::chrono::seconds(20));
    co_return co_await connect_to_first(std::move(addresses), port, watchdog);
}

TEST(Race, goes_on_to_the_next_address_when_one_refuses) {
    Loop loop;
    Listener listener(loop);
    const std::vector<address> addresses{make_address("127.0.0.3"), make_address("127.0.0.2"), make_address("127.0.0.1")};
    auto socket = loop.await(race(addresses, listener.port()));
    ASSERT_TRUE(socket.ok()) << socket.error().describe();
    EXPECT_EQ(socket->remote_endpoint().address().to_string(), "127.0.0.1");
}

TEST(Race, does_not_wait_for_an_address_that_never_answers) {
    Loop loop;
    Listener listener(loop);
    const std::vector<address> addresses{make_address("192.0.2.1"), make_address("127.0.0.1")};  // the first: TEST-NET-1
    auto socket = loop.await(race(addresses, listener.port()));
    ASSERT_TRUE(socket.ok()) << socket.error().describe();
}

TEST(Race, lists_every_address_when_all_refuse) {
    Loop loop;
    const auto port = closed_port(loop);
    const std::vector<address> addresses{make_address("127.0.0.1"), make_address("127.0.0.2")};
    const auto socket = loop.await(race(addresses, port));
    ASSERT_FALSE(socket.ok());
    EXPECT_EQ(socket.error().message, "127.0.0.1 (Connection refused), 127.0.0.2 (Connection refused)");
}

TEST(Race, alternates_families_and_keeps_the_order_within_each) {
    const auto a = make_address("::a"), b = make_address("::b"), c = make_address("::c"), x = make_address("10.0.0.1"),
               y = make_address("10.0.0.2");
    EXPECT_EQ(alternate_families({a, b, c, x, y}), (std::vector<address>{a, x, b, y, c}));
    EXPECT_EQ(alternate_families({x, a, b}), (std::vector<address>{x, a, b}));
    EXPECT_EQ(alternate_families({x, y}), (std::vector<address>{x, y}));
}

}  // namespace
}  // namespace mailhaul::net
