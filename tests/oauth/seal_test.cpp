// SPDX-License-Identifier: Apache-2.0
#include "oauth/seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailhaul::oauth {
namespace {

using testing::HasSubstr;
using testing::Not;

const Secret key("correct horse battery staple");
const Secret text("{\"refresh_token\": \"rt-12345\"}\n");

TEST(Seal, opens_with_its_key_and_with_no_other) {
    const auto seal = sealed(text, key);
    ASSERT_TRUE(seal.ok());
    EXPECT_THAT(seal.value(), Not(HasSubstr("rt-12345")));
    EXPECT_TRUE(is_sealed(seal.value()) && is_sealed_with(seal.value(), key));
    EXPECT_EQ(opened(seal.value(), key, "f").value().reveal(), text.reveal());
    const Secret other("correct horse battery stapl");
    EXPECT_FALSE(is_sealed_with(seal.value(), other));
    const auto refused = opened(seal.value(), other, "f");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Errc::credential_unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("f was sealed with another key"));
}

TEST(Seal, is_another_each_time) {
    EXPECT_NE(sealed(text, key).value(), sealed(text, key).value());
    EXPECT_EQ(opened(sealed(Secret(""), key).value(), key, "f").value().reveal(), "");
}

TEST(Seal, that_was_altered_anywhere_does_not_open) {
    const std::string seal = sealed(text, key).value();
    const std::size_t begin = seal.find("\"salt\"");
    for (std::size_t at = begin; at < seal.size(); at += 29) {  // a key is made of words for each, which is slow on purpose
        std::string altered = seal;
        altered[at] = altered[at] == 'A' ? 'B' : 'A';
        const auto refused = opened(altered, key, "f");
        if (refused.ok()) EXPECT_EQ(refused.value().reveal(), text.reveal()) << at << ": only what base64 does not read";
        else EXPECT_EQ(refused.error().code, Errc::credential_unavailable);
    }
    for (const std::string& words : {seal.substr(0, seal.size() / 2), std::string("{}"), std::string()})
        EXPECT_FALSE(opened(words, key, "f").ok());
}

TEST(Seal, of_a_later_version_says_so) {
    const std::string later = R"({"format":"mailhaul sealed 2"})";
    EXPECT_TRUE(is_sealed(later));
    EXPECT_THAT(opened(later, key, "f").error().message, HasSubstr("use a newer mailhaul"));
    EXPECT_FALSE(is_sealed(R"({"format":"mailhaul authorization 1"})"));
}

}  // namespace
}  // namespace mailhaul::oauth
