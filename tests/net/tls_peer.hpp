// SPDX-License-Identifier: Apache-2.0
// TlsPeer: the server's end of a TLS connection, over memory BIOs; shares no code with TlsStream on purpose.
#pragma once

#include <memory>
#include <string>

#include <openssl/err.h>

#include <boost/asio/buffer.hpp>

#include "async/event.hpp"
#include "certificates.hpp"
#include "loop.hpp"

namespace mailhaul::net {

inline SslContextPointer make_server_context(const Identity& identity) {
    SslContextPointer context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
    SSL_CTX_set_mode(context.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

class TlsPeer final : public Stream {
public:
    TlsPeer(tcp::socket socket, SSL_CTX* context)
        : socket_(std::move(socket)), flushed_(socket_.get_executor()), ssl_(SSL_new(context)) {
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl_.get(), in_, out_);
        SSL_set_accept_state(ssl_.get());
    }

    /// False where the client went away or refused.
    Task<bool> handshake() {
        for (;;) {
            ERR_clear_error();
            const int result = SSL_do_handshake(ssl_.get());
            const int error = SSL_get_error(ssl_.get(), result);
            co_await flush();
            if (result == 1) co_return true;
            if (error != SSL_ERROR_WANT_READ) co_return false;
            const bool got = co_await fill();
            if (!got) co_return false;
        }
    }

    Task<Result<std::size_t>> read_some(std::span<char> into) override {
        for (;;) {
            ERR_clear_error();
            std::size_t octets = 0;
            const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &octets);
            const int error = SSL_get_error(ssl_.get(), result);
            if (result == 1) co_return octets;
            if (error != SSL_ERROR_WANT_READ) co_return std::size_t{0};
            co_await flush();
            const bool got = co_await fill();
            if (!got) co_return std::size_t{0};
        }
    }

    Task<Result<void>> write_all(std::string_view octets) override {
        std::size_t written = 0;
        if (SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &written) != 1) {
            co_return Error(Errc::connection_lost, Scope::run, Retry::never, "the test's server cannot write");
        }
        co_await flush();
        co_return Result<void>{};
    }

    /// Asks the client for new keys, and changes ours.
    void update_keys() { SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED); }

    Task<void> send_close_notify() {
        SSL_shutdown(ssl_.get());
        co_await flush();
    }

    void close() override { socket_.close(); }
    std::string describe() const override { return "test server"; }
    SSL* ssl() const { return ssl_.get(); }

private:
    Task<void> flush() {
        while (flushing_) co_await flushed_.wait();
        flushing_ = true;
        std::string buffer(65'536, '\0');
        boost::system::error_code failure;
        while (BIO_ctrl_pending(out_) > 0 && !failure) {
            const int octets = BIO_read(out_, buffer.data(), static_cast<int>(buffer.size()));
            co_await asio::async_write(socket_, asio::buffer(buffer.data(), static_cast<std::size_t>(octets)),
                                       asio::redirect_error(asio::use_awaitable, failure));
        }
        flushing_ = false;
        flushed_.notify();
    }

    Task<bool> fill() {
        std::string buffer(16'384, '\0');
        boost::system::error_code failure;
        const std::size_t octets =
            co_await socket_.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failure));
        if (octets > 0) BIO_write(in_, buffer.data(), static_cast<int>(octets));
        co_return octets > 0;
    }

    tcp::socket socket_;
    Event flushed_;
    SslPointer ssl_;
    BIO* in_ = nullptr;   // owned by ssl_
    BIO* out_ = nullptr;  // owned by ssl_
    bool flushing_ = false;
};

/// Accepts one connection and shakes hands; empty where the client refused.
inline Task<std::unique_ptr<TlsPeer>> accept_tls(Listener& listener, SSL_CTX* context) {
    tcp::socket socket = co_await listener.accept();
    auto peer = std::make_unique<TlsPeer>(std::move(socket), context);
    const bool agreed = co_await peer->handshake();
    if (!agreed) peer.reset();
    co_return peer;
}

/// dial() and start_tls() in one; `host` is only for the certificate.
inline Task<Result<std::unique_ptr<Stream>>> dial_tls(std::uint16_t port, std::string host, TlsOptions options,
                                                      std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
    const DialOptions dial_options = to_port(port);
    MH_CO_TRY(stream, co_await dial(dial_options));
    co_return co_await start_tls(std::move(stream), host, options, timeout);
}

}  // namespace mailhaul::net
