// SPDX-License-Identifier: Apache-2.0
// What a mailbox is called where the destination refuses its name.
#include <gtest/gtest.h>

#include <ostream>

#include "sync/mapping/fallback_names.hpp"
#include "sync/mapping/trees.hpp"

namespace mailhaul::sync {
namespace {

struct Row {
    const char* name;
    const char* destination;
    const char* fallback;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class Fallback : public testing::TestWithParam<Row> {};

TEST_P(Fallback, is_made_of_what_every_server_takes) {
    const auto names = fallback_names({imap::utf7_from_utf8(GetParam().destination)}, {"", '/', false});
    EXPECT_EQ(imap::utf8_from_utf7(names.front()), GetParam().fallback);
}

INSTANTIATE_TEST_SUITE_P(names, Fallback,
                         testing::Values(Row{"plain", "Archive/2019-05_x y", "Archive/2019-05_x y"},  //
                                         Row{"INBOX", "INBOX", "INBOX"},                              //
                                         Row{"letters of any script", "Entwürfe/日本語/Привет/e\u0301",
                                             "Entwürfe/日本語/Привет/e\u0301"},
                                         Row{"emoji", "😀 emoji", "_ emoji"},                //
                                         Row{"quotes", "with \"quotes\"", "with _quotes_"},  //
                                         Row{"backslash", "back\\slash", "back_slash"},      //
                                         Row{"wildcards", "per%cent*", "per_cent_"},         //
                                         Row{"tilde", "~tilde", "_tilde"},                   //
                                         Row{"brackets", "(a)[b]{3}<c>", "_a__b__3__c_"},    //
                                         Row{"blanks", " leading  two ", "_leading _two_"},  //
                                         Row{"ampersand", "Été & Co", "Été _ Co"},           //
                                         Row{"points", "a.b.c", "a_b_c"},                    //
                                         Row{"others", "semi;colon,comma!`|'#", "semi_colon_comma_____"},
                                         Row{"control",
                                             "a\x01"
                                             "b",
                                             "a_b"},  //
                                         Row{"below INBOX", "INBOX/child/x", "INBOX_child/x"}));

TEST(FallbackNames, differ_from_each_other_and_from_every_name) {
    EXPECT_EQ(fallback_names({"a%", "a*", "a_", "a__2"}, {"", '/', false}),
              (std::vector<std::string>{"a__3", "a__4", "a_", "a__2"}));
}

TEST(FallbackNames, of_equal_names_are_equal) {
    EXPECT_EQ(fallback_names({"a%", "a%"}, {"", '/', false}), (std::vector<std::string>{"a_", "a_"}));
}

TEST(FallbackNames, keep_children_below_their_parent) {
    EXPECT_EQ(fallback_names({"a%", "a*", "a*/x", "a*/x/y!"}, {"", '/', false}),
              (std::vector<std::string>{"a_", "a__2", "a__2/x", "a__2/x/y_"}));
}

TEST(FallbackNames, keep_the_prefix) {
    EXPECT_EQ(fallback_names({"INBOX.a%.b", "INBOX.INBOX.x"}, {"INBOX.", '.', false}),
              (std::vector<std::string>{"INBOX.a_.b", "INBOX.INBOX.x"}));
}

TEST(FallbackNames, of_octets_in_no_known_encoding_are_ascii) {
    EXPECT_EQ(fallback_names({"Gr\xFC"
                              "e",
                              "R&D"},
                             {"", '/', false}),
              (std::vector<std::string>{"Gr_e", "R_D"}));
}

}  // namespace
}  // namespace mailhaul::sync
