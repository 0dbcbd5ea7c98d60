// SPDX-License-Identifier: Apache-2.0
#include "base/octets.hpp"

#include <gtest/gtest.h>

namespace mailhaul {
namespace {

struct Row {
    std::uint64_t octets;
    const char* text;
};

class Spelling : public testing::TestWithParam<Row> {};

TEST_P(Spelling, uses_decimal_units_and_one_digit_from_kilobytes_on) {
    EXPECT_EQ(spell(Octets{GetParam().octets}), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(octets, Spelling,
                         testing::Values(Row{0, "0 B"}, Row{999, "999 B"}, Row{1000, "1.0 kB"}, Row{81'920'000, "81.9 MB"},
                                         Row{999'960, "1.0 MB"}, Row{5'000'000'000, "5.0 GB"}));

}  // namespace
}  // namespace mailhaul
