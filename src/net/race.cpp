// SPDX-License-Identifier: Apache-2.0
// The attempts run as plain Asio handlers; one coroutine starts them and watches, with one timer for both of its
// reasons to wake: the next address is due, or an attempt has ended.
#include "net/race.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace mailhaul::net {
namespace {

using asio::ip::address;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_attempts{250};  // RFC 8305 section 5

class Race : public std::enable_shared_from_this<Race> {
public:
    Race(const asio::any_io_executor& executor, std::vector<address> addresses, std::uint16_t port)
        : executor_(executor), addresses_(std::move(addresses)), port_(port), wake_(executor) {
        attempts_.reserve(addresses_.size());  // a socket must not move while it connects
    }

    /// Returns when somebody has won, everybody has lost, or the race was abandoned.
    Task<void> run() {
        while (!winner_ && !abandoned_ && !everybody_lost()) {
            const bool may_start = attempts_.size() < addresses_.size();
            if (may_start && (running_ == 0 || steady_clock::now() >= next_start_)) {
                start_next();
                continue;
            }
            wake_.expires_at(may_start ? next_start_ : steady_clock::time_point::max());
            error_code ignored;
            co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
    }

    void abandon() {
        abandoned_ = true;
        wake_.cancel();
    }

    std::optional<tcp::socket> take_winner() {
        if (!winner_) return std::nullopt;
        return std::move(attempts_[*winner_].socket);
    }

    /// `192.0.2.1 (Connection refused), 2001:db8::1 (no answer yet)`
    std::string describe() const {
        std::string text;
        for (std::size_t i = 0; i < addresses_.size(); ++i) {
            if (!text.empty()) text += ", ";
            text += addresses_[i].to_string() + " (" + fate(i) + ")";
        }
        return text;
    }

private:
    struct Attempt {
        explicit Attempt(const asio::any_io_executor& executor) : socket(executor) {}
        tcp::socket socket;
        std::optional<error_code> failure;
    };

    bool everybody_lost() const { return running_ == 0 && attempts_.size() == addresses_.size(); }

    void start_next() {
        const std::size_t index = attempts_.size();
        attempts_.emplace_back(executor_);
        ++running_;
        next_start_ = steady_clock::now() + between_attempts;
        attempts_.back().socket.async_connect(tcp::endpoint(addresses_[index], port_),
                                              [weak = weak_from_this(), index](error_code failure) {
                                                  if (const auto self = weak.lock()) self->end_attempt(index, failure);
                                              });
    }

    void end_attempt(std::size_t index, error_code failure) {
        --running_;
        if (failure) {
            attempts_[index].failure = failure;
            next_start_ = steady_clock::now();
        } else if (!winner_) {
            winner_ = index;
        }
        wake_.cancel();
    }

    std::string fate(std::size_t index) const {
        if (index >= attempts_.size()) return "not tried";
        return attempts_[index].failure ? attempts_[index].failure->message() : "no answer yet";
    }

    asio::any_io_executor executor_;
    std::vector<address> addresses_;
    std::uint16_t port_;
    asio::steady_timer wake_;
    steady_clock::time_point next_start_;
    std::vector<Attempt> attempts_;
    std::size_t running_ = 0;
    std::optional<std::size_t> winner_;
    bool abandoned_ = false;
};

}  // namespace

std::vector<address> alternate_families(const std::vector<address>& addresses) {
    std::vector<address> first_family;
    std::vector<address> other_family;
    for (const address& each : addresses) {
        (each.is_v6() == addresses.front().is_v6() ? first_family : other_family).push_back(each);
    }
    std::vector<address> mixed;
    for (std::size_t i = 0; i < std::max(first_family.size(), other_family.size()); ++i) {
        if (i < first_family.size()) mixed.push_back(first_family[i]);
        if (i < other_family.size()) mixed.push_back(other_family[i]);
    }
    return mixed;
}

Task<Result<tcp::socket>> connect_to_first(std::vector<address> addresses, std::uint16_t port, Watchdog& watchdog) {
    auto executor = co_await asio::this_coro::executor;
    // shared only so that late handlers can see it is gone
    const auto race = std::make_shared<Race>(executor, alternate_families(addresses), port);
    watchdog.guard([raw = race.get()] { raw->abandon(); });
    co_await race->run();
    watchdog.stand_down();
    auto socket = race->take_winner();
    if (socket) co_return std::move(*socket);
    co_return Error(Errc::connect_failed, Scope::account, Retry::later, race->describe());
}

}  // namespace mailhaul::net
