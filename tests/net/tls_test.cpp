// SPDX-License-Identifier: Apache-2.0
// start_tls(): which certificates are accepted, what a refusal says, and how a TLS connection ends.
#include <gmock/gmock.h>

#include "loop.hpp"
#include "net/certificate.hpp"
#include "tls_peer.hpp"

namespace mailhaul::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* host = "imap.example.org";

Task<void> serve_greeting(Listener& listener, SSL_CTX* context) {
    auto peer = co_await accept_tls(listener, context);
    if (!peer) co_return;
    const auto written = co_await peer->write_all("* OK");
    EXPECT_TRUE(written.ok());
    co_await peer->send_close_notify();
}

Task<Result<std::string>> greeting(std::uint16_t port, std::string name, TlsOptions options) {
    MH_CO_TRY(stream, co_await dial_tls(port, name, options));
    co_return co_await read_to_end(*stream);
}

class Tls : public testing::Test {
protected:
    Identity good() {
        CertificateRequest request;
        request.alternative_names = std::string("DNS:") + host;
        return issue(request, &authority_);
    }

    TlsOptions trusting_authority() {
        TlsOptions options;
        options.ca_file = authority_file_.path();
        return options;
    }

    Result<std::string> greet(const Identity& server, const TlsOptions& options, const std::string& name = host) {
        const auto context = make_server_context(server);
        loop_.spawn(serve_greeting(listener_, context.get()));
        return loop_.await(greeting(listener_.port(), name, options));
    }

    Identity authority_ = make_authority();
    PemFile authority_file_{authority_};
    Loop loop_;
    Listener listener_{loop_};
};

TEST_F(Tls, carries_octets_to_the_orderly_end) {
    const auto said = greet(good(), trusting_authority());
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_EQ(*said, "* OK");
}

TEST_F(Tls, rejection_says_everything_needed_to_decide) {
    CertificateRequest request;
    request.common_name = "mail.other.example";
    request.alternative_names = "DNS:mail.other.example,DNS:*.web.example,IP:192.0.2.7";
    const Identity server = issue(request, &authority_);
    const auto said = greet(server, trusting_authority());
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().code, Errc::certificate_rejected);
    EXPECT_EQ(said.error().retry, Retry::never);
    const std::string words = said.error().describe();
    EXPECT_THAT(words, HasSubstr("127.0.0.1:" + std::to_string(listener_.port())));
    EXPECT_THAT(words, HasSubstr("it is not for \"imap.example.org\""));
    EXPECT_THAT(words, HasSubstr("CN=mail.other.example"));
    EXPECT_THAT(words, HasSubstr("mail.other.example, *.web.example, 192.0.2.7"));
    EXPECT_THAT(words, HasSubstr("issued by CN=mailhaul test authority"));
    EXPECT_THAT(words, HasSubstr("valid 20"));
    EXPECT_THAT(words, HasSubstr("SPKI SHA-256 " + spki_sha256(server.certificate.get())));
    for (const char* option : {"--ca FILE", "--destination-pin HEX", "--insecure"}) EXPECT_THAT(words, HasSubstr(option));
}

TEST_F(Tls, rejects_an_unknown_authority) { EXPECT_EQ(greet(good(), TlsOptions()).error().code, Errc::certificate_rejected); }

TEST_F(Tls, rejects_an_expired_certificate) {
    CertificateRequest request;
    request.alternative_names = std::string("DNS:") + host;
    request.first_day = -30;
    request.last_day = -1;
    const auto said = greet(issue(request, &authority_), trusting_authority());
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().code, Errc::certificate_rejected);
    EXPECT_THAT(said.error().message, HasSubstr("expired"));
}

TEST_F(Tls, rejects_a_self_signed_certificate_unless_it_is_the_ca_file) {
    CertificateRequest request;
    request.alternative_names = std::string("DNS:") + host;
    const Identity self_signed = issue(request);
    EXPECT_THAT(greet(self_signed, trusting_authority()).error().message, HasSubstr("self-signed"));
    TlsOptions options;
    const PemFile file(self_signed);
    options.ca_file = file.path();
    const auto said = greet(self_signed, options);
    EXPECT_TRUE(said.ok()) << said.error().describe();
}

TEST_F(Tls, with_a_pin_alone_accepts_that_key_and_no_other) {
    CertificateRequest request;
    const Identity self_signed = issue(request);
    TlsOptions options;
    options.verification = Verification::pin_only;
    options.pin_sha256 = spki_sha256(self_signed.certificate.get());
    EXPECT_TRUE(greet(self_signed, options).ok());
    const auto other = greet(good(), options);
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().code, Errc::certificate_rejected);
    EXPECT_THAT(other.error().message, HasSubstr("not the pinned " + options.pin_sha256));
}

