// SPDX-License-Identifier: Apache-2.0
// The HTTP client against scripts: what it sends, what it makes of answers good and bad.
#include "http/client/exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "demo/scripted_peer.hpp"
#include "http/client/receive_redirect.hpp"

namespace mailhaul::http {
namespace {

using demo::ScriptedPeer;
using testing::HasSubstr;

struct UrlRow {
    const char* text;
    const char* host;
    int port;
    const char* target;
};

TEST(Url, is_taken_apart) {
    for (const UrlRow& row :
         {UrlRow{"https://a.example", "a.example", 443, "/"},
          UrlRow{"https://a.example:8443/x?y=1#z", "a.example", 8443, "/x?y=1"},
          UrlRow{"http://127.0.0.1:80/t", "127.0.0.1", 80, "/t"}, UrlRow{"http://[::1]:99?q", "::1", 99, "/?q"}}) {
        const auto url = url_from(row.text);
        ASSERT_TRUE(url.ok()) << row.text;
        EXPECT_EQ(url->host, row.host);
        EXPECT_EQ(url->port, row.port);
        EXPECT_EQ(url->target, row.target);
    }
}

TEST(Url, in_clear_text_is_for_this_computer_alone) {
    EXPECT_THAT(url_from("http://login.example/token").error().message, HasSubstr("wanted https://"));
    EXPECT_TRUE(public_url_from("http://autoconfig.example/mail/config-v1.1.xml").ok());
}

TEST(Url, that_is_none_is_refused) {
    for (const char* text : {"", "a.example", "ftp://a", "https://", "https://u:p@a.example/", "https://a:0", "https://a:70000",
                             "https://a b", "https://[::1", "https://a\r\nX: y"})
        EXPECT_EQ(url_from(text).error().code, Errc::usage) << text;
}

/// One request to a peer that plays `script`.
Result<Answer> ask(std::string_view script, std::chrono::milliseconds patience = std::chrono::seconds(5),
                   Octets most = Octets(1U << 20U)) {
    asio::io_context io;
    ScriptedPeer peer(io.get_executor());
    peer.expect("/token HTTP/1.1").send(std::string(script));
    if (script.empty()) peer.hold();
    EXPECT_TRUE(peer.start().ok());
    std::optional<Result<Answer>> answer;
    asio::co_spawn(
        io,
        [](ScriptedPeer& to, std::chrono::milliseconds wait, Octets limit, std::optional<Result<Answer>>& out) -> Task<void> {
            Request request;
            auto url = url_from("http://127.0.0.1:" + std::to_string(to.port()) + "/token");
            request.url = url.value();
            request.method = "POST";
            request.content_type = "application/x-www-form-urlencoded";
            request.body = Secret("a=b");
            request.timeout = wait;
            request.most = limit;
            out = co_await exchange(std::move(request));
            co_await to.stop();
        }(peer, patience, most, answer),
        [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
    io.run_for(std::chrono::seconds(30));
    if (!answer) return Error(Errc::internal, Scope::run, Retry::never, "the coroutine still waits");
    return std::move(*answer);
}

TEST(Exchange, reads_status_body_and_the_headers_that_matter) {
    const auto answer =
        ask("HTTP/1.1 400 Bad\r\nContent-Length: 2\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 7\r\n"
            "Content-Type: application/json\r\n\r\n{}");
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    EXPECT_EQ(answer->status, 400);
    EXPECT_EQ(answer->body.reveal(), "{}");
    EXPECT_EQ(answer->date->time_since_epoch().count(), 784111777);
    EXPECT_EQ(answer->retry_after, std::chrono::seconds(7));
}

TEST(Exchange, reads_chunks_and_bodies_that_end_with_the_connection) {
    EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")->body.reveal(),
              "abcde");
    EXPECT_EQ(ask("HTTP/1.1 200 OK\r\n\r\nwhole")->body.reveal(), "whole");
}

TEST(Exchange, refuses_what_is_no_http_is_cut_off_or_is_too_large) {
    EXPECT_EQ(ask("* OK IMAP4rev1 ready\r\n").error().code, Errc::bad_response);
    EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").error().code, Errc::bad_response);
    EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world", std::chrono::seconds(5), Octets(10)).error().code,
              Errc::bad_response);
}

TEST(Exchange, gives_up_on_a_server_that_says_nothing) {
    EXPECT_EQ(ask("", std::chrono::milliseconds(200)).error().code, Errc::timed_out);
}

/// What a browser gets for `target`, while somebody waits for the redirect; and what that one got.
std::pair<int, std::optional<std::string>> browse(const std::vector<std::string>& targets) {
    asio::io_context io;
    std::optional<std::string> received;
    int last_status = 0;
    auto opened = net::LoopbackListener::open(io.get_executor());
    EXPECT_TRUE(opened.ok());
    net::LoopbackListener& listener = *opened.value();
    asio::co_spawn(
        io,
        [](net::LoopbackListener& at, std::optional<std::string>& out) -> Task<void> {
            auto query = co_await receive_redirect(at, std::chrono::milliseconds(2000));
            if (query.ok()) out = query.value().reveal();
        }(listener, received),
        [](const std::exception_ptr&) {});
    asio::co_spawn(
        io,
        [](std::uint16_t port, std::vector<std::string> all, int& status) -> Task<void> {
            for (const std::string& target : all) {
                Request request;
                request.url.tls = false;
                request.url.host = "127.0.0.1";
                request.url.port = port;
                request.url.target = target;
                auto answer = co_await exchange(std::move(request));
                if (answer.ok()) status = answer.value().status;
            }
        }(listener.port(), targets, last_status),
        [](const std::exception_ptr&) {});
    io.run_for(std::chrono::seconds(10));
    return {last_status, received};
}

TEST(Redirect, is_what_holds_a_state_and_nothing_else) {
    EXPECT_EQ(browse({"/favicon.ico", "/?code=1&state=s"}), std::pair(200, std::optional<std::string>("code=1&state=s")));
    EXPECT_EQ(browse({"/?code=1"}), std::pair(404, std::optional<std::string>()));
}

}  // namespace
}  // namespace mailhaul::http
