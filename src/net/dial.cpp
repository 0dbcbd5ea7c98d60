// SPDX-License-Identifier: Apache-2.0
// dial(): name, race, proxy, under one deadline; its errors are what an operator reads first, so they say it all.
#include "net/dial.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "net/proxy.hpp"
#include "net/race.hpp"
#include "net/resolver.hpp"
#include "net/tcp_stream.hpp"
#include "net/watchdog.hpp"

namespace mailhaul::net {
namespace {

std::string label(const std::string& host, std::uint16_t port) {
    return (host.contains(':') ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string spell(std::chrono::milliseconds time) {
    const auto milliseconds = time.count();
    if (milliseconds % 1000 == 0) return std::to_string(milliseconds / 1000) + " s";
    return std::to_string(milliseconds) + " ms";
}

/// Whom we really connect to: the server, or the proxy on the way.
struct Hop {
    std::string host;
    std::uint16_t port;
    AddressFamily family;
};

Hop first_hop(const DialOptions& options) {
    if (options.proxy.kind == ProxyOptions::Kind::none) return {options.host, options.port, options.family};
    return {options.proxy.host, options.proxy.port, AddressFamily::any};
}

Task<Result<asio::ip::tcp::socket>> connect(const Hop& hop, Watchdog& watchdog) {
    MH_CO_TRY(addresses, co_await resolve(hop.host, hop.family, watchdog));
    auto connected = co_await connect_to_first(std::move(addresses), hop.port, watchdog);
    if (!connected.ok()) {
        Error& error = connected.error();
        error.message = "no connection to " + label(hop.host, hop.port) + ", tried " + error.message +
                        ": check host, port and firewalls, and that the server is up";
    }
    co_return connected;
}

Task<Result<std::unique_ptr<Stream>>> dial_within(const DialOptions& options, Watchdog& watchdog) {
    const Hop hop = first_hop(options);
    MH_CO_TRY(socket, co_await connect(hop, watchdog));
    auto stream = std::make_unique<TcpStream>(Socket(std::move(socket), label(options.host, options.port)));
    if (options.proxy.kind != ProxyOptions::Kind::none) {
        watchdog.guard([raw = stream.get()] { raw->close(); });
        auto connected = co_await connect_through(*stream, options.proxy, options.host, options.port);
        watchdog.stand_down();
        if (!connected.ok()) {
            Error error = std::move(connected).error();
            co_return std::move(error).while_doing("asking proxy " + label(hop.host, hop.port) + " for " +
                                                   label(options.host, options.port));
        }
    }
    co_return std::unique_ptr<Stream>(std::move(stream));
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> dial(DialOptions options) {
    auto executor = co_await asio::this_coro::executor;
    Watchdog watchdog(executor, options.timeout);
    auto dialed = co_await dial_within(options, watchdog);
    if (!dialed.ok() && watchdog.expired()) {
        Error& error = dialed.error();
        error.code = Errc::timed_out;
        error.retry = Retry::later;
        error.message = "not connected within " + spell(options.timeout) + ": " + error.message;
    }
    co_return dialed;
}

}  // namespace mailhaul::net
