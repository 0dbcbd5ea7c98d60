// SPDX-License-Identifier: Apache-2.0
#include "http/client/receive_redirect.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "net/watchdog.hpp"

namespace mailhaul::http {
namespace {

namespace beast = boost::beast;

constexpr std::chrono::seconds for_one_request{5};

std::string page(std::string_view status, std::string_view words) {
    const std::string body = "<!doctype html><meta charset=utf-8><title>mailhaul</title><p>" + std::string(words) + "</p>\n";
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: text/html\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n" + body;
}

/// The target of a GET; empty where it is none, or does not come in time.
Task<std::string> read_target(net::Stream& stream) {
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.header_limit(16 * 1024);
    std::string waiting;
    std::array<char, 4096> piece{};
    while (!parser.is_header_done()) {
        auto read = co_await stream.read_some(piece);
        if (!read.ok() || read.value() == 0) co_return std::string();
        waiting.append(piece.data(), read.value());
        boost::system::error_code why;
        const std::size_t taken = parser.put(asio::buffer(waiting), why);
        waiting.erase(0, taken);
        if (why && why != beast::http::error::need_more) co_return std::string();
    }
    if (parser.get().method() != beast::http::verb::get) co_return std::string();
    const auto target = parser.get().target();
    co_return std::string(target.data(), target.size());
}

/// The query, where this request is the one that was waited for; answers it either way.
Task<std::optional<Secret>> serve(net::Stream& stream) {
    const auto executor = co_await asio::this_coro::executor;
    net::Watchdog watchdog(executor, for_one_request);
    watchdog.guard([&stream] { stream.close(); });
    const std::string target = co_await read_target(stream);
    const std::size_t mark = target.find('?');
    const std::string query = mark == std::string::npos ? std::string() : target.substr(mark + 1);
    const bool is_it = query.starts_with("state=") || query.find("&state=") != std::string::npos;
    std::string answer = page("404 Not Found", "There is nothing here.");
    if (is_it) answer = page("200 OK", "mailhaul has what it needs. You can close this window and go back to the terminal.");
    auto answered = co_await stream.write_all(answer);
    watchdog.stand_down();
    stream.close();
    std::optional<Secret> found;
    if (is_it && (answered.ok() || !query.empty())) found = Secret(query);
    co_return found;
}

}  // namespace

Task<Result<Secret>> receive_redirect(net::LoopbackListener& listener, std::chrono::milliseconds patience) {
    const auto executor = co_await asio::this_coro::executor;
    net::Watchdog watchdog(executor, patience);
    watchdog.guard([&listener] { listener.close(); });
    while (!watchdog.expired()) {
        auto accepted = co_await listener.accept();
        if (!accepted.ok()) break;
        const std::unique_ptr<net::Stream> stream = std::move(accepted).value();
        auto found = co_await serve(*stream);
        if (found) {
            watchdog.stand_down();
            co_return std::move(*found);
        }
    }
    watchdog.stand_down();
    co_return Error(Errc::timed_out, Scope::account, Retry::never,
                    "the browser did not come back within " + std::to_string(patience.count() / 60'000) +
                        " minutes: run mailhaul login again, or with --paste where the browser is on another computer");
}

}  // namespace mailhaul::http
