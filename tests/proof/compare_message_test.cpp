// SPDX-License-Identifier: Apache-2.0
#include "proof/compare_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mailhaul::proof {
namespace {

MessageShape shape_of(std::string_view text, std::size_t piece = 3) {
    ShapeReader reader;
    for (std::size_t at = 0; at < text.size(); at += piece) reader.update(text.substr(at, piece));
    return reader.finish();
}

struct Row {
    const char* name;
    std::string source;
    std::string destination;
    Verdict verdict;
    std::vector<std::string> header_lines;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Compare : public testing::TestWithParam<Row> {};

TEST_P(Compare, says_what_differs) {
    const Comparison found = compare(shape_of(GetParam().source), shape_of(GetParam().destination));
    EXPECT_EQ(to_string(found.verdict), to_string(GetParam().verdict));
    EXPECT_EQ(found.header_lines, GetParam().header_lines);
}

INSTANTIATE_TEST_SUITE_P(
    table, Compare,
    testing::Values(
        Row{"the same", "A: 1\r\n\r\nx\r\n", "A: 1\r\n\r\nx\r\n", Verdict::proven, {}},
        Row{"nothing at all", "", "", Verdict::proven, {}},
        Row{"one octet of the text", "A: 1\r\n\r\nxy\r\n", "A: 1\r\n\r\nxz\r\n", Verdict::different, {}},
        Row{"a blank at the end of a line", "A: 1\r\n\r\nx\r\ny", "A: 1\r\n\r\nx \r\ny", Verdict::different, {}},
        Row{"LF became CRLF", "A: 1\n\nx\ny\n", "A: 1\r\n\r\nx\r\ny\r\n", Verdict::other_line_ends, {}},
        Row{"CR became CRLF in the text", "A: 1\r\n\r\nx\ry", "A: 1\r\n\r\nx\r\ny", Verdict::other_line_ends, {}},
        Row{"a last line end was added", "A: 1\r\n\r\nx", "A: 1\r\n\r\nx\r\n", Verdict::other_line_ends, {}},
        Row{"an empty line within the text is no line end",
            "A: 1\r\n\r\nx\r\ny",
            "A: 1\r\n\r\nx\r\n\r\ny",
            Verdict::different,
            {}},
        Row{"a header was added", "A: 1\r\n\r\nx", "X-New: 2\r\nA: 1\r\n\r\nx", Verdict::other_headers, {"added X-New"}},
        Row{"one changed, one missing",
            "A: 1\r\nB: 2\r\n\r\nx",
            "A: 3\r\n\r\nx",
            Verdict::other_headers,
            {"changed A", "missing B"}},
        Row{"another of the same name", "R: 1\r\n\r\nx", "R: 0\r\nR: 1\r\n\r\nx", Verdict::other_headers, {"added R"}},
        Row{"order alone", "A: 1\r\nB: 2\r\n\r\nx", "B: 2\r\nA: 1\r\n\r\nx", Verdict::other_headers, {"order of the lines"}},
        Row{"header and line ends", "A: 1\n\nx\ny", "A: 1\r\nB: 2\r\n\r\nx\r\ny", Verdict::other_headers, {"added B"}},
        Row{"header and text", "A: 1\r\n\r\nx", "A: 2\r\n\r\ny", Verdict::different, {}},
        Row{"no header", "\r\nx", "\r\ny", Verdict::different, {}},
        Row{"a line that is no field",
            "A: 1\r\njunk\r\n\r\nx",
            "A: 1\r\n\r\nx",
            Verdict::other_headers,
            {"lines that are no header fields"}},
        Row{"a name that would steer a terminal",
            "A: 1\r\n\r\nx",
            "A: 1\r\nX\x1b: 1\r\n\r\nx",
            Verdict::other_headers,
            {"lines that are no header fields"}}));

TEST(Compare, of_a_header_too_long_to_keep_tells_no_names_and_no_lie) {
    const std::string much = "A: " + std::string(longest_kept_header, 'x') + "\r\n";
    EXPECT_EQ(compare(shape_of(much + "\r\nx", 4096), shape_of(much + "B: 1\r\n\r\nx", 4096)).verdict, Verdict::other_headers);
    EXPECT_EQ(compare(shape_of(much + "\r\nx", 4096), shape_of(much + "\r\ny", 4096)).verdict, Verdict::different);
}

RC_GTEST_PROP(MessageShape, does_not_depend_on_the_pieces_it_was_read_in, ()) {
    const auto text = *rc::gen::container<std::string>(rc::gen::element('\r', '\n', 'a', ':'));
    const auto piece = *rc::gen::inRange<std::size_t>(1, 9);
    const MessageShape whole = shape_of(text, text.size() + 1);
    const MessageShape pieces = shape_of(text, piece);
    RC_ASSERT(whole.octets == pieces.octets);
    RC_ASSERT(whole.header == pieces.header);
    RC_ASSERT(whole.text == pieces.text);
    RC_ASSERT(whole.header_octets == pieces.header_octets);
}

}  // namespace
}  // namespace mailhaul::proof
