// SPDX-License-Identifier: Apache-2.0
// dial() through scripted SOCKS5 and HTTP proxies, octet for octet; the greeting always comes in the same segment as
// the proxy's answer, so a proxy dialogue that reads too far loses it.
#include <gmock/gmock.h>

#include "loop.hpp"

namespace mailhaul::net {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

DialOptions through(ProxyOptions::Kind kind, std::uint16_t proxy_port, const std::string& host) {
    auto options = to_port(993, host);
    options.proxy.kind = kind;
    options.proxy.host = "127.0.0.1";
    options.proxy.port = proxy_port;
    return options;
}

void log_in(DialOptions& options) {
    options.proxy.user = "me";
    options.proxy.password = Secret("pass");
}

Task<Result<std::string>> greeting(DialOptions options) {
    MH_CO_TRY(stream, co_await dial(std::move(options)));
    co_return co_await read_to_end(*stream);
}

class Proxy : public testing::Test {
protected:
    Result<std::string> greeting_through(ProxyOptions::Kind kind, std::vector<Line> script, const std::string& host,
                                         bool with_password = false) {
        loop_.spawn(play(listener_, std::move(script)));
        auto options = through(kind, listener_.port(), host);
        if (with_password) log_in(options);
        return loop_.await(greeting(std::move(options)));
    }

    Loop loop_;
    Listener listener_{loop_};
};

class Socks : public Proxy {
protected:
    Result<std::string> greet(std::vector<Line> script, const std::string& host = "imap.example.invalid",
                              bool with_password = false) {
        return greeting_through(ProxyOptions::Kind::socks5, std::move(script), host, with_password);
    }

    const std::string request_ = "\x05\x01\x00\x03\x14"s + "imap.example.invalid" + "\x03\xE1"s;
};

TEST_F(Socks, lets_the_proxy_resolve_the_name) {
    const auto said = greet({{"\x05\x01\x00"s, "\x05\x00"s}, {request_, "\x05\x00\x00\x01\x7F\x00\x00\x01\x10\x00* OK"s}});
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_EQ(*said, "* OK");
}

TEST_F(Socks, logs_in_when_the_proxy_asks) {
    const auto said = greet({{"\x05\x02\x00\x02"s, "\x05\x02"s},
                             {"\x01\x02me\x04pass"s, "\x01\x00"s},
                             {request_,
                              "\x05\x00\x00\x03\x03"
                              "abc\x10\x00* OK"s}},
                            "imap.example.invalid", true);
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_EQ(*said, "* OK");
}

TEST_F(Socks, sends_address_literals_as_addresses) {
    const auto said =
        greet({{"\x05\x01\x00"s, "\x05\x00"s},
               {"\x05\x01\x00\x01\xC0\x00\x02\x01\x03\xE1"s, "\x05\x00\x00\x04"s + std::string(18, 'x') + "* OK"}},
              "192.0.2.1");
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_EQ(*said, "* OK");
}

TEST_F(Socks, says_what_the_proxy_said) {
    const auto said = greet({{"\x05\x01\x00"s, "\x05\x00"s}, {request_, "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"s}});
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().code, Errc::connect_failed);
    EXPECT_EQ(said.error().server_text, "connection refused");
    EXPECT_THAT(said.error().describe(), HasSubstr("imap.example.invalid:993"));
}

TEST_F(Socks, says_that_the_proxy_refuses_the_password) {
    const auto said = greet({{"\x05\x02\x00\x02"s, "\x05\x02"s}, {"\x01\x02me\x04pass"s, "\x01\x01"s}}, "h.invalid", true);
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().code, Errc::connect_failed);
    EXPECT_EQ(said.error().retry, Retry::never);
    EXPECT_THAT(said.error().describe(), HasSubstr("refuses this user and password"));
    EXPECT_THAT(said.error().describe(), testing::Not(HasSubstr("pass\"")));
}

TEST_F(Socks, says_that_the_proxy_wants_a_password) {
    const auto said = greet({{"\x05\x01\x00"s, "\x05\xFF"s}});
    ASSERT_FALSE(said.ok());
    EXPECT_THAT(said.error().describe(), HasSubstr("check the proxy's user and password"));
}

