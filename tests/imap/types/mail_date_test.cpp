// SPDX-License-Identifier: Apache-2.0
#include "imap/types/mail_date.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mailhaul::imap {
namespace {

TEST(MailDate, IsReadAsItIsFound) {
    struct Row {
        const char* text;
        const char* date;  // empty: none
    };
    const std::vector<Row> rows{
        {"Thu, 26 Nov 2026 10:11:12 +0100", "26-Nov-2026 10:11:12 +0100"},
        {"26 Nov 2026 10:11:12 -0500 (EST)", "26-Nov-2026 10:11:12 -0500"},
        {"Thu, 6 Nov 2026 1:11:12 +0000", " 6-Nov-2026 01:11:12 +0000"},
        {"Thu, 26 Nov 26 10:11 GMT", "26-Nov-2026 10:11:00 +0000"},
        {"26 Nov 97 10.11.12", "26-Nov-1997 10:11:12 +0000"},
        {"Thu Nov 26 10:11:12 2026", "26-Nov-2026 10:11:12 +0000"},
        {"Thursday, November 26, 2026 10:11 PM", "26-Nov-2026 22:11:00 +0000"},
        {"November 26, 2026 12:11 AM", "26-Nov-2026 00:11:00 +0000"},
        {"2026/11/26 10:11:12", "26-Nov-2026 10:11:12 +0000"},
        {"11/26/26 10:11:12", "26-Nov-2026 10:11:12 +0000"},
        {"26-Nov-2026", "26-Nov-2026 11:11:11 +0000"},
        {"26-Nov-2026 10:11:12 +0200", "26-Nov-2026 10:11:12 +0200"},
        {"Nov 26 2026 10:11:12 CDT", "26-Nov-2026 10:11:12 +0000"},
        {"Thu, , 26  Nov 2026 10:11:12 +0100", "26-Nov-2026 10:11:12 +0100"},
        {"31 Feb 2026 10:11:12 +0000", ""},
        {"26 Nov 2026 25:11:12 +0000", ""},
        {"tomorrow", ""},
        {"", ""},
        {"13/45/99 1:2:3", ""},
        {"-", ""},
        {"99999999999999999999 Nov 2026", ""},
    };
    for (const Row& row : rows) {
        const auto date = parse_mail_date(row.text);
        EXPECT_EQ(date ? date->to_string() : "", row.date) << row.text;
    }
    EXPECT_FALSE(parse_mail_date(std::string(100'000, '(')));
}

}  // namespace
}  // namespace mailhaul::imap
