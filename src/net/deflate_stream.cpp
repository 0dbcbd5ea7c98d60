// SPDX-License-Identifier: Apache-2.0
// DeflateStream: COMPRESS=DEFLATE (RFC 4978) over any stream. Each write_all() ends in a flush, so the peer never waits
// for octets we hold. Inflating goes into the reader's buffer: a bomb costs its octets, never memory.
#include <array>

#include "net/deflate_codec.hpp"
#include "net/dial.hpp"
#include "net/socket.hpp"

namespace mailhaul::net {
namespace {

constexpr std::size_t buffer_octets = 32'768;                   // two TLS records
constexpr std::size_t most_fed_at_once = std::size_t{1} << 30;  // what the codec takes

class DeflateStream final : public Stream {
public:
    DeflateStream(std::unique_ptr<Stream> inner, std::string already_read)
        : inner_(std::move(inner)), already_read_(std::move(already_read)) {
        inflater_.feed(already_read_);
    }

    Task<Result<std::size_t>> read_some(std::span<char> into) override {
        if (turns_.are_over()) co_await turns_.give_way();
        for (;;) {
            if (closed_) co_return lost("closed by mailhaul");
            if (status_ == Inflater::Status::more) {
                const Inflater::Step step = inflater_.inflate(into);
                status_ = step.status;
                if (step.octets > 0) co_return step.octets;
            }
            if (status_ == Inflater::Status::ended) co_return std::size_t{0};
            if (status_ == Inflater::Status::corrupt) {
                co_return Error(Errc::protocol_violation, Scope::account, Retry::now,
                                "the server's compressed octets are not DEFLATE: try without compression");
            }
            MH_CO_TRY(octets, co_await inner_->read_some(compressed_));
            if (octets == 0) co_return std::size_t{0};
            inflater_.feed(std::string_view(compressed_.data(), octets));
        }
    }

    Task<Result<void>> write_all(std::string_view octets) override {
        while (!octets.empty()) {
            const std::string_view piece = octets.substr(0, most_fed_at_once);
            octets.remove_prefix(piece.size());
            deflater_.feed(piece);
            while (const std::size_t deflated = deflater_.drain(deflated_)) {
                const std::string_view view(deflated_.data(), deflated);
                MH_CO_TRY_VOID(co_await inner_->write_all(view));
            }
        }
        co_return Result<void>{};
    }

    void close() override {
        closed_ = true;
        inner_->close();
    }

    std::string describe() const override { return inner_->describe() + " + DEFLATE"; }
    std::string channel_binding(std::string_view type) const override { return inner_->channel_binding(type); }

private:
    static Error lost(std::string why) {
        return {Errc::connection_lost, Scope::account, Retry::now, "connection lost: " + std::move(why)};
    }

    std::unique_ptr<Stream> inner_;
    std::string already_read_;
    Inflater inflater_;
    Inflater::Status status_ = Inflater::Status::more;
    Deflater deflater_;
    std::array<char, buffer_octets> compressed_{};
    std::array<char, buffer_octets> deflated_{};
    Turns turns_;
    bool closed_ = false;
};

}  // namespace

std::unique_ptr<Stream> deflate(std::unique_ptr<Stream> stream, std::string already_read) {
    return std::make_unique<DeflateStream>(std::move(stream), std::move(already_read));
}

}  // namespace mailhaul::net
