// SPDX-License-Identifier: Apache-2.0
// Headers as mail has them, one malformation per row.
#include "message/header_scan.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ostream>
#include <string>

namespace mailhaul::message {
namespace {

struct Row {
    const char* name;
    std::string header;
    std::string fields;  ///< `name=value;` each, line ends shown as `|`
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

std::string shown(std::string_view header) {
    std::string text;
    for (const HeaderField& field : scan_header(header)) {
        text += std::string(field.name) + "=";
        for (const char c : field.value) text += c == '\r' || c == '\n' ? "|" : std::string(1, c);
        text += ";";
    }
    return text;
}

class Scanning : public testing::TestWithParam<Row> {};

TEST_P(Scanning, finds_the_fields_of_any_header) { EXPECT_EQ(shown(GetParam().header), GetParam().fields); }

INSTANTIATE_TEST_SUITE_P(headers, Scanning,
                         testing::Values(Row{"plain", "A: 1\r\nB: 2\r\n\r\nC: 3\r\n", "A= 1;B= 2;"},                    //
                                         Row{"line feeds only", "A: 1\nB: 2\n\nC: 3\n", "A= 1;B= 2;"},                  //
                                         Row{"mixed line ends", "A: 1\nB: 2\r\n\nC: 3", "A= 1;B= 2;"},                  //
                                         Row{"no end", "A: 1\r\nB: 2", "A= 1;B= 2;"},                                   //
                                         Row{"empty", "", ""},                                                          //
                                         Row{"no header", "\r\nA: 1\r\n", ""},                                          //
                                         Row{"folded", "A: 1\r\n\t2\r\n 3\r\nB: 4\r\n", "A= 1||\t2|| 3;B= 4;"},         //
                                         Row{"value on the next line", "A:\r\n 1\r\n", "A=|| 1;"},                      //
                                         Row{"fold of blanks only", "A: 1\r\n  \r\nB: 2\r\n", "A= 1||  ;B= 2;"},        //
                                         Row{"continuation of nothing", " x\r\nA: 1\r\n", "A= 1;"},                     //
                                         Row{"line without colon", "A: 1\r\njunk\r\n more\r\nB: 2\r\n", "A= 1;B= 2;"},  //
                                         Row{"mbox line", "From a@b Mon May  5 10:00:00 2014\r\nA: 1\r\n", "A= 1;"},    //
                                         Row{"quoted mbox line", ">From a@b\nA: 1\n", "A= 1;"},                         //
                                         Row{"mbox line later is no field", "A: 1\nFrom a 10:00\nB: 2\n", "A= 1;B= 2;"},
                                         Row{"blank before the colon", "A : 1\r\nB\t: 2\r\n", "A= 1;B= 2;"},  //
                                         Row{"no name", ": 1\r\nB: 2\r\n", "B= 2;"},                          //
                                         Row{"name of 8-bit octets", "\xC3\x9C: 1\r\nB: 2\r\n", "B= 2;"},     //
                                         Row{"colons in the value", "A:1:2\r\n", "A=1:2;"},                   //
                                         Row{"bare CR is content", "A: 1\r2\r\nB: 3\r\n", "A= 1|2;B= 3;"}));

TEST(HeaderScan, stops_at_the_number_of_fields_asked_for) {
    EXPECT_EQ(scan_header("A: 1\nB: 2\nC: 3\n", 2).size(), 2U);
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += "A: 1\n";
    EXPECT_EQ(scan_header(many).size(), 10'000U);
}

TEST(HeaderScan, counts_the_empty_line_to_the_header) {
    EXPECT_EQ(header_length("A: 1\r\n\r\nbody"), 8U);
    EXPECT_EQ(header_length("A: 1\n\nbody"), 6U);
    EXPECT_EQ(header_length("\r\nbody"), 2U);
    EXPECT_EQ(header_length("A: 1\r\nno end"), 12U);
    EXPECT_EQ(header_length(""), 0U);
}

RC_GTEST_PROP(HeaderScan, fields_lie_inside_the_input_in_order, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::element('\r', '\n', ':', ' ', '\t', 'A', 'b', '\0'), rc::gen::arbitrary<char>()));
    const std::string_view header = text;
    const char* position = header.data();
    for (const HeaderField& field : scan_header(header)) {
        RC_ASSERT(field.name.data() >= position);
        RC_ASSERT(!field.name.empty());
        RC_ASSERT(field.value.data() >= field.name.data() + field.name.size());
        position = field.value.data() + field.value.size();
        RC_ASSERT(position <= header.data() + header_length(header));
    }
}

}  // namespace
}  // namespace mailhaul::message