TEST_F(Tls, with_a_pin_beside_the_chain_wants_both) {
    const Identity server = good();
    auto options = trusting_authority();
    options.pin_sha256 = spki_sha256(server.certificate.get());
    EXPECT_TRUE(greet(server, options).ok());
    EXPECT_EQ(greet(good(), options).error().code, Errc::certificate_rejected);
    EXPECT_EQ(greet(server, options, "other.example.org").error().code, Errc::certificate_rejected);
}

TEST_F(Tls, refuses_a_pin_that_is_not_one) {
    for (const char* pin : {"", "abc", "zz"}) {
        TlsOptions options;
        options.verification = Verification::pin_only;
        options.pin_sha256 = pin;
        loop_.spawn(stay_silent(listener_));
        EXPECT_EQ(loop_.await(greeting(listener_.port(), host, options)).error().code, Errc::usage) << pin;
    }
}

TEST_F(Tls, says_that_a_ca_file_cannot_be_read) {
    TlsOptions options;
    options.ca_file = "/nonexistent/authority.pem";
    loop_.spawn(stay_silent(listener_));
    const auto said = loop_.await(greeting(listener_.port(), host, options));
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().code, Errc::usage);
    EXPECT_THAT(said.error().message, HasSubstr("/nonexistent/authority.pem"));
}

Task<Result<std::string>> description(std::uint16_t port, TlsOptions options) {
    MH_CO_TRY(stream, co_await dial_tls(port, host, options));
    co_return stream->describe();
}

TEST_F(Tls, without_verification_accepts_anything_and_says_so) {
    TlsOptions options;
    options.verification = Verification::none;
    const auto context = make_server_context(issue(CertificateRequest()));
    loop_.spawn(serve_greeting(listener_, context.get()));
    const auto said = loop_.await(description(listener_.port(), options));
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_THAT(*said, StartsWith("TLSv1.3 TLS_AES_"));
    EXPECT_THAT(*said, HasSubstr("not verified"));
}

TEST_F(Tls, describes_version_and_cipher) {
    const auto context = make_server_context(good());
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    loop_.spawn(serve_greeting(listener_, context.get()));
    const auto said = loop_.await(description(listener_.port(), trusting_authority()));
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_THAT(*said, StartsWith("TLSv1.2 ECDHE-ECDSA-"));
}

TEST_F(Tls, checks_server_name_instead_of_the_host_where_one_is_given) {
    auto options = trusting_authority();
    options.server_name = host;
    EXPECT_TRUE(greet(good(), options, "dialed.example.net").ok());
}

struct NameRow {
    const char* names;
    const char* common_name;
    const char* host;
    bool accepted;
};

void PrintTo(const NameRow& row, std::ostream* out) { *out << row.host << " against " << row.names; }

class TlsName : public Tls, public testing::WithParamInterface<NameRow> {};

TEST_P(TlsName, is_matched_by_rfc_9525) {
    CertificateRequest request;
    request.common_name = GetParam().common_name;
    request.alternative_names = GetParam().names;
    const auto said = greet(issue(request, &authority_), trusting_authority(), GetParam().host);
    EXPECT_EQ(said.ok(), GetParam().accepted) << (said.ok() ? "accepted" : said.error().describe());
}

INSTANTIATE_TEST_SUITE_P(table, TlsName,
                         testing::Values(NameRow{"DNS:a.example.org,DNS:imap.example.org", "x", "imap.example.org", true},
                                         NameRow{"DNS:imap.example.org", "x", "IMAP.Example.ORG", true},
                                         NameRow{"DNS:imap.example.org", "x", "imap.example.org.", true},
                                         NameRow{"", "imap.example.org", "imap.example.org", false},
                                         NameRow{"DNS:other.example", "imap.example.org", "imap.example.org", false},
                                         NameRow{"DNS:*.example.org", "x", "imap.example.org", true},
                                         NameRow{"DNS:*.example.org", "x", "a.imap.example.org", false},
                                         NameRow{"DNS:*.example.org", "x", "example.org", false},
                                         NameRow{"DNS:im*.example.org", "x", "imap.example.org", false},
                                         NameRow{"DNS:imap.*.org", "x", "imap.example.org", false},
                                         NameRow{"IP:127.0.0.1", "x", "127.0.0.1", true},
                                         NameRow{"IP:2001:db8::1", "x", "2001:db8::1", true},
                                         NameRow{"IP:127.0.0.2", "x", "127.0.0.1", false},
                                         NameRow{"DNS:127.0.0.1", "127.0.0.1", "127.0.0.1", false}));

