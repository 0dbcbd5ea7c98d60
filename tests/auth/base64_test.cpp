// SPDX-License-Identifier: Apache-2.0
#include "auth/base64.hpp"

#include <gtest/gtest.h>

namespace mailhaul::auth {
namespace {

struct Row {
    const char* octets;
    const char* text;
};

class Base64 : public testing::TestWithParam<Row> {};

TEST_P(Base64, agrees_with_rfc_4648_both_ways) {
    EXPECT_EQ(base64_from_octets(GetParam().octets), GetParam().text);
    EXPECT_EQ(octets_from_base64(GetParam().text), GetParam().octets);
}

INSTANTIATE_TEST_SUITE_P(section_10, Base64,
                         testing::Values(Row{"", ""}, Row{"f", "Zg=="}, Row{"fo", "Zm8="}, Row{"foo", "Zm9v"},
                                         Row{"foob", "Zm9vYg=="}, Row{"fooba", "Zm9vYmE="}, Row{"foobar", "Zm9vYmFy"},
                                         Row{"\xFF\xFE\xFD", "//79"}));

TEST(Base64Decoding, refuses_what_is_not_canonical) {
    for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zm-_"}) {
        EXPECT_FALSE(octets_from_base64(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace mailhaul::auth
