// SPDX-License-Identifier: Apache-2.0
// c-ares asks, Asio waits.
//
// One channel per look-up: connections live for hours, so there is nothing worth keeping, and a changed resolv.conf is
// seen. c-ares opens and closes its own sockets and says which to watch; a descriptor that only borrows each one is
// registered with Asio and released before c-ares closes it.
//
// Left out: international names (give the xn-- form), SRV records, DNSSEC.
#include "net/resolver.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/event.hpp"

namespace mailhaul::net {
namespace {

using asio::ip::address;
using boost::system::error_code;

class Lookup : public std::enable_shared_from_this<Lookup> {
public:
    explicit Lookup(const asio::any_io_executor& executor) : executor_(executor), timer_(executor), answered_(executor) {}
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;
    ~Lookup() {
        if (channel_ != nullptr) ares_destroy(channel_);  // calls back: members must still be there
    }

    void start(const std::string& host, AddressFamily family) {
        static const int library_status = ares_library_init(ARES_LIB_INIT_ALL);
        ares_options options{};
        options.sock_state_cb = &Lookup::on_socket_state;
        options.sock_state_cb_data = this;
        status_ = library_status;
        if (status_ == ARES_SUCCESS) status_ = ares_init_options(&channel_, &options, ARES_OPT_SOCK_STATE_CB);
        if (status_ != ARES_SUCCESS) {
            done_ = true;
            return;
        }
        ares_addrinfo_hints hints{};
        hints.ai_family = family == AddressFamily::any ? AF_UNSPEC : family == AddressFamily::ipv4 ? AF_INET : AF_INET6;
        hints.ai_socktype = SOCK_STREAM;
        ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Lookup::on_answer, this);
        arm_timer();
    }

    Task<void> wait() {
        while (!done_) co_await answered_.wait();
    }

    void cancel() {
        if (channel_ != nullptr) ares_cancel(channel_);
    }

    int status() const { return status_; }
    std::vector<address> take_addresses() { return std::move(addresses_); }

private:
    struct Watched {
        explicit Watched(asio::posix::stream_descriptor borrowed) : descriptor(std::move(borrowed)) {}
        asio::posix::stream_descriptor descriptor;
        bool wants_read = false;
        bool wants_write = false;
        bool waits_to_read = false;
        bool waits_to_write = false;
    };

    static void on_socket_state(void* self, ares_socket_t fd, int readable, int writable) {
        static_cast<Lookup*>(self)->watch(fd, readable != 0, writable != 0);
    }

    static void on_answer(void* self, int status, int /*timeouts*/, ares_addrinfo* found) {
        static_cast<Lookup*>(self)->take_answer(status, found);
    }

    void watch(ares_socket_t fd, bool to_read, bool to_write) {
        auto known = watched_.find(fd);
        if (!to_read && !to_write) {
            if (known == watched_.end()) return;
            known->second->descriptor.release();
            watched_.erase(known);
            return;
        }
        if (known == watched_.end()) {
            auto fresh = std::make_shared<Watched>(asio::posix::stream_descriptor(executor_, fd));
            known = watched_.emplace(fd, std::move(fresh)).first;
        }
        known->second->wants_read = to_read;
        known->second->wants_write = to_write;
        wait_for(fd, known->second);
    }

    // Weak: the handlers may outlive the look-up, and a number c-ares closed may be another socket by then.
    void wait_for(ares_socket_t fd, const std::shared_ptr<Watched>& watched) {
        using asio::posix::descriptor_base;
        if (watched->wants_read && !std::exchange(watched->waits_to_read, true)) {
            watched->descriptor.async_wait(
                descriptor_base::wait_read,
                [self = weak_from_this(), weak = std::weak_ptr<Watched>(watched), fd](error_code failure) {
                    on_ready(self, weak, fd, failure, &Watched::waits_to_read);
                });
        }
        if (watched->wants_write && !std::exchange(watched->waits_to_write, true)) {
            watched->descriptor.async_wait(
                descriptor_base::wait_write,
                [self = weak_from_this(), weak = std::weak_ptr<Watched>(watched), fd](error_code failure) {
                    on_ready(self, weak, fd, failure, &Watched::waits_to_write);
                });
        }
    }

    static void on_ready(const std::weak_ptr<Lookup>& weak_self, const std::weak_ptr<Watched>& weak_watched, ares_socket_t fd,
                         error_code failure, bool Watched::* waits) {
        const auto self = weak_self.lock();
        {
            const auto watched = weak_watched.lock();
            if (!self || !watched || failure) return;
            (*watched).*waits = false;
        }
        const bool to_read = waits == &Watched::waits_to_read;
        ares_process_fd(self->channel_, to_read ? fd : ARES_SOCKET_BAD, to_read ? ARES_SOCKET_BAD : fd);
        if (const auto still_watched = weak_watched.lock()) self->wait_for(fd, still_watched);
        self->arm_timer();
    }

