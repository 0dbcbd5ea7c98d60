// SPDX-License-Identifier: Apache-2.0
// What every Stream promises, over TCP, TLS and DEFLATE alike: full duplex, and an end to every wait.
#include <gmock/gmock.h>

#include <boost/asio/post.hpp>

#include "loop.hpp"
#include "tls_peer.hpp"
#include "transfer.hpp"

namespace mailhaul::net {
namespace {

constexpr const char* host = "imap.example.org";

enum class Layers : std::uint8_t { tcp, tls_1_2, tls_1_3, tls_deflate };

void PrintTo(Layers layers, std::ostream* out) { *out << static_cast<int>(layers); }

/// Both ends of one connection; spawned work borrows them.
struct Ends {
    std::unique_ptr<Stream> client;
    std::unique_ptr<Stream> server;
    TlsPeer* tls_server = nullptr;  // below `server`, where there is TLS
};

class StreamTest : public testing::TestWithParam<Layers> {
protected:
    static Task<void> accept_into(Listener& listener, SSL_CTX* context, Ends& ends) {
        if (context == nullptr) {
            tcp::socket socket = co_await listener.accept();
            ends.server = std::make_unique<TcpStream>(Socket(std::move(socket), "client"));
        } else {
            auto peer = co_await accept_tls(listener, context);
            ends.tls_server = peer.get();
            ends.server = std::move(peer);
        }
    }

