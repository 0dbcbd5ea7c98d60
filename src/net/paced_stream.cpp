// SPDX-License-Identifier: Apache-2.0
// PacedStream: reads no faster than a Pace allows, so that the peer's window closes and it sends no faster either. Reads
// little at a time, and so never waits for long: whoever watches for silence hears from it.
#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include "net/dial.hpp"

namespace mailhaul::net {
namespace {

constexpr std::chrono::milliseconds longest_wait{200};

class PacedStream final : public Stream {
public:
    PacedStream(std::unique_ptr<Stream> inner, std::shared_ptr<Pace> pace, const asio::any_io_executor& executor)
        : inner_(std::move(inner)), pace_(std::move(pace)), due_(executor) {}

    Task<Result<std::size_t>> read_some(std::span<char> into) override {
        if (due_.expiry() > Pace::Clock::now() && !closed_) {
            boost::system::error_code cancelled;
            co_await due_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        }
        const std::size_t most = std::min<std::uint64_t>(into.size(), pace_->portion(longest_wait));
        auto read = co_await inner_->read_some(into.first(most));
        if (read.ok()) due_.expires_at(pace_->use(read.value(), Pace::Clock::now()));
        co_return read;
    }

    void expect(std::uint64_t octets) override { inner_->expect(octets); }

    Task<Result<void>> write_all(std::string_view octets) override { co_return co_await inner_->write_all(octets); }

    void close() override {
        closed_ = true;
        due_.cancel();
        inner_->close();
    }

    std::string describe() const override { return inner_->describe(); }
    std::string channel_binding(std::string_view type) const override { return inner_->channel_binding(type); }

private:
    std::unique_ptr<Stream> inner_;
    std::shared_ptr<Pace> pace_;
    asio::steady_timer due_;
    bool closed_ = false;
};

}  // namespace

std::unique_ptr<Stream> pace_reading(std::unique_ptr<Stream> stream, std::shared_ptr<Pace> pace,
                                     const asio::any_io_executor& executor) {
    return std::make_unique<PacedStream>(std::move(stream), std::move(pace), executor);
}

}  // namespace mailhaul::net
