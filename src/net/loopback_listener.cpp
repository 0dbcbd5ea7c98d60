// SPDX-License-Identifier: Apache-2.0
#include "net/loopback_listener.hpp"

#include <boost/asio/redirect_error.hpp>

#include "net/tcp_stream.hpp"

namespace mailhaul::net {

Result<std::unique_ptr<LoopbackListener>> LoopbackListener::open(const asio::any_io_executor& executor) {
    asio::ip::tcp::acceptor acceptor(executor);
    const asio::ip::tcp::endpoint anywhere(asio::ip::address_v4::loopback(), 0);
    boost::system::error_code failure;
    acceptor.open(anywhere.protocol(), failure);
    if (!failure) acceptor.bind(anywhere, failure);
    if (!failure) acceptor.listen(4, failure);
    if (failure)
        return Error(Errc::connect_failed, Scope::account, Retry::never,
                     "no port of 127.0.0.1 can be listened on (" + failure.message() + ")");
    std::unique_ptr<LoopbackListener> listener(new LoopbackListener(std::move(acceptor)));
    listener->port_ = listener->acceptor_.local_endpoint().port();
    return listener;
}

Task<Result<std::unique_ptr<Stream>>> LoopbackListener::accept() {
    boost::system::error_code failure;
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
    if (failure)
        co_return Error(Errc::connection_lost, Scope::account, Retry::never, "nobody came (" + failure.message() + ")");
    std::unique_ptr<Stream> stream = std::make_unique<TcpStream>(Socket(std::move(socket), "127.0.0.1"));
    co_return stream;
}

void LoopbackListener::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

}  // namespace mailhaul::net