    static Task<void> connect_into(std::uint16_t port, Layers layers, Ends& ends) {
        auto stream = co_await dial(to_port(port));
        EXPECT_TRUE(stream.ok());
        ends.client = std::move(*stream);
        if (layers == Layers::tcp) co_return;
        TlsOptions options;
        options.verification = Verification::none;
        auto tls = co_await start_tls(std::move(ends.client), host, options, std::chrono::milliseconds(20'000));
        EXPECT_TRUE(tls.ok()) << tls.error().describe();
        ends.client = std::move(*tls);
    }

    void connect(Layers layers) {
        SslContextPointer context;
        if (layers != Layers::tcp) context = make_server_context(issue(CertificateRequest()));
        if (layers == Layers::tls_1_2) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
        Listener listener(loop_);
        loop_.spawn(accept_into(listener, context.get(), ends_));
        loop_.spawn(connect_into(listener.port(), layers, ends_));
        loop_.run();
        if (layers == Layers::tls_deflate) {
            ends_.client = deflate(std::move(ends_.client), "");
            ends_.server = deflate(std::move(ends_.server), "");
        }
    }

    Loop loop_;
    Ends ends_;
};

TEST_P(StreamTest, moves_fifty_megabytes_both_ways_at_once) {
    constexpr std::size_t total = 50'000'000;
    connect(GetParam());
    loop_.spawn(send_traffic(*ends_.client, total));
    loop_.spawn(send_traffic(*ends_.server, total));
    loop_.spawn(receive_traffic(*ends_.client, total));
    loop_.spawn(receive_traffic(*ends_.server, total));
    loop_.run();
}

Task<void> expect_loss_on_read(Stream& stream) {
    std::string buffer(10, '\0');
    const auto octets = co_await stream.read_some(buffer);
    EXPECT_FALSE(octets.ok());
    if (octets.ok()) co_return;
    EXPECT_EQ(octets.error().code, Errc::connection_lost);
    EXPECT_EQ(octets.error().retry, Retry::now);
}

Task<void> expect_loss_on_write(Stream& stream) {
    const auto written = co_await stream.write_all(traffic());
    EXPECT_FALSE(written.ok());
    if (written.ok()) co_return;
    EXPECT_EQ(written.error().code, Errc::connection_lost);
}

/// Writes until the other end, which does not read, holds it up; close() must wake it.
Task<void> expect_loss_on_endless_write(Stream& stream, std::size_t& writes) {
    Result<void> written;
    for (; written.ok(); ++writes) written = co_await stream.write_all(traffic());
    EXPECT_EQ(written.error().code, Errc::connection_lost);
}

Task<void> close_twice(Stream& stream) {
    stream.close();
    stream.close();
    co_return;
}

/// Closes once `writes` has stood still for a while, counted in turns of this thread and not in time.
Task<void> close_once_stuck(Stream& stream, const std::size_t& writes) {
    std::size_t seen = 0;
    for (int idle_turns = 0; idle_turns < 2000; ++idle_turns) {
        if (std::exchange(seen, writes) != writes) idle_turns = 0;
        co_await asio::post(asio::use_awaitable);
    }
    stream.close();
}

TEST_P(StreamTest, close_ends_a_pending_read) {
    connect(GetParam());
    loop_.spawn(expect_loss_on_read(*ends_.client));
    loop_.spawn(close_twice(*ends_.client));
    loop_.run();
}

TEST_P(StreamTest, close_ends_a_write_that_waits_for_the_other_end) {
    connect(GetParam());
    std::size_t writes = 0;
    loop_.spawn(expect_loss_on_endless_write(*ends_.client, writes));
    loop_.spawn(close_once_stuck(*ends_.client, writes));
    loop_.run();
}

TEST_P(StreamTest, is_lost_for_every_use_after_close) {
    connect(GetParam());
    ends_.client->close();
    loop_.spawn(expect_loss_on_read(*ends_.client));
    loop_.run();
    loop_.spawn(expect_loss_on_write(*ends_.client));
    loop_.run();
}

INSTANTIATE_TEST_SUITE_P(layers, StreamTest,
                         testing::Values(Layers::tcp, Layers::tls_1_2, Layers::tls_1_3, Layers::tls_deflate));

class Expecting : public StreamTest {};

Task<void> read_once(Stream& stream, std::optional<std::size_t>& octets) {
    std::string buffer(100'000, '\0');
    const auto read = co_await stream.read_some(buffer);
    octets = read.ok() ? *read : 0;
}

/// Few octets, and after a while, counted in turns of this thread, no more of them are waited for.
Task<void> send_few_of_many(Stream& server, Stream& client, std::string_view few, const std::optional<std::size_t>& read) {
    const auto written = co_await server.write_all(few);
    EXPECT_TRUE(written.ok());
    for (int turns = 0; turns < 2000; ++turns) co_await asio::post(asio::use_awaitable);
    EXPECT_FALSE(read) << "woken for few octets";
    client.expect(0);
}

TEST_P(Expecting, a_read_waits_for_many_octets_and_gets_few_once_they_are_not_promised_any_more) {
    connect(GetParam());
    std::optional<std::size_t> read;
    ends_.client->expect(1'000'000);
    loop_.spawn(read_once(*ends_.client, read));
    loop_.spawn(send_few_of_many(*ends_.server, *ends_.client, std::string_view(traffic()).substr(0, 1000), read));
    loop_.run();
    EXPECT_EQ(read, 1000U);
}

TEST_P(Expecting, a_read_returns_with_many_octets) {
    connect(GetParam());
    std::optional<std::size_t> read;
    ends_.client->expect(1'000'000);
    loop_.spawn(read_once(*ends_.client, read));
    loop_.spawn(send_traffic(*ends_.server, 200'000));
    loop_.run();
    EXPECT_GE(read, 32'768U);  // what TLS cannot decode yet is not told
}

TEST_P(Expecting, the_end_is_seen_at_once) {
    connect(GetParam());
    std::optional<std::size_t> read;
    ends_.client->expect(1'000'000);
    loop_.spawn(read_once(*ends_.client, read));
    ends_.server->close();
    loop_.run();
    EXPECT_EQ(read, 0U);
}

INSTANTIATE_TEST_SUITE_P(layers, Expecting, testing::Values(Layers::tcp, Layers::tls_1_2, Layers::tls_1_3));

class TcpTest : public StreamTest {};

TEST_F(TcpTest, a_peer_that_resets_is_a_lost_connection) {
    connect(Layers::tcp);
    std::size_t writes = 0;
    loop_.spawn(expect_loss_on_endless_write(*ends_.client, writes));
    ends_.server.reset();
    loop_.run();
}

class KeyUpdate : public StreamTest {};

Task<void> send_traffic_with_key_updates(Stream& stream, TlsPeer& tls, std::size_t total, std::size_t updates) {
    for (std::size_t i = 0; i < updates; ++i) {
        tls.update_keys();
        co_await send_traffic(stream, total);
    }
}

Task<void> receive_traffic_again(Stream& stream, std::size_t total, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) co_await receive_traffic(stream, total);
}

TEST_F(KeyUpdate, asked_for_by_the_server_disturbs_neither_direction) {
    constexpr std::size_t total = 1'000'000;
    constexpr std::size_t updates = 20;
    connect(Layers::tls_1_3);
    loop_.spawn(send_traffic_with_key_updates(*ends_.server, *ends_.tls_server, total, updates));
    loop_.spawn(receive_traffic_again(*ends_.client, total, updates));
    loop_.spawn(send_traffic(*ends_.client, total * updates));
    loop_.spawn(receive_traffic(*ends_.server, total * updates));
    loop_.run();
}

}  // namespace
}  // namespace mailhaul::net
