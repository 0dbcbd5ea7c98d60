// SPDX-License-Identifier: Apache-2.0
// Digests of streamed octets: the one forgets line ends, the other nothing.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "message/fingerprint.hpp"

namespace mailhaul::message {
namespace {

Digest128 body_digest(std::string_view octets) {
    BodyDigest digest;
    digest.update(octets);
    return digest.finish();
}

std::string hex(const Sha256& digest) {
    std::string text;
    for (const std::uint8_t octet : digest) {
        text += "0123456789abcdef"[octet >> 4U];
        text += "0123456789abcdef"[octet & 15U];
    }
    return text;
}

/// Feeds `octets` in pieces of the lengths drawn.
template <typename Digest>
auto in_pieces(std::string_view octets) {
    Digest digest;
    while (!octets.empty()) {
        const std::size_t length = std::min(*rc::gen::inRange<std::size_t>(1, 9), octets.size());
        digest.update(octets.substr(0, length));
        octets.remove_prefix(length);
    }
    return digest.finish();
}

std::string octets_with_line_ends() {
    return *rc::gen::container<std::string>(rc::gen::oneOf(rc::gen::element('\r', '\n', 'a'), rc::gen::arbitrary<char>()));
}

TEST(BodyDigest, tells_messages_apart) {
    EXPECT_NE(body_digest("a\r\nb\r\n"), body_digest("a\r\nc\r\n"));
    EXPECT_NE(body_digest("a b"), body_digest("ab"));
    EXPECT_EQ(body_digest(""), BodyDigest().finish());
}

TEST(BodyDigest, does_not_see_how_lines_end) {
    EXPECT_EQ(body_digest("a\r\nb\r\n"), body_digest("a\nb\n"));
    EXPECT_EQ(body_digest("a\r\nb"), body_digest("a\rb\r\n\r\n"));
}

TEST(BodyDigest, can_be_moved_while_it_is_fed) {
    BodyDigest digest;
    digest.update("a");
    BodyDigest moved = std::move(digest);
    moved.update("b");
    EXPECT_EQ(moved.finish(), body_digest("ab"));
}

RC_GTEST_PROP(BodyDigest, does_not_depend_on_the_pieces, ()) {
    const std::string octets = octets_with_line_ends();
    RC_ASSERT(in_pieces<BodyDigest>(octets) == body_digest(octets));
}

RC_GTEST_PROP(BodyDigest, does_not_depend_on_line_ends, ()) {
    const std::string octets = octets_with_line_ends();
    std::string without = octets;
    std::erase_if(without, [](char c) { return c == '\r' || c == '\n'; });
    RC_ASSERT(body_digest(octets) == body_digest(without));
}

TEST(Sha256Stream, is_sha_256) {
    EXPECT_EQ(hex(Sha256Stream().finish()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Sha256Stream stream;
    stream.update("a");
    Sha256Stream moved = std::move(stream);
    moved.update("bc");
    EXPECT_EQ(hex(moved.finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

RC_GTEST_PROP(Sha256Stream, does_not_depend_on_the_pieces, (const std::string& octets)) {
    Sha256Stream whole;
    whole.update(octets);
    RC_ASSERT(in_pieces<Sha256Stream>(octets) == whole.finish());
}

}  // namespace
}  // namespace mailhaul::message