    void arm_timer() {
        timeval left{};
        if (done_ || ares_timeout(channel_, nullptr, &left) == nullptr) return;
        timer_.expires_after(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec));
        timer_.async_wait([weak = weak_from_this()](error_code cancelled) {
            const auto self = weak.lock();
            if (!self || cancelled) return;
            ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            self->arm_timer();
        });
    }

    void take_answer(int status, ares_addrinfo* found) {
        status_ = status;
        for (const auto* node = found == nullptr ? nullptr : found->nodes; node != nullptr; node = node->ai_next) {
            add(*node->ai_addr);
        }
        if (found != nullptr) ares_freeaddrinfo(found);
        done_ = true;
        answered_.notify();
    }

    void add(const sockaddr& found) {
        if (found.sa_family == AF_INET) {
            sockaddr_in ipv4{};
            std::memcpy(&ipv4, &found, sizeof ipv4);
            addresses_.emplace_back(asio::ip::address_v4(ntohl(ipv4.sin_addr.s_addr)));
        } else if (found.sa_family == AF_INET6) {
            sockaddr_in6 ipv6{};
            std::memcpy(&ipv6, &found, sizeof ipv6);
            asio::ip::address_v6::bytes_type octets{};
            std::memcpy(octets.data(), &ipv6.sin6_addr, octets.size());
            addresses_.emplace_back(asio::ip::address_v6(octets, ipv6.sin6_scope_id));
        }
    }

    asio::any_io_executor executor_;
    ares_channel channel_ = nullptr;
    std::map<ares_socket_t, std::shared_ptr<Watched>> watched_;  // with nobody: handlers look in through weak pointers
    asio::steady_timer timer_;
    Event answered_;
    std::vector<address> addresses_;
    int status_ = ARES_SUCCESS;
    bool done_ = false;
};

Error unknown_host(const std::string& host, const std::string& why, Retry retry) {
    return {Errc::unknown_host, Scope::account, retry, "host \"" + host + "\": " + why};
}

bool may_be_a_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

/// True for `zone` itself and every name below it, whatever the case.
bool is_in_zone(std::string_view host, std::string_view zone) {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() < zone.size()) return false;
    const std::string_view ending = host.substr(host.size() - zone.size());
    const bool same = std::ranges::equal(ending, zone, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
    return same && (host.size() == zone.size() || host[host.size() - zone.size() - 1] == '.');
}

bool is_of_family(const address& found, AddressFamily family) {
    return family == AddressFamily::any || found.is_v4() == (family == AddressFamily::ipv4);
}

/// RFC 6761 section 6.3: `localhost` is this machine without asking anybody. (c-ares 1.18 would say so too, but leaks.)
std::vector<address> loopback(AddressFamily family) {
    std::vector<address> addresses;
    if (family != AddressFamily::ipv4) addresses.emplace_back(asio::ip::address_v6::loopback());
    if (family != AddressFamily::ipv6) addresses.emplace_back(asio::ip::address_v4::loopback());
    return addresses;
}

std::string_view name_of(AddressFamily family) {
    switch (family) {
        case AddressFamily::ipv4: return "IPv4 address";
        case AddressFamily::ipv6: return "IPv6 address";
        case AddressFamily::any: break;
    }
    return "address";
}

Error look_up_failure(const std::string& host, AddressFamily family, int status) {
    switch (status) {
        case ARES_ENOTFOUND: return unknown_host(host, "no such host: check its spelling", Retry::never);
        case ARES_SUCCESS:
        case ARES_ENODATA:
            return unknown_host(host, "it has no " + std::string(name_of(family)) + ": check its spelling", Retry::never);
        default:
            return unknown_host(host,
                                "the name servers gave no answer (" + std::string(ares_strerror(status)) +
                                    "): check the network and /etc/resolv.conf",
                                Retry::later);
    }
}

}  // namespace

Task<Result<std::vector<address>>> resolve(std::string host, AddressFamily family, Watchdog& watchdog) {
    error_code not_a_literal;
    const address literal = asio::ip::make_address(host, not_a_literal);
    if (!not_a_literal) {
        if (!is_of_family(literal, family)) co_return look_up_failure(host, family, ARES_ENODATA);
        co_return std::vector<address>(1, literal);
    }
    if (!may_be_a_host_name(host)) {
        co_return unknown_host(host, "not a host name (international names: give the xn-- form)", Retry::never);
    }
    if (is_in_zone(host, "localhost")) co_return loopback(family);
    if (is_in_zone(host, "invalid")) co_return look_up_failure(host, family, ARES_ENOTFOUND);  // RFC 6761 section 6.4

    auto executor = co_await asio::this_coro::executor;
    const auto lookup = std::make_shared<Lookup>(executor);  // shared only so that late handlers can see it is gone
    watchdog.guard([raw = lookup.get()] { raw->cancel(); });
    lookup->start(host, family);
    co_await lookup->wait();
    watchdog.stand_down();

    std::vector<address> addresses = lookup->take_addresses();
    if (lookup->status() != ARES_SUCCESS || addresses.empty()) co_return look_up_failure(host, family, lookup->status());
    co_return addresses;
}

}  // namespace mailhaul::net
