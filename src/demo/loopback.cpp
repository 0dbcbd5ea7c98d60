// SPDX-License-Identifier: Apache-2.0
#include "demo/loopback.hpp"

namespace mailhaul::demo {

Result<std::uint16_t> listen_on_loopback(asio::ip::tcp::acceptor& acceptor) {
    const asio::ip::tcp::endpoint anywhere(asio::ip::address_v4::loopback(), 0);
    boost::system::error_code failure;
    acceptor.open(anywhere.protocol(), failure);
    if (!failure) acceptor.bind(anywhere, failure);
    if (!failure) acceptor.listen(asio::ip::tcp::acceptor::max_listen_connections, failure);
    if (failure)
        return Error(Errc::connect_failed, Scope::run, Retry::never,
                     "cannot listen on 127.0.0.1: " + failure.message() + ": allow this program to open local ports");
    return acceptor.local_endpoint().port();
}

}  // namespace mailhaul::demo
