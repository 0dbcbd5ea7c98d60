// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailhaul {
namespace {

using testing::HasSubstr;

/// `3:[a][b]` for each row, or what is wrong.
std::string shown(std::string_view text, char separator = ',') {
    const auto rows = csv_rows(text, separator);
    if (!rows.ok()) return rows.error().message;
    std::string all;
    for (const CsvRow& row : rows.value()) {
        all += (all.empty() ? "" : " ") + std::to_string(row.line) + ":";
        for (const std::string& field : row.fields) all += "[" + field + "]";
    }
    return all;
}

TEST(Csv, is_read_as_people_and_spreadsheets_write_it) {
    EXPECT_EQ(shown(""), "");
    EXPECT_EQ(shown("a,b"), "1:[a][b]");
    EXPECT_EQ(shown("a,b\r\nc,d\r\n"), "1:[a][b] 2:[c][d]");
    EXPECT_EQ(shown("\xEF\xBB\xBF"
                    "a;b\n",
                    ';'),
              "1:[a][b]");
    EXPECT_EQ(shown("\n# c\n\r\na,,b,\n"), "4:[a][][b][]");
    EXPECT_EQ(shown(" a , b \n"), "1:[ a ][ b ]") << "blanks may belong to a password";
    EXPECT_EQ(shown("\"a,b\",\"say \"\"hi\"\"\",\"\"\n"), "1:[a,b][say \"hi\"][]");
    EXPECT_EQ(shown("\"two\r\nlines\",x\nnext\n"), "1:[two\r\nlines][x] 3:[next]");
    EXPECT_EQ(shown("a\"b,c\n"), "1:[a\"b][c]") << "a quote in the middle is a character";
}

TEST(Csv, that_is_broken_names_the_line) {
    EXPECT_THAT(shown("a\n\"b\nc\n"), HasSubstr("line 2 has a quote that is never closed"));
    EXPECT_THAT(shown("a\n\"b\"c\n"), HasSubstr("line 2 has something behind a closing quote"));
    EXPECT_THAT(shown(std::string_view("a\nb\0\n", 5)), HasSubstr("line 2 holds a NUL octet"));
}

}  // namespace
}  // namespace mailhaul
