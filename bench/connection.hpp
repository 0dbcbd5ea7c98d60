// SPDX-License-Identifier: Apache-2.0
// Connection: a blocking IMAP connection as bare as can be, plain or TLS, for measuring what servers can do.
//
// One thread may read while another writes. The password is $LAB_PASSWORD.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using std::string;
using std::string_view;

inline constexpr std::size_t read_octets = 1 << 18;  // per read; the kernel seldom has more
inline constexpr int kernel_buffer = 4 << 20;

[[noreturn]] inline void fail(const string& words) { throw std::runtime_error(words); }

inline std::uint64_t number_of(string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) fail("not a number: " + string(digits));
    return value;
}

inline string quoted(string_view text) {
    string out = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return out + '"';
}

/// USER@PORT or USER@HOST:PORT
struct Account {
    string user, host = "127.0.0.1";
    std::uint16_t port = 0;
    string authority;  ///< PEM file; empty: no TLS

    static Account from(const string& text) {
        const auto at = text.rfind('@');
        if (at == string::npos) fail("an account is USER@PORT, not " + text);
        Account account;
        account.user = text.substr(0, at);
        string rest = text.substr(at + 1);
        if (const auto colon = rest.rfind(':'); colon != string::npos) {
            account.host = rest.substr(0, colon);
            rest = rest.substr(colon + 1);
        }
        account.port = static_cast<std::uint16_t>(number_of(rest));
        return account;
    }
};

/// A non-blocking socket that is waited for, so that TLS may be read and written by two threads: OpenSSL wants one at a time.
class Socket {
public:
    explicit Socket(const Account& account) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(account.port);
        if (inet_pton(AF_INET, account.host.c_str(), &address.sin_addr) != 1) fail("not an IPv4 address: " + account.host);
        const int on = 1;
        (void)setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kernel_buffer, sizeof kernel_buffer);
        (void)setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &kernel_buffer, sizeof kernel_buffer);
        (void)setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            fail("connect to port " + std::to_string(account.port) + ": " + std::strerror(errno));
        if (!account.authority.empty()) begin_tls(account);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        tls_.reset();
        ::close(socket_);
    }

    /// At least one octet; fails where there is none.
    std::size_t read(char* into, std::size_t most) {
        while (true) {
            if (tls_) {
                const auto got = tls_step([&] { return SSL_read(tls_.get(), into, static_cast<int>(most)); });
                if (got > 0) return got;
                continue;
            }
            const ssize_t got = ::recv(socket_, into, most, 0);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) fail(got == 0 ? "the server closed the connection" : string("read: ") + std::strerror(errno));
            return static_cast<std::size_t>(got);
        }
    }

    void write(string_view octets) {
        while (!octets.empty()) {
            if (tls_) {
                const int part = static_cast<int>(std::min(octets.size(), read_octets));
                octets.remove_prefix(tls_step([&] { return SSL_write(tls_.get(), octets.data(), part); }));
                continue;
            }
            const ssize_t written = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) fail(string("write: ") + std::strerror(errno));
            octets.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    /// Nothing more comes in: the reading thread wakes up and fails.
    void interrupt() const { (void)::shutdown(socket_, SHUT_RDWR); }

private:
    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
        void operator()(SSL* tls) const { SSL_free(tls); }
    };

    void begin_tls(const Account& account) {
        const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
        if (!context || SSL_CTX_load_verify_locations(context.get(), account.authority.c_str(), nullptr) != 1)
            fail("no authority in " + account.authority);
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
        tls_.reset(SSL_new(context.get()));
        if (!tls_ || SSL_set_fd(tls_.get(), socket_) != 1) fail("no TLS");
        if (SSL_connect(tls_.get()) != 1) fail(string("TLS: ") + ERR_reason_error_string(ERR_get_error()));
        SSL_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_clear_mode(tls_.get(), SSL_MODE_AUTO_RETRY);
        const int flags = ::fcntl(socket_, F_GETFL);
        (void)::fcntl(socket_, F_SETFL, flags | O_NONBLOCK);
    }

    /// What `call` did, in octets; zero where it is to be tried again.
    template <typename Call>
    std::size_t tls_step(Call call) {
        int wanted = 0;
        {
            const std::lock_guard one(guard_);
            ERR_clear_error();
            const int done = call();
            if (done > 0) return static_cast<std::size_t>(done);
            wanted = SSL_get_error(tls_.get(), done);
        }
        if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) fail("the TLS connection ended");
        pollfd socket{.fd = socket_, .events = static_cast<short>(wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), .revents = 0};
        (void)::poll(&socket, 1, -1);
        return 0;
    }

    int socket_;
    std::mutex guard_;
    std::unique_ptr<SSL, Free> tls_;
};

/// Logged in, and read by the line.
class Connection {
public:
    explicit Connection(const Account& account) : socket_(account) {
        const char* password = std::getenv("LAB_PASSWORD");
        write("c LOGIN " + quoted(account.user) + " " + quoted(password ? password : "lab-pass") + "\r\n");
        (void)line();  // the greeting
        while (true) {
            const string_view answer = line();
            if (answer.starts_with("c OK")) break;
            if (answer.starts_with("c ")) fail("login: " + string(answer));
        }
    }

    void write(string_view octets) { socket_.write(octets); }

    /// The next line without its end; valid until the next read.
    string_view line() {
        while (true) {
            if (const auto end = buffered().find('\n'); end != string_view::npos) {
                string_view found = buffered().substr(0, end);
                at_ += end + 1;
                if (found.ends_with('\r')) found.remove_suffix(1);
                return found;
            }
            fill();
        }
    }

    /// Up to `most` octets, at least one; valid until the next read.
    string_view some(std::uint64_t most) {
        if (buffered().empty()) fill();
        const string_view found = buffered().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, read_octets)));
        at_ += found.size();
        return found;
    }

    [[nodiscard]] bool has_buffered() const { return at_ < end_; }
    void interrupt() const { socket_.interrupt(); }

private:
    [[nodiscard]] string_view buffered() const { return {buffer_.data() + at_, end_ - at_}; }

    void fill() {
        if (at_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
            end_ -= at_;
            at_ = 0;
        }
        if (buffer_.size() < end_ + read_octets) buffer_.resize(end_ + read_octets);
        end_ += socket_.read(buffer_.data() + end_, read_octets);
    }

    Socket socket_;
    std::vector<char> buffer_;
    std::size_t at_ = 0, end_ = 0;
};

}  // namespace bench
