// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_probe.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>

#include "net/dial.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::uint16_t port_imaps = 993;
constexpr std::chrono::seconds longest_probe{10};  // a firewall that drops packets must not delay the run for minutes

/// Whether the handshake succeeds; the certificate does not matter here.
Task<bool> speaks_tls(client::Access access) {
    net::DialOptions options;
    options.host = access.host;
    options.port = port_imaps;
    options.family = access.family;
    options.proxy = access.proxy;
    options.timeout = std::min<std::chrono::milliseconds>(access.deadlines.connect, longest_probe);
    auto dialed = co_await net::dial(options);
    if (!dialed.ok()) co_return false;
    net::TlsOptions tls = access.tls;
    tls.verification = net::Verification::none;
    auto secured = co_await net::start_tls(std::move(dialed).value(), access.host, tls, options.timeout);
    if (!secured.ok()) co_return false;
    secured.value()->close();
    co_return true;
}

}  // namespace

std::array<bool, 2> probe_implicit_tls(ImapsyncOrder& order) {
    std::array<bool, 2> turned{};
    asio::io_context context(1);
    for (std::size_t side = 0; side < 2; ++side) {
        if (!order.sides.at(side).probe) continue;
        asio::co_spawn(context, speaks_tls(order.access(side)), [&turned, side](std::exception_ptr failure, bool speaks) {
            if (failure) std::rethrow_exception(failure);
            turned.at(side) = speaks;
        });
    }
    context.run();
    for (std::size_t side = 0; side < 2; ++side) {
        if (!turned.at(side)) continue;
        order.access(side).security = client::Security::implicit_tls;
        order.access(side).port = port_imaps;
    }
    return turned;
}

}  // namespace mailhaul::cli
