// SPDX-License-Identifier: Apache-2.0
// How reader and writer share one SSL object: each calls OpenSSL first and waits for whatever that call wants, reading
// or writing, then calls again. Nobody assumes that readiness is still there when its turn comes: the other may have
// used it up, and then the call simply wants the same again.
//
// What the socket does not take at once is kept here and not in OpenSSL. OpenSSL 3.0 breaks the connection ("bad
// length") when a read has to answer a key update while it holds a half-sent record of the writer; kept here, its
// records are always sent as far as it knows, and the answer queues up behind them.
//
// Read-ahead takes several records off the socket at once. What is buffered in OpenSSL wakes nobody, so no wait may
// come before a call that said it wants to read: that is why each operation begins with the call.
#include "net/tls_stream.hpp"

#include <openssl/err.h>

#include <boost/asio/error.hpp>

#include "net/certificate.hpp"
#include "net/dial.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_context.hpp"
#include "net/watchdog.hpp"

namespace mailhaul::net {

using boost::system::error_code;

/// The socket as OpenSSL sees it. Its own socket BIO would raise SIGPIPE and lose the error code.
struct SocketBio {
    static int read(BIO* bio, char* into, int size) {
        TlsStream& stream = owner(bio);
        error_code failure;
        const std::size_t octets = stream.socket_.receive(std::span<char>(into, static_cast<std::size_t>(size)), failure);
        BIO_clear_retry_flags(bio);
        if (!failure) return static_cast<int>(octets);
        if (failure == asio::error::would_block) {
            BIO_set_retry_read(bio);
            return -1;
        }
        stream.socket_failure_ = failure;
        return failure == asio::error::eof ? 0 : -1;
    }

    static int write(BIO* bio, const char* octets, int size) {
        TlsStream& stream = owner(bio);
        BIO_clear_retry_flags(bio);
        const bool taken = stream.send_or_keep(std::string_view(octets, static_cast<std::size_t>(size)));
        if (taken) return size;
        if (!stream.socket_failure_) BIO_set_retry_write(bio);
        return -1;
    }

    static long control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
        if (command == BIO_CTRL_EOF) return owner(bio).socket_failure_ == asio::error::eof ? 1 : 0;
        return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
    }

    static int create(BIO* bio) {
        BIO_set_init(bio, 1);
        return 1;
    }

    static TlsStream& owner(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

    static BioMethodPointer make_method() {
        BioMethodPointer method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mailhaul socket"));
        BIO_meth_set_read(method.get(), &SocketBio::read);
        BIO_meth_set_write(method.get(), &SocketBio::write);
        BIO_meth_set_ctrl(method.get(), &SocketBio::control);
        BIO_meth_set_create(method.get(), &SocketBio::create);
        return method;
    }

    static BIO* make(TlsStream& stream) {
        static const BioMethodPointer method = make_method();
        BIO* bio = BIO_new(method.get());
        BIO_set_data(bio, &stream);
        return bio;
    }
};

namespace {

constexpr std::string_view closed_here = "closed by mailhaul";

// One record (16 KiB and a little) is kept for a writer; the rest is for answers to a peer that does not read them.
constexpr std::size_t most_unsent = 65'536;

}  // namespace

TlsStream::TlsStream(Socket socket, SSL_CTX* context, const std::string& host, const TlsOptions& options)
    : socket_(std::move(socket)),
      check_(host, options),
      verified_(options.verification != Verification::none || !options.pin_sha256.empty()),
      ssl_(SSL_new(context)) {
    BIO* bio = SocketBio::make(*this);
    SSL_set_bio(ssl_.get(), bio, bio);
    check_.attach_to(ssl_.get());
    SSL_set_connect_state(ssl_.get());
}

template <typename Call>
TlsStream::Outcome TlsStream::attempt(Call call) {
    ERR_clear_error();
    const int result = call(ssl_.get());
    if (result > 0) return Outcome::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return Outcome::wants_read;
        case SSL_ERROR_WANT_WRITE: return Outcome::wants_write;
        case SSL_ERROR_ZERO_RETURN: return Outcome::ended;
        default: break;
    }
    if (socket_failure_) {
        failure_ =
            socket_failure_ == asio::error::eof ? "the server ended it without a TLS close_notify" : socket_failure_.message();
        ERR_clear_error();
    } else {
        failure_ = take_openssl_reason();
    }
    return Outcome::failed;
}

