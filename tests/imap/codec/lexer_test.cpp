// SPDX-License-Identifier: Apache-2.0
// The words every parser is made of.
#include "imap/codec/lexer.hpp"

#include <gtest/gtest.h>

#include <array>

#include "imap/codec/number.hpp"
#include "imap/codec/number_set.hpp"

namespace mailhaul::imap {
namespace {

TEST(Number, is_clamped_where_servers_write_nonsense) {
    const auto number_in = [](std::string_view text) { return Lexer(text).number(); };
    EXPECT_EQ(number_in("12)"), 12u);
    EXPECT_EQ(number_in("  007 "), 7u);
    EXPECT_EQ(number_in("-1"), 0u);
    EXPECT_EQ(number_in("1.9"), 1u);
    EXPECT_EQ(number_in("1.5e+3"), 1500u);
    EXPECT_EQ(number_in("1e999"), highest_number);
    EXPECT_EQ(number_in("9223372036854775807"), highest_number);
    EXPECT_EQ(number_in("18446744073709551616"), highest_number);
    EXPECT_EQ(number_in("99999999999999999999999999999"), highest_number);
    for (const char* text : {"", "-", "x", "(", "NIL", ".5", "+5"}) EXPECT_EQ(number_in(text), std::nullopt) << text;
    EXPECT_EQ(Lexer("4294967296").number32(), 4294967295u);
}

TEST(Number, of_the_wire_has_63_bits) {
    EXPECT_EQ(number_from("9223372036854775807"), highest_number);
    EXPECT_EQ(number_from("9223372036854775808"), std::nullopt);
    EXPECT_EQ(number_from(""), std::nullopt);
    EXPECT_EQ(number_from("1 "), std::nullopt);
    EXPECT_EQ(number_from("-1"), std::nullopt);
}

TEST(String, is_read_with_the_escapes_there_are_and_those_forgotten) {
    const auto text_of = [](std::string_view text) {
        Lexer in(text);
        const auto value = in.string();
        return value ? value->text + "|" + std::string(in.rest()) : "nothing";
    };
    EXPECT_EQ(text_of("\"\" x"), "| x");
    EXPECT_EQ(text_of("\"a b\")"), "a b|)");
    EXPECT_EQ(text_of("\"a\\\"b\\\\c\""), "a\"b\\c|");
    EXPECT_EQ(text_of("\"C:\\dir\" x"), "C:\\dir| x");
    EXPECT_EQ(text_of("\"C:\\\""), "C:\\|");
    EXPECT_EQ(text_of("\"a\\\\\""), "a\\|");
    EXPECT_EQ(text_of("\"say \"yes\"\" x"), "say \"yes\"| x") << "the quote after yes ends nothing";
    EXPECT_EQ(text_of("\"a\"b"), "a|b");
    EXPECT_EQ(text_of("\"open"), "nothing");
    EXPECT_EQ(text_of("\"two\nlines\""), "nothing");
    EXPECT_EQ(text_of("{3}\r\nabcd"), "abc|d");
    EXPECT_EQ(text_of("{3+}\nabcd"), "abc|d");
    EXPECT_EQ(text_of("~{1}\r\n\""), "\"|");
    EXPECT_EQ(text_of("{0}\r\n"), "|");
    for (const char* text :
         {"{4}\r\nabc", "{}\r\n", "{3}", "{3", "{", "~", "~{", "{3}abc", "{99999999999999999999}\r\n", "atom"})
        EXPECT_EQ(text_of(text), "nothing") << text;
}

TEST(String, that_was_streamed_has_only_its_size) {
    const std::array<std::size_t, 1> streamed{5};
    Lexer in("{9}\r\n rest", streamed);
    const auto value = in.string();
    ASSERT_TRUE(value);
    EXPECT_TRUE(value->streamed);
    EXPECT_EQ(value->size, 9u);
    EXPECT_EQ(in.rest(), " rest");
}

TEST(Value, of_any_kind_is_skipped_whole) {
    for (const char* text :
         {"atom", "\"quoted )\"", "{2}\r\n)(", "(a (b \")\" {1}\r\n( c) NIL)", "()", "12", "((()))", "~{1}\r\n)"}) {
        Lexer in(text);
        EXPECT_TRUE(in.skip_value()) << text;
        EXPECT_TRUE(in.at_end()) << text;
    }
    for (const char* text : {"", ")", "\"open", "(\"open)", "(a {5}\r\nb)"}) {
        Lexer in(text);
        EXPECT_FALSE(in.skip_value()) << text;
        EXPECT_EQ(in.position(), 0u) << text;
    }
}

TEST(Word, is_accepted_in_any_case_and_only_whole) {
    Lexer in(" list\"x\"");
    EXPECT_FALSE(in.accept_word("LI"));
    EXPECT_FALSE(in.accept_word("LISTS"));
    EXPECT_TRUE(in.accept_word("LIST"));
    EXPECT_EQ(in.peek(), '"');
}

TEST(UidSequence, is_read_in_the_order_it_is_written) {
    const auto sequence = uid_sequence_from("12,9:7,4294967295");
    ASSERT_TRUE(sequence);
    EXPECT_EQ(sequence->expand(10), (std::vector<Uid>{Uid{12}, Uid{9}, Uid{8}, Uid{7}, Uid{4294967295}}));
    for (const char* text : {"", ",", "1,", ",1", "1:", ":1", "1:2:3", "0", "1:0", "*", "1:*", "4294967296", "1 2", "a"})
        EXPECT_EQ(uid_sequence_from(text), std::nullopt) << text;
}

TEST(UidSet, is_read_back_as_it_was_written) {
    UidSet set;
    for (const std::uint32_t uid : {1u, 2u, 3u, 9u, 4294967294u, 4294967295u}) set.insert(Uid{uid});
    EXPECT_EQ(uid_set_from(set.to_string()), set);
    EXPECT_EQ(uid_set_from("9,3:1,2")->to_string(), "1:3,9");
}

}  // namespace
}  // namespace mailhaul::imap
