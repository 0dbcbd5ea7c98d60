// SPDX-License-Identifier: Apache-2.0
#include "proof/signing.hpp"

#include <gtest/gtest.h>

namespace mailhaul::proof {
namespace {

template <std::size_t size>
std::array<std::uint8_t, size> from_hex(std::string_view hex) {
    std::array<std::uint8_t, size> octets{};
    for (std::size_t i = 0; i < size; ++i)
        octets[i] = static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(2 * i, 2)), nullptr, 16));
    return octets;
}

struct Vector {
    const char* seed;
    const char* key;
    std::string message;
    const char* signature;
};

class Rfc8032 : public testing::TestWithParam<Vector> {};

TEST_P(Rfc8032, signs_and_verifies_as_the_rfc_says) {
    const SigningKey key = SigningKey::from_seed(from_hex<32>(GetParam().seed));
    EXPECT_EQ(key.public_key(), from_hex<32>(GetParam().key));
    const Signature signature = key.sign(GetParam().message);
    EXPECT_EQ(signature, from_hex<64>(GetParam().signature));
    EXPECT_TRUE(is_signed_by(key.public_key(), GetParam().message, signature));
    EXPECT_FALSE(is_signed_by(key.public_key(), GetParam().message + " ", signature));
}

// RFC 8032 section 7.1, TEST 1 to 3.
INSTANTIATE_TEST_SUITE_P(
    section_7_1, Rfc8032,
    testing::Values(Vector{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                           "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                           "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                           "d25bf5f0595bbe24655141438e7a100b"},
                    Vector{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                           "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
                           "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                           "387b2eaeb4302aeeb00d291612bb0c00"},
                    Vector{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                           "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82",
                           "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                           "4a7c15e9716ed28dc027beceea1ec40a"}));

TEST(SigningKey, survives_being_written_down) {
    const SigningKey key = SigningKey::generate();
    const auto read = SigningKey::from_pem(key.to_pem().reveal());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->public_key(), key.public_key());
}

TEST(SigningKey, of_another_kind_is_refused) {
    EXPECT_FALSE(SigningKey::from_pem(""));
    EXPECT_FALSE(SigningKey::from_pem("not a key"));
    constexpr std::string_view x25519 =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIHcHbQpzGKV9PBbBclGyZkXfTC+H68CZKrF3+6UduSwq\n-----END PRIVATE "
        "KEY-----\n";
    EXPECT_FALSE(SigningKey::from_pem(x25519));
}

}  // namespace
}  // namespace mailhaul::proof