/// False where the socket took not all: the rest is kept for the next call, or the socket failed.
bool TlsStream::send_unsent() {
    if (unsent_.empty()) return true;
    error_code failure;
    const std::size_t sent = socket_.send(unsent_, failure);
    if (failure && failure != asio::error::would_block) socket_failure_ = failure;
    if (sent == unsent_.size()) {
        unsent_ = std::string();  // gives the memory back: most connections never need it again
    } else {
        unsent_.erase(0, sent);
    }
    return unsent_.empty();
}

/// Takes all of `octets` or none.
bool TlsStream::send_or_keep(std::string_view octets) {
    const bool nothing_kept = send_unsent();
    if (socket_failure_ || unsent_.size() + octets.size() > most_unsent) return false;
    if (nothing_kept) {
        error_code failure;
        octets.remove_prefix(socket_.send(octets, failure));
        if (failure && failure != asio::error::would_block) {
            socket_failure_ = failure;
            return false;
        }
    }
    unsent_ += octets;
    return true;
}

Task<Result<void>> TlsStream::handshake() {
    for (;;) {
        if (!socket_.is_open()) co_return socket_.lost(closed_here);
        const Outcome outcome = attempt(SSL_do_handshake);
        if (outcome == Outcome::done) co_return co_await flush();
        if (outcome == Outcome::ended || outcome == Outcome::failed) co_return handshake_failure();
        MH_CO_TRY_VOID(co_await flush());
        if (outcome == Outcome::wants_read) co_await socket_.wait(Readiness::to_read);
    }
}

/// Returns when the socket has taken everything OpenSSL wrote.
Task<Result<void>> TlsStream::flush() {
    while (!send_unsent()) {
        if (socket_failure_) co_return socket_.lost(socket_failure_.message());
        co_await socket_.wait(Readiness::to_write);
        if (!socket_.is_open()) co_return socket_.lost(closed_here);
    }
    co_return Result<void>{};
}

Error TlsStream::handshake_failure() const {
    if (check_.rejected()) return check_.error(socket_.peer());
    const std::string what = "TLS handshake with " + socket_.peer() + " failed: " + failure_;
    if (socket_failure_) return {Errc::tls_failed, Scope::account, Retry::later, what};

    std::string advice = ": see what TLS versions and ciphers the server offers; below TLS 1.2 only with the legacy option";
    if (failure_ == "wrong version number" || failure_ == "http request" || failure_ == "packet length too long") {
        advice = ": the server answers in clear text there: use STARTTLS, or the port with TLS from the start (993)";
    }
    return {Errc::tls_failed, Scope::account, Retry::never, what + advice};
}

/// Decodes records until `into` is full or OpenSSL has no more at hand; `octets` counts also where it ends in failure.
TlsStream::Outcome TlsStream::decode(std::span<char> into, std::size_t& octets) {
    octets = 0;
    while (octets < into.size()) {
        std::size_t more = 0;
        const Outcome outcome = attempt([&](SSL* ssl) { return SSL_read_ex(ssl, &into[octets], into.size() - octets, &more); });
        if (outcome != Outcome::done) return outcome;
        octets += more;
    }
    return Outcome::done;
}

Task<Result<std::size_t>> TlsStream::read_some(std::span<char> into) {
    if (reader_turns_.are_over()) co_await reader_turns_.give_way();
    for (;;) {
        if (!socket_.is_open()) co_return socket_.lost(closed_here);
        if (read_end_) co_return *read_end_;
        std::size_t octets = 0;
        const Outcome outcome = decode(into, octets);
        if (outcome == Outcome::failed) read_end_ = socket_.lost(failure_);
        if (octets > 0) co_return octets;  // the end, if this was one, is still there for the next call
        if (outcome == Outcome::ended || outcome == Outcome::done) co_return std::size_t{0};
        send_unsent();  // what decoding had to answer; where it does not go now, the next write takes it along
        if (outcome == Outcome::wants_read) co_await socket_.wait(Readiness::to_read);
        if (outcome == Outcome::wants_write) co_await socket_.wait(Readiness::to_write);
    }
}

