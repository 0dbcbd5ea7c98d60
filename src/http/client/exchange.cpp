// SPDX-License-Identifier: Apache-2.0
// Beast reads the answer; the octets come and go through our own Stream.
#include "http/client/exchange.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <ctime>
#include <memory>
#include <utility>

#include "net/watchdog.hpp"

namespace mailhaul::http {
namespace {

namespace beast = boost::beast;
using Parser = beast::http::response_parser<beast::http::string_body>;

std::string host_header(const Url& url) {
    std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    if (url.port != (url.tls ? 443 : 80)) host += ":" + std::to_string(url.port);
    return host;
}

Secret request_text(const Request& request) {
    std::string text = request.method + " " + request.url.target + " HTTP/1.1\r\nHost: " + host_header(request.url) +
                       "\r\nUser-Agent: mailhaul/" MAILHAUL_VERSION "\r\nAccept: */*\r\nConnection: close\r\n";
    if (!request.content_type.empty())
        text += "Content-Type: " + request.content_type +
                "\r\nContent-Length: " + std::to_string(request.body.reveal().size()) + "\r\n";
    text += "\r\n" + request.body.reveal();
    return Secret(std::move(text));
}

Error not_http(const Url& url, const std::string& why) {
    return {Errc::bad_response, Scope::account, Retry::later,
            "the answer of " + host_header(url) + " cannot be read (" + why + "): is this the right address?"};
}

/// IMF-fixdate (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
std::optional<std::chrono::sys_seconds> date_from(std::string_view text) {
    std::tm parts{};
    const std::string copy(text);
    if (strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

std::optional<std::chrono::seconds> seconds_from(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (status != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;
    return std::chrono::seconds(seconds);
}

Answer answer_from(Parser& parser) {
    auto message = parser.release();
    const auto header = [&message](beast::http::field name) {
        const auto value = message[name];
        return std::string(value.data(), value.size());
    };
    Answer answer;
    answer.status = static_cast<int>(message.result_int());
    answer.content_type = header(beast::http::field::content_type);
    answer.location = header(beast::http::field::location);
    answer.date = date_from(header(beast::http::field::date));
    answer.retry_after = seconds_from(header(beast::http::field::retry_after));
    answer.body = Secret(std::move(message.body()));
    return answer;
}

Task<Result<std::unique_ptr<net::Stream>>> connect(const Request& request) {
    net::DialOptions where;
    where.host = request.url.host;
    where.port = request.url.port;
    where.proxy = request.proxy;
    where.timeout = request.timeout;
    auto dialed = co_await net::dial(std::move(where));
    if (!dialed.ok() || !request.url.tls) co_return dialed;
    co_return co_await net::start_tls(std::move(dialed).value(), request.url.host, request.tls, request.timeout);
}

/// Feeds the parser until it has all of the answer.
Task<Result<void>> read_answer(net::Stream& stream, Parser& parser, const Url& url) {
    std::string waiting;  // read and not yet taken by the parser
    std::array<char, 8192> piece{};
    boost::system::error_code why;
    while (!parser.is_done()) {
        auto read = co_await stream.read_some(piece);
        const bool ended = !read.ok() || read.value() == 0;
        if (ended) {
            if (parser.got_some()) parser.put_eof(why);
            if (!parser.is_done() || why) {
                if (!read.ok()) co_return std::move(read).error();
                co_return not_http(url, "it ends too early");
            }
            break;
        }
        waiting.append(piece.data(), read.value());
        const std::size_t taken = parser.put(asio::buffer(waiting), why);
        waiting.erase(0, taken);
        if (why && why != beast::http::error::need_more) co_return not_http(url, why.message());
    }
    co_return Result<void>{};
}

}  // namespace

Task<Result<Answer>> exchange(Request request) {
    auto connected = co_await connect(request);
    if (!connected.ok()) co_return std::move(connected).error();
    const std::unique_ptr<net::Stream> stream = std::move(connected).value();
    const auto executor = co_await asio::this_coro::executor;
    net::Watchdog watchdog(executor, request.timeout);
    watchdog.guard([&stream] { stream->close(); });
    const Secret text = request_text(request);
    auto sent = co_await stream->write_all(text.reveal());
    Parser parser;
    parser.eager(true);
    parser.body_limit(request.most.value());
    Result<void> answered;
    if (sent.ok()) answered = co_await read_answer(*stream, parser, request.url);
    watchdog.stand_down();
    stream->close();
    if (watchdog.expired())
        co_return Error(
            Errc::timed_out, Scope::account, Retry::later,
            host_header(request.url) + " did not answer within " + std::to_string(request.timeout.count() / 1000) + " s");
    if (!sent.ok()) co_return std::move(sent).error();
    if (!answered.ok()) co_return std::move(answered).error();
    co_return answer_from(parser);
}

}  // namespace mailhaul::http
