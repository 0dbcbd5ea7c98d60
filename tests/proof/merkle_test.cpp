// SPDX-License-Identifier: Apache-2.0
#include "proof/merkle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace mailhaul::proof {
namespace {

using testing::ElementsAre;

// The tree of Certificate Transparency's own tests (RFC 6962 hashing): roots after 0 to 8 leaves.
constexpr std::array<std::string_view, 8> leaves{
    std::string_view("", 0),
    std::string_view("\x00", 1),
    std::string_view("\x10", 1),
    std::string_view("\x20\x21", 2),
    std::string_view("\x30\x31", 2),
    std::string_view("\x40\x41\x42\x43", 4),
    std::string_view("\x50\x51\x52\x53\x54\x55\x56\x57", 8),
    std::string_view("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16),
};
constexpr std::array<std::string_view, 9> roots{
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

TEST(MerkleTree, has_the_roots_of_rfc_6962) {
    MerkleTree tree;
    for (std::size_t i = 0; i < roots.size(); ++i) {
        EXPECT_EQ(hex_from(tree.root()), roots[i]) << i << " leaves";
        if (i < leaves.size()) tree.add(leaves[i]);
    }
}

store::PairKey pair(std::string source, std::uint32_t validity, std::string destination = "INBOX") {
    return {{imap::MailboxName(std::move(source)), imap::UidValidity{validity}},
            {imap::MailboxName(std::move(destination)), imap::UidValidity{9}}};
}

store::Entry entry(std::uint32_t source) {
    store::Entry one;
    one.source = imap::Uid{source};
    one.destination = imap::Uid{source + 100};
    one.sha256.emplace().fill(7);
    return one;
}

TEST(Leaf, says_what_was_copied_where_and_not_what_a_sync_may_change) {
    const store::Entry one = entry(1);
    store::Entry other = one;
    other.flags.insert("\\Seen");
    other.at = 5;
    EXPECT_EQ(leaf_of(one), leaf_of(other));
    other = one;
    other.destination = imap::Uid{5};
    EXPECT_NE(leaf_of(one), leaf_of(other));
    other = one;
    other.origin = store::Origin::adopted;
    EXPECT_NE(leaf_of(one), leaf_of(other));
    other = one;
    other.sha256->back() = 8;
    EXPECT_NE(leaf_of(one), leaf_of(other));
    other.sha256.reset();
    EXPECT_EQ(leaf_of(other), std::string("\x01m\x01\0\0\0\x01\0\0\0\x65", 11));
}

TEST(CurrentPairs, are_the_last_of_each_source_mailbox_and_in_one_order) {
    const auto pairs = current_pairs({pair("b", 1), pair("INBOX", 1), pair("b", 2), pair("a", 1, "x"), pair("a", 1, "y")});
    EXPECT_THAT(pairs.first, ElementsAre(pair("INBOX", 1), pair("a", 1, "y"), pair("b", 2)));
    EXPECT_THAT(pairs.second, ElementsAre(pair("a", 1, "x"), pair("b", 1)));
}

}  // namespace
}  // namespace mailhaul::proof