Task<Result<void>> TlsStream::write_all(std::string_view octets) {
    while (!octets.empty()) {
        if (writer_turns_.are_over()) co_await writer_turns_.give_way();
        if (!socket_.is_open()) co_return socket_.lost(closed_here);
        std::size_t written = 0;
        switch (attempt([&](SSL* ssl) { return SSL_write_ex(ssl, octets.data(), octets.size(), &written); })) {
            case Outcome::done: octets.remove_prefix(written); break;
            case Outcome::wants_read: co_await socket_.wait(Readiness::to_read); break;
            case Outcome::wants_write: break;  // flush() waits
            case Outcome::ended: co_return socket_.lost("the server has ended it");
            case Outcome::failed: co_return socket_.lost(failure_);
        }
        MH_CO_TRY_VOID(co_await flush());
    }
    co_return Result<void>{};
}

std::string TlsStream::describe() const {
    std::string text = std::string(SSL_get_version(ssl_.get())) + " " + SSL_get_cipher_name(ssl_.get());
    if (!verified_) text += " (certificate not verified)";
    return text;
}

/// RFC 5929 section 3: the first Finished message of the handshake, the client's unless a session was resumed. TLS 1.3 has
/// none, and without the extended master secret somebody between can make two connections with the same (RFC 7627).
std::string TlsStream::unique_binding() const {
    if (SSL_version(ssl_.get()) >= TLS1_3_VERSION || SSL_get_extms_support(ssl_.get()) != 1) return {};
    std::string finished(EVP_MAX_MD_SIZE, '\0');
    const bool is_clients_first = SSL_session_reused(ssl_.get()) == 0;
    finished.resize(is_clients_first ? SSL_get_finished(ssl_.get(), finished.data(), finished.size())
                                     : SSL_get_peer_finished(ssl_.get(), finished.data(), finished.size()));
    return finished;
}

std::string TlsStream::channel_binding(std::string_view type) const {
    if (type == "tls-unique") return unique_binding();
    if (type == "tls-server-end-point") {
        const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
        return certificate == nullptr ? std::string() : server_end_point(certificate);
    }
    // RFC 9266 section 4.2: below TLS 1.3 only with the extended master secret
    const bool is_unique = SSL_version(ssl_.get()) >= TLS1_3_VERSION || SSL_get_extms_support(ssl_.get()) == 1;
    if (type != "tls-exporter" || !is_unique) return {};
    constexpr std::string_view exporter_label = "EXPORTER-Channel-Binding";
    std::string binding(32, '\0');
    const int exported =
        SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(binding.data()), binding.size(),
                                   exporter_label.data(), exporter_label.size(), nullptr, 0, 1);
    return exported == 1 ? binding : std::string();
}

Task<Result<std::unique_ptr<Stream>>> start_tls(std::unique_ptr<Stream> stream, std::string host, TlsOptions options,
                                                std::chrono::milliseconds timeout) {
    auto* tcp = dynamic_cast<TcpStream*>(stream.get());
    if (tcp == nullptr) {
        co_return Error(Errc::internal, Scope::run, Retry::never, "start_tls() wants a stream that dial() gave");
    }
    MH_CO_TRY_VOID(PeerCheck(host, options).check_options());
    MH_CO_TRY(context, tls_context(options));
    const std::string peer = tcp->peer();
    auto tls = std::make_unique<TlsStream>(std::move(*tcp).release(), context, host, options);

    auto executor = co_await asio::this_coro::executor;
    Watchdog watchdog(executor, timeout);
    watchdog.guard([raw = tls.get()] { raw->close(); });
    auto shaken = co_await tls->handshake();
    watchdog.stand_down();
    if (!shaken.ok() && watchdog.expired()) {
        co_return Error(Errc::timed_out, Scope::account, Retry::later,
                        "TLS handshake with " + peer + " not done in time: check that the port speaks TLS from the start");
    }
    if (!shaken.ok()) co_return std::move(shaken).error();
    co_return std::unique_ptr<Stream>(std::move(tls));
}

}  // namespace mailhaul::net
