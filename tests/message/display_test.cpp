// SPDX-License-Identifier: Apache-2.0
// What people are shown of a message: decoded where it can be, harmless always.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ostream>

#include "message/charset.hpp"
#include "message/fingerprint.hpp"

namespace mailhaul::message {
namespace {

struct Row {
    const char* name;
    std::string subject;
    std::string shown;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class Subject : public testing::TestWithParam<Row> {};

TEST_P(Subject, is_shown_decoded_on_one_line) {
    EXPECT_EQ(display_subject("From: x\r\nSubject: " + GetParam().subject + "\r\n\r\n"), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(subjects, Subject,
                         testing::Values(Row{"plain", "Hello", "Hello"},                                                     //
                                         Row{"empty", "", ""},                                                               //
                                         Row{"folded", "one\r\n\ttwo\r\n three", "one two three"},                           //
                                         Row{"Q", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_1?= end", "Grüße 1 end"},                       //
                                         Row{"q in lower case", "=?utf-8?q?=c3=bc?=", "ü"},                                  //
                                         Row{"B", "=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"},                                      //
                                         Row{"B without padding", "=?utf-8?B?R3LDvMOfZQ?=", "Grüße"},                        //
                                         Row{"with a language", "=?utf-8*de?Q?=C3=BC?=", "ü"},                               //
                                         Row{"ISO-8859-1", "=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"},                           //
                                         Row{"ISO-8859-1 that is windows-1252", "=?iso-8859-1?Q?=80?=", "€"},                //
                                         Row{"ISO-8859-15", "=?ISO-8859-15?Q?=A4?=", "€"},                                   //
                                         Row{"windows-1252", "=?Windows-1252?Q?=93x=94?=", "“x”"},                           //
                                         Row{"us-ascii", "=?us-ascii?Q?x?=", "x"},                                           //
                                         Row{"through iconv", "=?koi8-r?B?8NLJ18XU?=", "Привет"},                            //
                                         Row{"stateful charset", "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"},              //
                                         Row{"blanks between words vanish", "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"},        //
                                         Row{"blanks beside words stay", "a =?utf-8?Q?b?= c", "a b c"},                      //
                                         Row{"character split between words", "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"},       //
                                         Row{"words side by side", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},                      //
                                         Row{"two charsets", "=?iso-8859-1?Q?=FC?= =?utf-8?Q?=C3=BC?=", "üü"},               //
                                         Row{"unknown charset", "=?x-nonsense?Q?a?=", "=?x-nonsense?Q?a?="},                 //
                                         Row{"charset that is a path", "=?../x//TRANSLIT?Q?a?=", "=?../x//TRANSLIT?Q?a?="},  //
                                         Row{"octets not of the charset", "=?utf-8?Q?=FF?=", "=?utf-8?Q?=FF?="},             //
                                         Row{"base64 that is none", "=?utf-8?B?!!!?=", "=?utf-8?B?!!!?="},                   //
                                         Row{"word without end", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},                          //
                                         Row{"raw UTF-8",
                                             "Gr\xC3\xBC\xC3\x9F"
                                             "e",
                                             "Grüße"},  //
                                         Row{"raw windows-1252",
                                             "Gr\xFC\xDF"
                                             "e",
                                             "Grüße"},                                             //
                                         Row{"controls", "a\x1B[2Jb\x7F", "a?[2Jb?"},              //
                                         Row{"encoded line ends", "=?utf-8?Q?a=0D=0Ab?=", "a b"},  //
                                         Row{"encoded NUL", "=?utf-8?Q?a=00b?=", "a?b"},           //
                                         Row{"turned direction", "=?utf-8?Q?=E2=80=AEx?=", "?x"}));

TEST(LongSubject, is_cut_to_code_points_with_a_mark) {
    EXPECT_EQ(display_subject("Subject: abcdef\n", 6), "abcdef");
    EXPECT_EQ(display_subject("Subject: abcdefg\n", 6), "abcde…");
    EXPECT_EQ(display_subject("Subject: üüüü\n", 3), "üü…");
    EXPECT_EQ(display_subject("Subject: ab\n", 1), "…");
    EXPECT_EQ(display_subject("Subject: ab\n", 0), "");
}

TEST(LongSubject, is_empty_where_there_is_none) {
    EXPECT_EQ(display_subject(""), "");
    EXPECT_EQ(display_subject("From: x\r\n\r\nSubject: in the body\r\n"), "");
}

TEST(MessageId, is_shown_as_written) {
    EXPECT_EQ(display_message_id("MESSAGE-ID:\r\n <Abc@Example> \r\n\r\n"), "<Abc@Example>");
    EXPECT_EQ(display_message_id("Subject: x\r\n\r\n"), "");
    EXPECT_EQ(display_message_id("Message-ID: <a\x1B@b>\r\n"), "<a?@b>");
}

RC_GTEST_PROP(Display, is_one_line_of_utf8_whatever_the_header, (const std::string& octets)) {
    const auto piece =
        rc::gen::element<std::string>("=?", "?=", "utf-8", "?Q?", "?B?", "iso-2022-kr", "=C3", "_", " ", "\r\n ");
    const auto pieces = *rc::gen::container<std::vector<std::string>>(piece);
    std::string header = "Subject: ";
    for (const std::string& text : pieces) header += text;
    const std::string shown = display_subject(header + octets, 40);
    RC_ASSERT(is_utf8(shown));
    RC_ASSERT(!shown.contains('\n'));
}

}  // namespace
}  // namespace mailhaul::message