TEST_F(Socks, recognises_a_server_that_is_no_proxy) {
    const auto said = greet({{"", "* OK IMAP4rev1 here\r\n"}});
    ASSERT_FALSE(said.ok());
    EXPECT_THAT(said.error().describe(), HasSubstr("does not speak SOCKS5"));
}

TEST_F(Socks, that_hangs_up_is_a_lost_connection) {
    EXPECT_EQ(greet({{"\x05\x01\x00"s, ""}}).error().code, Errc::connection_lost);
}

TEST_F(Socks, that_never_answers_is_given_up_at_the_deadline) {
    loop_.spawn(stay_silent(listener_));
    auto options = through(ProxyOptions::Kind::socks5, listener_.port(), "imap.example.invalid");
    options.timeout = std::chrono::milliseconds(20);
    const auto stream = loop_.await(dial(options));
    ASSERT_FALSE(stream.ok());
    EXPECT_EQ(stream.error().code, Errc::timed_out);
    EXPECT_EQ(stream.error().retry, Retry::later);
    EXPECT_THAT(stream.error().describe(), HasSubstr("within 20 ms"));
}

TEST_F(Socks, proxy_that_is_not_there_is_named) {
    auto options = through(ProxyOptions::Kind::socks5, closed_port(loop_), "imap.example.invalid");
    const auto stream = loop_.await(dial(options));
    ASSERT_FALSE(stream.ok());
    EXPECT_EQ(stream.error().code, Errc::connect_failed);
    EXPECT_THAT(stream.error().message, HasSubstr("127.0.0.1:" + std::to_string(options.proxy.port)));
}

class HttpConnect : public Proxy {
protected:
    Result<std::string> greet(std::vector<Line> script, const std::string& host = "imap.example.invalid",
                              bool with_password = false) {
        return greeting_through(ProxyOptions::Kind::http_connect, std::move(script), host, with_password);
    }

    const std::string request_ = "CONNECT imap.example.invalid:993 HTTP/1.1\r\nHost: imap.example.invalid:993\r\n\r\n";
};

TEST_F(HttpConnect, leads_to_the_server) {
    const auto said = greet({{request_, "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n* OK"}});
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_EQ(*said, "* OK");
}

TEST_F(HttpConnect, logs_in_with_basic) {
    const std::string request =
        "CONNECT imap.example.invalid:993 HTTP/1.1\r\nHost: imap.example.invalid:993\r\n"
        "Proxy-Authorization: Basic bWU6cGFzcw==\r\n\r\n";
    const auto said = greet({{request, "HTTP/1.0 200 OK\r\n\r\n* OK"}}, "imap.example.invalid", true);
    ASSERT_TRUE(said.ok()) << said.error().describe();
}

TEST_F(HttpConnect, puts_brackets_around_ipv6) {
    const auto said = greet(
        {{"CONNECT [2001:db8::1]:993 HTTP/1.1\r\nHost: [2001:db8::1]:993\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"}}, "2001:db8::1");
    ASSERT_TRUE(said.ok()) << said.error().describe();
}

TEST_F(HttpConnect, says_what_the_proxy_said) {
    const auto said = greet({{request_, "HTTP/1.1 403 Port not allowed\r\n\r\n"}});
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().code, Errc::connect_failed);
    EXPECT_EQ(said.error().server_text, "HTTP/1.1 403 Port not allowed");
}

TEST_F(HttpConnect, asks_for_the_password_to_be_checked) {
    const auto said = greet({{request_, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"}});
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().retry, Retry::never);
    EXPECT_THAT(said.error().describe(), HasSubstr("check its user and password"));
}

TEST_F(HttpConnect, recognises_a_server_that_is_no_proxy) {
    EXPECT_THAT(greet({{"", "* OK IMAP4rev1 here\r\n"}}).error().describe(), HasSubstr("not HTTP"));
}

TEST_F(HttpConnect, does_not_read_an_endless_answer) {
    EXPECT_THAT(greet({{"", "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x')}}).error().describe(), HasSubstr("not HTTP"));
}

TEST_F(HttpConnect, takes_no_host_that_would_forge_a_field) {
    auto options = through(ProxyOptions::Kind::http_connect, listener_.port(), "h\r\nX: y");
    EXPECT_EQ(loop_.await(dial(options)).error().code, Errc::unknown_host);
}

}  // namespace
}  // namespace mailhaul::net