Task<void> serve_names(Listener& listener, SSL_CTX* context, std::string& indicated) {
    auto peer = co_await accept_tls(listener, context);
    if (!peer) co_return;
    const char* name = SSL_get_servername(peer->ssl(), TLSEXT_NAMETYPE_host_name);
    indicated = name == nullptr ? "(none)" : name;
}

TEST_F(Tls, indicates_the_name_to_the_server_but_never_an_address) {
    CertificateRequest request;
    request.alternative_names = "DNS:imap.example.org,IP:127.0.0.1";
    const auto context = make_server_context(issue(request, &authority_));
    for (const std::string name : {"imap.example.org", "127.0.0.1"}) {
        std::string indicated;
        loop_.spawn(serve_names(listener_, context.get(), indicated));
        ASSERT_TRUE(loop_.await(dial_tls(listener_.port(), name, trusting_authority())).ok());
        EXPECT_EQ(indicated, name == "127.0.0.1" ? "(none)" : name);
    }
}

TEST_F(Tls, refuses_versions_below_1_2_unless_legacy_is_allowed) {
    const auto context = make_server_context(good());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(context.get(), 0);
    auto options = trusting_authority();
    loop_.spawn(serve_greeting(listener_, context.get()));
    const auto refused = loop_.await(greeting(listener_.port(), host, options));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Errc::tls_failed);
    EXPECT_THAT(refused.error().message, HasSubstr("legacy"));

    options.legacy = true;
    loop_.spawn(serve_greeting(listener_, context.get()));
    const auto allowed = loop_.await(greeting(listener_.port(), host, options));
    EXPECT_TRUE(allowed.ok()) << allowed.error().describe();
}

TEST_F(Tls, recognises_a_server_that_speaks_in_clear) {
    loop_.spawn(play(listener_, {{"", "* OK IMAP4rev1 ready for you\r\n"}}));
    const auto said = loop_.await(greeting(listener_.port(), host, trusting_authority()));
    ASSERT_FALSE(said.ok());
    EXPECT_EQ(said.error().code, Errc::tls_failed);
    EXPECT_THAT(said.error().message, HasSubstr("STARTTLS"));
}

TEST_F(Tls, handshake_that_never_comes_is_given_up_at_the_deadline) {
    loop_.spawn(stay_silent(listener_));
    const auto tls = loop_.await(dial_tls(listener_.port(), host, trusting_authority(), std::chrono::milliseconds(20)));
    ASSERT_FALSE(tls.ok());
    EXPECT_EQ(tls.error().code, Errc::timed_out);
}

Task<void> greet_and_cut(Listener& listener, SSL_CTX* context) {
    auto peer = co_await accept_tls(listener, context);
    if (!peer) co_return;
    const auto written = co_await peer->write_all("* BYE");
    EXPECT_TRUE(written.ok());
    peer->close();
}

Task<void> expect_octets_then_loss(std::uint16_t port, TlsOptions options) {
    auto stream = co_await dial_tls(port, host, options);
    EXPECT_TRUE(stream.ok());
    if (!stream.ok()) co_return;
    std::string buffer(100, '\0');
    auto first = co_await (*stream)->read_some(buffer);
    EXPECT_TRUE(first.ok());
    EXPECT_EQ(buffer.substr(0, 5), "* BYE");
    for (int again = 0; again < 2; ++again) {
        auto second = co_await (*stream)->read_some(buffer);
        EXPECT_FALSE(second.ok());
        if (second.ok()) co_return;
        EXPECT_EQ(second.error().code, Errc::connection_lost);
        EXPECT_THAT(second.error().message, HasSubstr("close_notify"));
    }
}

TEST_F(Tls, cut_without_close_notify_is_a_lost_connection_and_no_end) {
    const auto context = make_server_context(good());
    loop_.spawn(greet_and_cut(listener_, context.get()));
    loop_.spawn(expect_octets_then_loss(listener_.port(), trusting_authority()));
    loop_.run();
}

struct Bindings {
    std::string exporter;
    std::string end_point;
};

Task<void> export_on_server(Listener& listener, SSL_CTX* context, std::string& exported) {
    auto peer = co_await accept_tls(listener, context);
    if (!peer) co_return;
    exported.resize(32);
    const std::string label = "EXPORTER-Channel-Binding";
    SSL_export_keying_material(peer->ssl(), reinterpret_cast<unsigned char*>(exported.data()), 32, label.data(), label.size(),
                               nullptr, 0, 1);
}

