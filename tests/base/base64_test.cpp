// SPDX-License-Identifier: Apache-2.0
#include "base/base64.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace mailhaul {
namespace {

TEST(Base64, spells_the_vectors_of_rfc_4648) {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [octets, text] : vectors) {
        EXPECT_EQ(base64_from(octets), text);
        EXPECT_EQ(octets_from_base64(text), octets);
    }
}

TEST(Base64, reads_what_it_wrote) {
    EXPECT_TRUE(rc::check([](const std::string& octets) { RC_ASSERT(octets_from_base64(base64_from(octets)) == octets); }));
}

TEST(Base64, takes_missing_padding_and_blanks_around_but_no_other_letters) {
    EXPECT_EQ(octets_from_base64(" Zm8 \r\n"), "fo");
    EXPECT_FALSE(octets_from_base64("Zm 8"));
    EXPECT_FALSE(octets_from_base64("Z"));
    EXPECT_FALSE(octets_from_base64("Zm9*"));
}

}  // namespace
}  // namespace mailhaul
