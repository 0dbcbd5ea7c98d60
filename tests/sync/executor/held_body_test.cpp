// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/held_body.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "message/fingerprint.hpp"

namespace mailhaul::sync {
namespace {

std::string any_octets(std::size_t size, std::minstd_rand& chance) {
    std::string octets(size, '\0');
    std::ranges::generate(octets, [&chance] { return static_cast<char>('A' + chance() % 26); });
    return octets;
}

message::Sha256 sha256_of(std::string_view octets) {
    message::Sha256Stream stream;
    stream.update(octets);
    return stream.finish();
}

/// As a connection does: to the space where there is one, and from elsewhere what arrived otherwise.
void read(HeldBody& held, std::string_view octets, std::size_t most, bool directly) {
    while (!octets.empty()) {
        std::string_view piece = octets.substr(0, most);
        const client::Space space = directly ? held.space(most) : client::Space{};
        if (space.octets.empty()) {
            held.take(piece);
        } else {
            ASSERT_LE(space.octets.size(), most);
            piece = octets.substr(0, space.octets.size());
            std::ranges::copy(piece, space.octets.begin());
            held.take({space.octets.data(), piece.size()});
        }
        octets.remove_prefix(piece.size());
    }
}

TEST(HeldBody, is_the_same_however_its_octets_came) {
    std::minstd_rand chance(7);
    for (int round = 0; round < 500; ++round) {
        const std::string octets = any_octets(chance() % 300, chance);
        HeldBody held;
        if (chance() % 4 != 0) held.expect(octets.size());
        for (std::size_t at = 0; at < octets.size();) {
            const std::size_t size = 1 + chance() % 40;
            read(held, std::string_view(octets).substr(at, size), 1 + chance() % 20, chance() % 2 == 0);
            at += size;
            EXPECT_EQ(held.size(), std::min(at, octets.size()));
        }
        const HeldBody::Whole whole = std::move(held).finish();
        EXPECT_EQ(*whole.octets, octets);
        EXPECT_EQ(whole.sha256, sha256_of(octets));
        EXPECT_FALSE(whole.has_nul);
    }
}

TEST(HeldBody, gives_no_space_for_more_than_was_announced) {
    HeldBody held;
    EXPECT_TRUE(held.space(100).octets.empty());
    held.expect(10);
    EXPECT_EQ(held.space(4).octets.size(), 4U);
    held.take("1234567");
    EXPECT_EQ(held.space(100).octets.size(), 3U);
    held.take("890");
    EXPECT_TRUE(held.space(100).octets.empty());
    EXPECT_EQ(*std::move(held).finish().octets, "1234567890");
}

TEST(HeldBody, is_no_longer_than_what_came_where_space_stayed_empty) {
    HeldBody held;
    held.expect(10);
    const client::Space space = held.space(10);
    space.octets[0] = 'x';
    held.take({space.octets.data(), 1});
    const client::Space rest = held.space(10);
    EXPECT_EQ(rest.octets.size(), 9U);
    EXPECT_EQ(*std::move(held).finish().octets, "x");
}

TEST(HeldBody, keeps_the_space_for_whoever_still_reads_there) {
    client::Space space;
    {
        HeldBody held;
        held.expect(10);
        space = held.space(10);
    }
    std::ranges::fill(space.octets, 'x');  // a sanitizer would tell
    EXPECT_EQ(space.octets[9], 'x');
}

TEST(HeldBody, knows_of_NUL_wherever_it_came) {
    using namespace std::string_literals;
    HeldBody held;
    held.expect(2);
    const client::Space space = held.space(2);
    space.octets[0] = 'a';
    space.octets[1] = '\0';
    held.take({space.octets.data(), 2});
    EXPECT_TRUE(std::move(held).finish().has_nul);
    HeldBody unexpected;
    unexpected.take("a\0b"s);
    EXPECT_TRUE(std::move(unexpected).finish().has_nul);
}

TEST(HeldBody, without_octets_is_a_body_too) {
    const HeldBody::Whole whole = HeldBody().finish();
    EXPECT_TRUE(whole.octets->empty());
    EXPECT_EQ(whole.sha256, sha256_of(""));
}

}  // namespace
}  // namespace mailhaul::sync