Task<void> export_on_client(std::uint16_t port, TlsOptions options, Bindings& bindings) {
    auto stream = co_await dial_tls(port, host, options);
    EXPECT_TRUE(stream.ok());
    if (!stream.ok()) co_return;
    bindings.exporter = (*stream)->channel_binding("tls-exporter");
    bindings.end_point = (*stream)->channel_binding("tls-server-end-point");
    EXPECT_EQ((*stream)->channel_binding("tls-unique"), "");
}

TEST_F(Tls, has_the_channel_bindings_the_server_has) {
    const Identity server = good();
    const auto context = make_server_context(server);
    std::string exported;
    Bindings bindings;
    loop_.spawn(export_on_server(listener_, context.get(), exported));
    loop_.spawn(export_on_client(listener_.port(), trusting_authority(), bindings));
    loop_.run();
    EXPECT_EQ(bindings.exporter, exported);
    std::string digest(32, '\0');
    X509_digest(server.certificate.get(), EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
    EXPECT_EQ(bindings.end_point, digest);
}

/// What the server of a TLS 1.2 session has for tls-unique: the client's Finished, as nothing was resumed.
Task<void> finished_on_server(Listener& listener, SSL_CTX* context, std::string& finished) {
    auto peer = co_await accept_tls(listener, context);
    if (!peer) co_return;
    finished.resize(EVP_MAX_MD_SIZE);
    finished.resize(SSL_get_peer_finished(peer->ssl(), finished.data(), finished.size()));
}

Task<void> unique_on_client(std::uint16_t port, TlsOptions options, std::string& unique) {
    auto stream = co_await dial_tls(port, host, options);
    EXPECT_TRUE(stream.ok());
    if (stream.ok()) unique = (*stream)->channel_binding("tls-unique");
}

TEST_F(Tls, has_the_servers_tls_unique_below_version_1_3) {
    const auto context = make_server_context(good());
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    std::string finished;
    std::string unique;
    loop_.spawn(finished_on_server(listener_, context.get(), finished));
    loop_.spawn(unique_on_client(listener_.port(), trusting_authority(), unique));
    loop_.run();
    EXPECT_EQ(unique.size(), 12U);
    EXPECT_EQ(unique, finished);
}

TEST_F(Tls, has_no_tls_unique_that_somebody_between_could_have_too) {
    const auto context = make_server_context(good());
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_EXTENDED_MASTER_SECRET);
    std::string finished;
    std::string unique = "unset";
    loop_.spawn(finished_on_server(listener_, context.get(), finished));
    loop_.spawn(unique_on_client(listener_.port(), trusting_authority(), unique));
    loop_.run();
    EXPECT_EQ(unique, "");
}

Task<void> serve_behind_socks(Listener& listener, SSL_CTX* context) {
    tcp::socket socket = co_await listener.accept();
    std::string request(3 + 7 + 12, '\0');  // method offer; then CONNECT to a name of 12 octets, in two reads
    const std::string method("\x05\x00", 2);
    const std::string reply("\x05\x00\x00\x01\x7F\x00\x00\x01\x10\x00", 10);
    co_await asio::async_read(socket, asio::buffer(request.data(), 3), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(method), asio::use_awaitable);
    co_await asio::async_read(socket, asio::buffer(request.data(), request.size() - 3), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
    TlsPeer peer(std::move(socket), context);
    const bool agreed = co_await peer.handshake();
    EXPECT_TRUE(agreed);
    const auto written = co_await peer.write_all("* OK");
    EXPECT_TRUE(written.ok());
    co_await peer.send_close_notify();
}

Task<Result<std::string>> greeting_through_socks(std::uint16_t proxy_port, TlsOptions options) {
    DialOptions dial_options = to_port(993, "imap.invalid");
    dial_options.proxy.kind = ProxyOptions::Kind::socks5;
    dial_options.proxy.host = "127.0.0.1";
    dial_options.proxy.port = proxy_port;
    MH_CO_TRY(stream, co_await dial(dial_options));
    MH_CO_TRY(tls, co_await start_tls(std::move(stream), host, options, std::chrono::milliseconds(20'000)));
    co_return co_await read_to_end(*tls);
}

TEST_F(Tls, works_through_a_proxy) {
    const auto context = make_server_context(good());
    loop_.spawn(serve_behind_socks(listener_, context.get()));
    const auto said = loop_.await(greeting_through_socks(listener_.port(), trusting_authority()));
    ASSERT_TRUE(said.ok()) << said.error().describe();
    EXPECT_EQ(*said, "* OK");
}

}  // namespace
}  // namespace mailhaul::net
