// SPDX-License-Identifier: Apache-2.0
// deflate() against plain zlib on the other end, and against octets that are not DEFLATE.
#include <gmock/gmock.h>
#include <zlib.h>

#include "loop.hpp"
#include "net/deflate_codec.hpp"
#include "transfer.hpp"

namespace mailhaul::net {
namespace {

/// The other end of the stream under test: what it reads is given, what it writes is kept.
class Script final : public Stream {
public:
    explicit Script(std::string input, std::size_t octets_per_read) : input_(std::move(input)), per_read_(octets_per_read) {}

    Task<Result<std::size_t>> read_some(std::span<char> into) override {
        const std::size_t octets = std::min({into.size(), per_read_, input_.size() - at_});
        std::copy_n(input_.data() + at_, octets, into.data());
        at_ += octets;
        co_return octets;
    }
    Task<Result<void>> write_all(std::string_view octets) override {
        written += octets;
        co_return Result<void>{};
    }
    void close() override {}
    std::string describe() const override { return "script"; }

    std::string written;

private:
    std::string input_;
    std::size_t per_read_;
    std::size_t at_ = 0;
};

std::string deflated_by_zlib(std::string_view text, int flush) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    std::string out(text.size() + text.size() / 100 + 1000, '\0');
    stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<unsigned>(text.size());
    stream.next_out = reinterpret_cast<unsigned char*>(out.data());
    stream.avail_out = static_cast<unsigned>(out.size());
    deflate(&stream, flush);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

/// All that can be inflated of `compressed` as it stands.
std::string inflated_by_zlib(std::string_view compressed, std::size_t at_most) {
    z_stream stream{};
    inflateInit2(&stream, -15);
    std::string out(at_most, '\0');
    stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(compressed.data()));
    stream.avail_in = static_cast<unsigned>(compressed.size());
    stream.next_out = reinterpret_cast<unsigned char*>(out.data());
    stream.avail_out = static_cast<unsigned>(out.size());
    inflate(&stream, Z_SYNC_FLUSH);
    out.resize(out.size() - stream.avail_out);
    inflateEnd(&stream);
    return out;
}

Result<std::string> read_all(std::string compressed, std::size_t octets_per_read, std::string already_read = {}) {
    Loop loop;
    auto stream = deflate(std::make_unique<Script>(std::move(compressed), octets_per_read), std::move(already_read));
    return loop.await(read_to_end(*stream));
}

class DeflateReading : public testing::TestWithParam<std::size_t> {};

TEST_P(DeflateReading, inflates_what_zlib_deflated_however_it_is_cut) {
    const std::string text = traffic().substr(0, 100'000);
    const auto got = read_all(deflated_by_zlib(text, Z_SYNC_FLUSH), GetParam());
    ASSERT_TRUE(got.ok()) << got.error().describe();
    EXPECT_TRUE(*got == text);
}

TEST_P(DeflateReading, ends_where_the_peer_ends_its_deflate_stream) {
    const std::string text = traffic().substr(0, 100'000);
    const auto got = read_all(deflated_by_zlib(text, Z_FINISH) + "garbage", GetParam());
    ASSERT_TRUE(got.ok()) << got.error().describe();
    EXPECT_TRUE(*got == text);
}

INSTANTIATE_TEST_SUITE_P(octets_per_read, DeflateReading, testing::Values(1, 2, 7, 1000, 1'000'000));

TEST(Deflate, begins_with_what_was_read_after_the_ok) {
    const std::string text = "* OK [CAPABILITY IMAP4rev1] compressed\r\n";
    const std::string compressed = deflated_by_zlib(text, Z_SYNC_FLUSH);
    for (const std::size_t early : {std::size_t{1}, std::size_t{10}, compressed.size()}) {
        const auto got = read_all(compressed.substr(early), 100, compressed.substr(0, early));
        ASSERT_TRUE(got.ok());
        EXPECT_EQ(*got, text);
    }
}

TEST(Deflate, inflates_a_bomb_in_pieces_of_the_readers_size) {
    const std::string zeros(50'000'000, '\0');
    const auto got = read_all(deflated_by_zlib(zeros, Z_SYNC_FLUSH), 1'000'000);
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->size(), zeros.size());
}

TEST(Deflate, calls_octets_that_are_not_deflate_a_violation) {
    const auto got = read_all("* OK this server does not compress after all\r\n", 100);
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().code, Errc::protocol_violation);
    EXPECT_THAT(got.error().message, testing::HasSubstr("without compression"));
}

Task<void> expect_corruption_twice(Stream& stream, std::string& good) {
    std::string buffer(1000, '\0');
    auto octets = co_await stream.read_some(buffer);
    while (octets.ok() && *octets > 0) {
        good.append(buffer, 0, *octets);
        octets = co_await stream.read_some(buffer);
    }
    for (int again = 0; again < 2; ++again) {
        EXPECT_FALSE(octets.ok());
        if (!octets.ok()) EXPECT_EQ(octets.error().code, Errc::protocol_violation);
        octets = co_await stream.read_some(buffer);
    }
}

TEST(Deflate, gives_nothing_wrong_before_the_corruption_and_stays_broken) {
    const std::string text = traffic().substr(0, 3000);
    const std::string compressed = deflated_by_zlib(text, Z_SYNC_FLUSH) + std::string(100, '\x07');
    Loop loop;
    auto stream = deflate(std::make_unique<Script>(compressed, 1'000'000), "");
    std::string good;
    loop.spawn(expect_corruption_twice(*stream, good));
    loop.run();
    EXPECT_TRUE(text.starts_with(good));
}

TEST(Deflate, flushes_with_every_write) {
    Loop loop;
    auto script = std::make_unique<Script>("", 1);
    const Script& kept = *script;
    auto stream = deflate(std::move(script), "");
    std::string sent;
    for (const std::size_t octets : {1UL, 2UL, 0UL, 100UL, 32'768UL, 200'000UL, 5UL, 1'000'000UL}) {
        const std::string_view piece = std::string_view(traffic()).substr(0, octets);
        ASSERT_TRUE(loop.await(stream->write_all(piece)).ok());
        sent += piece;
        EXPECT_TRUE(inflated_by_zlib(kept.written, sent.size() + 1) == sent) << octets;
    }
    EXPECT_LT(kept.written.size(), sent.size());
}

TEST(Deflate, compresses_into_any_buffer_however_small) {
    const std::string_view text = std::string_view(traffic()).substr(0, 20'000);
    Deflater deflater;
    deflater.feed(text);
    std::string compressed;
    std::string out(7, '\0');
    while (const std::size_t octets = deflater.drain(out)) compressed.append(out, 0, octets);
    EXPECT_TRUE(inflated_by_zlib(compressed, text.size() + 1) == text);
}

TEST(Deflate, says_so_in_its_description) {
    EXPECT_EQ(deflate(std::make_unique<Script>("", 1), "")->describe(), "script + DEFLATE");
}

}  // namespace
}  // namespace mailhaul::net
