// SPDX-License-Identifier: Apache-2.0
// Names between servers of every style, one name per row.
#include <gtest/gtest.h>

#include <ostream>

#include "sync/mapping/trees.hpp"

namespace mailhaul::sync {
namespace {

struct Row {
    const char* name;
    Style from;
    Style to;
    const char* source;
    const char* destination;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class Translation : public testing::TestWithParam<Row> {};

TEST_P(Translation, carries_the_name_over) {
    const auto mapping = map_mailboxes(tree(GetParam().from, {GetParam().source}), tree(GetParam().to, {"INBOX"}), {});
    ASSERT_TRUE(mapping.ok());
    EXPECT_EQ(destinations(*mapping), GetParam().destination);
}

INSTANTIATE_TEST_SUITE_P(names, Translation,
                         testing::Values(
                             // INBOX is INBOX everywhere
                             Row{"INBOX from a prefix", maildir, slashes, "INBOX", "INBOX"},  //
                             Row{"INBOX to a prefix", slashes, maildir, "INBOX", "INBOX"},    //
                             Row{"INBOX in any case", slashes, maildir, "Inbox", "INBOX"},    //
                             // INBOX. and . to /
                             Row{"top level loses the prefix", maildir, slashes, "INBOX.A", "A"},                //
                             Row{"levels", maildir, slashes, "INBOX.A.B", "A/B"},                                //
                             Row{"slash in a name", maildir, slashes, "INBOX.A.b/c", "A/b_c"},                   //
                             Row{"prefix in another case", maildir, slashes, "Inbox.A", "A"},                    //
                             Row{"below INBOX below the prefix", maildir, slashes, "INBOX.INBOX.x", "INBOX/x"},  //
                             Row{"outside the prefix", maildir, slashes, "Other.A", "Other/A"},                  //
                             // / to INBOX. and .
                             Row{"top level gains the prefix", slashes, maildir, "A", "INBOX.A"},                   //
                             Row{"levels to points", slashes, maildir, "A/B", "INBOX.A.B"},                         //
                             Row{"point in a name", slashes, maildir, "A/b.c", "INBOX.A.b_c"},                      //
                             Row{"below INBOX", slashes, maildir, "INBOX/Sub", "INBOX.INBOX.Sub"},                  //
                             Row{"below inbox in another case", slashes, maildir, "inbox/Sub", "INBOX.INBOX.Sub"},  //
                             // the same style on both sides changes nothing
                             Row{"maildir to maildir", maildir, maildir, "INBOX.A.b/c", "INBOX.A.b/c"},                //
                             Row{"slashes to slashes", slashes, slashes, "A/b.c", "A/b.c"},                            //
                             Row{"below INBOX stays", slashes, slashes, "INBOX/child", "INBOX/child"},                 //
                             Row{"INBOX below the prefix stays", maildir, maildir, "INBOX.INBOX.x", "INBOX.INBOX.x"},  //
                             // no NAMESPACE on one side
                             Row{"poor to maildir", poor, maildir, "A/B", "INBOX.A.B"},                   //
                             Row{"maildir to poor", maildir, poor, "INBOX.A.b/c", "A/b_c"},               //
                             Row{"poor to slashes", poor, slashes, "A.b/c", "A.b/c"},                     //
                             Row{"slashes to poor", slashes, poor, "A.b/c", "A.b/c"},                     //
                             Row{"points without prefix", points, slashes, "INBOX.Sub", "INBOX/Sub"},     //
                             Row{"to points without prefix", slashes, points, "INBOX/Sub", "INBOX.Sub"},  //
                             Row{"to bars", slashes, bars, "A/b|c", "A|b_c"},                             //
                             Row{"from bars", bars, maildir, "A|b.c/d", "INBOX.A.b_c/d"},                 //
                             // every character that the lab has in a name
                             Row{"umlaut", maildir, slashes, "INBOX.Entwürfe", "Entwürfe"},                        //
                             Row{"umlaut beside a separator", slashes, maildir, "ü.ü/ß", "INBOX.ü_ü.ß"},           //
                             Row{"Japanese", slashes, maildir, "日本語/メール/受信", "INBOX.日本語.メール.受信"},  //
                             Row{"emoji", slashes, maildir, "😀 emoji", "INBOX.😀 emoji"},                         //
                             Row{"ampersand", slashes, maildir, "Été & Co", "INBOX.Été & Co"},                     //
                             Row{"looks encoded", slashes, maildir, "&AOk-", "INBOX.&AOk-"},                       //
                             Row{"decomposed stays decomposed", slashes, maildir, "e\u0301 decomposed",
                                 "INBOX.e\u0301 decomposed"},
                             Row{"quotes", slashes, maildir, "with \"quotes\"", "INBOX.with \"quotes\""},                 //
                             Row{"backslash", slashes, maildir, "back\\slash", "INBOX.back\\slash"},                      //
                             Row{"wildcards", slashes, maildir, "per%cent*", "INBOX.per%cent*"},                          //
                             Row{"tilde", maildir, slashes, "INBOX.~tilde", "~tilde"},                                    //
                             Row{"blanks", slashes, maildir, " leading  two ", "INBOX. leading  two "},                   //
                             Row{"points", slashes, maildir, "a.b.c", "INBOX.a_b_c"},                                     //
                             Row{"nine levels", slashes, maildir, "Deep/1/2/3/4/5/6/7/8", "INBOX.Deep.1.2.3.4.5.6.7.8"},  //
                             // levels that say nothing
                             Row{"empty level", slashes, maildir, "A//B", "INBOX.A._.B"},         //
                             Row{"separator at the end", slashes, maildir, "A/", "INBOX.A"},      //
                             Row{"separator at the start", slashes, maildir, "/A", "INBOX._.A"},  //
                             Row{"the prefix alone", maildir, slashes, "INBOX.", "_"}));

std::string raw_destination(const Style& from, const Style& to, const std::string& raw) {
    MailboxTree source = tree(from, {});
    source.mailboxes.push_back(mailbox("", from.separator));
    source.mailboxes.back().name = imap::MailboxName(raw);
    const auto mapping = map_mailboxes(source, tree(to, {}), {});
    return mapping.ok() && mapping->mailboxes.size() == 1 ? mapping->mailboxes.front().destination.raw() : "?";
}

TEST(Translating, keeps_the_octets_of_a_name_that_is_not_modified_utf7) {
    EXPECT_EQ(raw_destination(slashes, maildir, "R&D/a.b"), "INBOX.R&D.a_b");
    EXPECT_EQ(raw_destination(slashes, maildir,
                              "Gr\xFC\xDF"
                              "e.x"),
              "INBOX.Gr\xFC\xDF"
              "e_x");
}

TEST(Translating, writes_a_replaced_character_in_valid_modified_utf7) {
    EXPECT_EQ(raw_destination(slashes, maildir, "&APw-.&APw-"), "INBOX.&APw-_&APw-");
}

TEST(Translating, never_puts_the_separator_into_a_level_even_where_the_encoding_would) {
    EXPECT_EQ(raw_destination(slashes, Style{"", 'A'}, "&AOk-"), "_");
    EXPECT_EQ(raw_destination(slashes, Style{"", '-'}, "R&-D"), "R_D");
}

TEST(Translating, uses_the_replacement_asked_for_unless_it_is_the_separator) {
    MappingRules rules;
    rules.separator_replacement = '-';
    EXPECT_EQ(destinations(*map_mailboxes(tree(slashes, {"a.b"}), tree(maildir, {}), rules)), "INBOX.a-b");
    rules.separator_replacement = '.';
    EXPECT_EQ(destinations(*map_mailboxes(tree(slashes, {"a.b"}), tree(maildir, {}), rules)), "INBOX.a_b");
}

TEST(Translating, takes_the_operators_word_for_prefix_and_separator) {
    MappingRules rules;
    rules.prefix_source = "";
    rules.separator_source = ".";
    rules.prefix_destination = "mail";
    rules.separator_destination = "/";
    EXPECT_EQ(destinations(*map_mailboxes(tree(maildir, {"INBOX.A"}), tree(points, {}), rules)), "mail/INBOX/A");
}

// --- what a server without NAMESPACE is taken for

struct Guess {
    const char* name;
    const char* mailboxes;
    const char* destinations;  ///< on a server of slashes
};
std::ostream& operator<<(std::ostream& out, const Guess& row) { return out << row.name; }

class WithoutNamespace : public testing::TestWithParam<Guess> {};

TEST_P(WithoutNamespace, the_names_tell_prefix_and_separator) {
    MailboxTree source = tree({"", '/', false}, split(GetParam().mailboxes));
    for (imap::MailboxInfo& info : source.mailboxes) info.separator.reset();
    EXPECT_EQ(destinations(*map_mailboxes(source, tree(slashes, {}), {})), GetParam().destinations);
}

INSTANTIATE_TEST_SUITE_P(guesses, WithoutNamespace,
                         testing::Values(Guess{"all below INBOX.", "INBOX, INBOX.A, INBOX.A.B", "INBOX, A, A/B"},
                                         Guess{"some below INBOX.", "INBOX, INBOX.A, C.D", "INBOX, C/D, INBOX/A"},
                                         Guess{"all below INBOX/", "INBOX, INBOX/A", "INBOX, A"},
                                         Guess{"slashes are more", "A/B, C/D, e.f", "A/B, C/D, e.f"},
                                         Guess{"points are more", "A.B, C.D, e/f", "A/B, C/D, e_f"},
                                         Guess{"backslashes", "A\\B", "A/B"},  //
                                         Guess{"nothing to tell", "A, B", "A, B"}));

TEST(Translating, a_prefix_guessed_after_the_first_pass_changes_no_name) {
    const MailboxTree source = tree(slashes, {"INBOX", "INBOX/a", "INBOX/b"});
    const std::string first = shown(*map_mailboxes(source, tree(poor, {"INBOX"}), {}));
    EXPECT_EQ(shown(*map_mailboxes(source, tree(poor, {"INBOX", "INBOX/a", "INBOX/b"}), {})), first);
}

// --- collisions

struct Collision {
    const char* name;
    Style from;
    Style to;
    const char* sources;
    const char* mapping;
};
std::ostream& operator<<(std::ostream& out, const Collision& row) { return out << row.name; }

class Collisions : public testing::TestWithParam<Collision> {};

TEST_P(Collisions, give_a_suffix_to_the_name_that_had_to_change) {
    const auto mapping = map_mailboxes(tree(GetParam().from, split(GetParam().sources)), tree(GetParam().to, {}), {});
    ASSERT_TRUE(mapping.ok());
    EXPECT_EQ(shown(*mapping), GetParam().mapping);
    EXPECT_FALSE(mapping->warnings.empty());
}

INSTANTIATE_TEST_SUITE_P(
    names, Collisions,
    testing::Values(Collision{"changed and unchanged", slashes, points, "a.b, a_b", "a.b→a_b_2, a_b→a_b"},
                    Collision{"unchanged first", slashes, points, "a_b, a_b_2, a.b", "a.b→a_b_3, a_b→a_b, a_b_2→a_b_2"},
                    Collision{"two changed", maildir, Style{"", '|'}, "INBOX.a|b, INBOX.a_b, INBOX.a_b_2",
                              "INBOX.a_b→a_b, INBOX.a_b_2→a_b_2, INBOX.a|b→a_b_3"},
                    Collision{"children follow their parent", slashes, points, "a.b/c, a_b/c", "a.b/c→a_b_2.c, a_b/c→a_b.c"},
                    Collision{"parents that are not listed count", slashes, points, "a.b, a.b/x, a_b/x, a_b",
                              "a.b→a_b_2, a.b/x→a_b_2.x, a_b→a_b, a_b/x→a_b.x"},
                    Collision{"INBOX below the prefix", maildir, slashes, "INBOX, INBOX.INBOX, INBOX.INBOX.x",
                              "INBOX→INBOX, INBOX.INBOX→INBOX_2, INBOX.INBOX.x→INBOX/x"},
                    Collision{"with a separator at the end", slashes, slashes, "a, a/", "a→a, a/→a_2"}));

TEST(Translating, INBOX_below_the_prefix_keeps_its_name_where_there_is_a_prefix_too) {
    const auto mapping = map_mailboxes(tree(maildir, {"INBOX", "INBOX.INBOX"}), tree(maildir, {}), {});
    EXPECT_EQ(shown(*mapping), "INBOX→INBOX, INBOX.INBOX→INBOX.INBOX");
}

TEST(Translating, a_name_does_not_depend_on_what_else_is_chosen) {
    MappingRules rules;
    rules.folders = {"a.b"};
    EXPECT_EQ(shown(*map_mailboxes(tree(slashes, {"a.b", "a_b"}), tree(points, {}), rules)), "a.b→a_b_2");
}

TEST(Translating, warns_of_each_name_it_had_to_change) {
    const auto mapping = map_mailboxes(tree(slashes, {"a.b", "a_b", "c.d", "e"}), tree(points, {}), {});
    EXPECT_EQ(mapping->warnings,
              (std::vector<std::string>{"\"a.b\" becomes \"a_b_2\": \"a_b\" is another mailbox's name already",
                                        "\"c.d\" becomes \"c_d\": `.` separates levels on the destination"}));
}

}  // namespace
}  // namespace mailhaul::sync
