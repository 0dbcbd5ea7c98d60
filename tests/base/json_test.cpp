// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <gtest/gtest.h>

namespace mailhaul {
namespace {

struct Row {
    std::string text;
    std::string json;
};
class JsonString : public testing::TestWithParam<Row> {};
TEST_P(JsonString, is_valid_whatever_the_octets) { EXPECT_EQ(json_string(GetParam().text), GetParam().json); }

INSTANTIATE_TEST_SUITE_P(table, JsonString,
                         testing::Values(Row{"", R"("")"}, Row{"a\"b\\c", R"("a\"b\\c")"}, Row{"\r\n\t", R"("\r\n\t")"},
                                         Row{std::string("\0\x1b\x7f", 3), R"("\u0000\u001b\u007f")"},
                                         Row{"Entw\xC3\xBCrfe \xF0\x9F\x93\xA7", "\"Entw\xC3\xBCrfe \xF0\x9F\x93\xA7\""},
                                         Row{"latin1 \xFC!", "\"latin1 \xEF\xBF\xBD!\""},
                                         Row{"cut \xE2\x82", "\"cut \xEF\xBF\xBD\xEF\xBF\xBD\""},
                                         Row{"overlong \xC0\xAF", "\"overlong \xEF\xBF\xBD\xEF\xBF\xBD\""},
                                         Row{"surrogate \xED\xA0\x80", "\"surrogate \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""}));

TEST(JsonObject, keeps_the_order_of_its_fields) {
    JsonObject object;
    object.text("b", "x").number("a", 18'446'744'073'709'551'615ULL).flag("c", true).texts("d", {"1", "2"}).json("e", "{}");
    EXPECT_EQ(object.str(), R"({"b":"x","a":18446744073709551615,"c":true,"d":["1","2"],"e":{}})");
}

}  // namespace
}  // namespace mailhaul
