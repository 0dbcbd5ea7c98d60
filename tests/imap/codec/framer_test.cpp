// SPDX-License-Identifier: Apache-2.0
// Where responses end: lines, literals, streamed bodies, and the bounds every peer is held to.
#include "imap/codec/framer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

#include "imap/codec/describe.hpp"

namespace mailhaul::imap {
namespace {

using namespace std::string_literals;
using testing::read_all;

/// Texts of the responses in `wire`, fed whole.
std::vector<std::string> texts(std::string_view wire) {
    Framer framer;
    framer.feed(wire);
    std::vector<std::string> out;
    while (true) {
        auto frame = framer.next();
        if (!frame.ok() || !frame->has_value()) return out;
        if (const auto* raw = std::get_if<RawResponse>(&**frame)) out.emplace_back(raw->text);
    }
}

std::string error_of(std::string_view wire, std::size_t chunk, Limits limits) {
    const auto lines = read_all(wire, chunk, limits);
    return lines.empty() || !lines.back().starts_with("error") ? "" : lines.back();
}

TEST(Framer, ends_a_response_at_the_line_end_it_gets) {
    EXPECT_EQ(texts("* 1 EXISTS\r\n* 2 EXISTS\n* 3 EXISTS\r\r\n"),
              (std::vector<std::string>{"* 1 EXISTS", "* 2 EXISTS", "* 3 EXISTS"}));
}

TEST(Framer, leaves_out_empty_lines_and_nul_padding_between_responses) {
    EXPECT_EQ(texts("\0\0* 1 EXISTS\r\n\r\n\n\0* 2 EXISTS\r\n"s), (std::vector<std::string>{"* 1 EXISTS", "* 2 EXISTS"}));
}

TEST(Framer, keeps_a_literal_in_its_response_whatever_it_holds) {
    EXPECT_EQ(texts("* LIST () NIL {12}\r\nA1 OK\r\n* {3}\r\n* 2 EXISTS\r\n"),
              (std::vector<std::string>{"* LIST () NIL {12}\r\nA1 OK\r\n* {3}", "* 2 EXISTS"}));
}

TEST(Framer, reads_every_spelling_of_a_literal) {
    EXPECT_EQ(texts("* X {2}\r\nab {2+}\r\ncd ~{2}\r\nef {0002}\ngh {0}\r\n\r\n").size(), 1u);
    EXPECT_EQ(texts("* X {2}a\r\n* X {a}\r\n* X {}\r\n* X {2\r\n* X 2}\r\n").size(), 5u);
}

TEST(Framer, never_finds_a_literal_in_text_for_people) {
    EXPECT_EQ(texts("* OK {5}\r\n* no {5}\r\n* BAD {5}\r\n* BYE {5}\r\n* PREAUTH {5}\r\n* [ALERT] {5}\r\n* OK[A] {5}\r\n"
                    "+ {5}\r\nA1 OK {5}\r\nA1 NO [X] {5}\r\n* 1 EXISTS\r\n")
                  .size(),
              11u);
}

TEST(Framer, respects_a_quoted_string_that_ends_in_braces) {
    EXPECT_EQ(texts("* LIST () NIL \"a {5}\"\r\n* 1 EXISTS\r\n").size(), 2u);
}

TEST(Framer, hands_out_a_response_that_lies_whole_in_the_input_without_copying_it) {
    const std::string wire = "* LIST () NIL {2}\r\nab\r\n";
    Framer framer;
    framer.feed(wire);
    auto frame = framer.next();
    ASSERT_TRUE(frame.ok() && frame->has_value());
    EXPECT_EQ(std::get<RawResponse>(**frame).text.data(), wire.data());
}

TEST(Framer, hands_out_body_octets_as_a_view_of_the_input) {
    const std::string wire = "* 1 FETCH (BODY[] {4}\r\nabcd)\r\n";
    Framer framer;
    framer.feed(wire);
    ASSERT_TRUE(std::holds_alternative<BodyBegin>(**framer.next()));
    const auto data = framer.next();
    EXPECT_EQ(std::get<BodyData>(**data).octets.data(), wire.data() + wire.find("abcd"));
}

struct BodyRow {
    const char* before;  ///< what stands before `{1}`
    bool streamed;
};

TEST(Framer, streams_exactly_the_whole_body_and_its_partial_forms) {
    constexpr BodyRow rows[] = {
        {"* 1 FETCH (BODY[]", true},          {"* 1 fetch (body[]", true},      {"* 1 FETCH (UID 5 BODY[]<0>", true},
        {"* 1 FETCH (BODY[]<1048576>", true}, {"* 1 FETCH (BODY[]<>", true},    {"* 1 FETCH (BODY.PEEK[]", true},
        {"*  1  FETCH  ( BODY[]  ", true},    {"* 7 UIDFETCH (BODY[]", true},   {"* 1 FETCH (BODY[HEADER]", false},
        {"* 1 FETCH (BODY[1]", false},        {"* 1 FETCH (BODY[TEXT]", false}, {"* 1 FETCH (BODY[]<a>", false},
        {"* 1 FETCH (XBODY[]", false},        {"* 1 FETCH (RFC822", false},     {"* 1 FETCH (BINARY[]", false},
        {"* X FETCH (BODY[]", false},         {"* LIST () NIL BODY[]", false},  {"* 99999999999 FETCH (BODY[]", false},
        {"* 1 EXISTS BODY[]", false},         {"* FETCH (BODY[]", false},
    };
    for (const auto& [before, streamed] : rows) {
        const auto lines = read_all(std::string(before) + " {1}\r\nx)\r\n", 1000);
        EXPECT_EQ(lines.front().starts_with("body of"), streamed) << before;
        EXPECT_EQ(lines.size(), streamed ? 2u : 1u) << before;
    }
}

TEST(Framer, tells_the_uid_of_a_body_only_where_the_response_has_said_it) {
    const auto uid_of = [](std::string_view before) {
        return read_all(std::string(before) + " BODY[] {1}\r\nx)\r\n", 1000).front();
    };
    EXPECT_EQ(uid_of("* 1 FETCH (UID 5"), "body of 1 uid=5 size=1 \"x\"");
    EXPECT_EQ(uid_of("* 1 FETCH (FLAGS (\\Seen) uid  5"), "body of 1 uid=5 size=1 \"x\"");
    EXPECT_EQ(uid_of("* 1 FETCH (BODY[HEADER] {7}\r\n UID 9  UID 5"), "body of 1 uid=5 size=1 \"x\"");
    EXPECT_EQ(uid_of("* 1 FETCH (X \"a UID 9 \\\" UID 8 \""), "body of 1 size=1 \"x\"");
    EXPECT_EQ(uid_of("* 1 FETCH (FLAGS (UID 9)"), "body of 1 size=1 \"x\"");
    EXPECT_EQ(uid_of("* 1 FETCH (X-UID 9"), "body of 1 size=1 \"x\"");
    EXPECT_EQ(uid_of("* 1 FETCH (UID 0"), "body of 1 size=1 \"x\"");
    EXPECT_EQ(uid_of("* 1 FETCH (UID 4294967297"), "body of 1 size=1 \"x\"");
}

TEST(Framer, tells_how_much_of_a_body_has_yet_to_come) {
    Framer framer;
    const auto feed = [&framer](std::string_view octets) {
        framer.feed(octets);
        while (true) {
            const auto frame = framer.next();
            ASSERT_TRUE(frame.ok());
            if (!frame.value()) return;
        }
    };
    EXPECT_EQ(framer.body_left(), 0U);
    feed("* 1 FETCH (UID 7 BODY[] {10}\r\n");
    EXPECT_EQ(framer.body_left(), 10U);
    feed("1234");
    EXPECT_EQ(framer.body_left(), 6U);
    feed("567890 FLAGS (");
    EXPECT_EQ(framer.body_left(), 0U);
    feed("))\r\n* 1 FETCH (UID 7 RFC822.HEADER {10}\r\n");
    EXPECT_EQ(framer.body_left(), 0U);  // kept, not streamed
}

TEST(Framer, announces_an_empty_body_too) {
    EXPECT_EQ(read_all("* 1 FETCH (BODY[] {0}\r\n UID 3)\r\n", 1000),
              (std::vector<std::string>{"body of 1 size=0 \"\"", "fetch 1 uid=3 []=streamed:0"}));
}

TEST(Framer, streams_every_body_of_a_response) {
    EXPECT_EQ(read_all("* 1 FETCH (BODY[]<0> {1}\r\na BODY[]<1> {1}\r\nb UID 3)\r\n", 1000),
              (std::vector<std::string>{"body of 1 origin=0 size=1 \"a\"", "body of 1 origin=1 size=1 \"b\"",
                                        "fetch 1 uid=3 []<0>=streamed:1 []<1>=streamed:1"}));
}

TEST(Framer, goes_on_after_a_literal_that_was_announced_a_line_end_too_short) {
    for (const std::size_t chunk : std::array{1uz, 1000uz}) {
        EXPECT_EQ(read_all("* 1 FETCH (BODY[] {1}\r\nx\r\n UID 5)\r\n* 2 EXISTS\r\n", chunk),
                  (std::vector<std::string>{"body of 1 size=1 \"x\"", "fetch 1 uid=5 []=streamed:1", "exists 2"}));
        EXPECT_EQ(read_all("* 1 FETCH (BODY[] {1}\r\nx\n)\r\n* 2 EXISTS\r\n", chunk).back(), "exists 2");
    }
}

TEST(Framer, takes_a_missing_parenthesis_after_a_literal_for_the_end_when_the_next_response_begins) {
    for (const std::size_t chunk : std::array{1uz, 1000uz})
        EXPECT_EQ(read_all("* 1 FETCH (UID 5 BODY[] {1}\r\nx\r\n* 2 EXISTS\r\n", chunk),
                  (std::vector<std::string>{"body of 1 uid=5 size=1 \"x\"", "fetch 1 uid=5 []=streamed:1", "exists 2"}));
}

TEST(Framer, is_idle_only_between_responses) {
    Framer framer;
    EXPECT_TRUE(framer.is_idle());
    framer.feed("A1 OK begin TLS\r\n");
    EXPECT_FALSE(framer.is_idle());
    ASSERT_TRUE(framer.next()->has_value());
    EXPECT_TRUE(framer.is_idle());
    ASSERT_FALSE(framer.next()->has_value());
    EXPECT_TRUE(framer.is_idle());
    framer.feed("A");
    ASSERT_FALSE(framer.next()->has_value());
    EXPECT_FALSE(framer.is_idle());
}

TEST(Framer, is_not_idle_while_injected_octets_wait_behind_the_answer) {
    Framer framer;
    framer.feed("A1 OK begin TLS\r\n* OK injected\r\n");
    ASSERT_TRUE(framer.next()->has_value());
    EXPECT_FALSE(framer.is_idle());
    EXPECT_EQ(framer.unread(), "* OK injected\r\n");
}

TEST(Framer, hands_over_what_it_has_not_looked_at) {
    Framer framer;
    framer.feed("A1 OK deflate\r\n\x4b\x4c");
    ASSERT_TRUE(framer.next()->has_value());
    EXPECT_EQ(framer.unread(), "\x4b\x4c");
}

TEST(Framer, ends_the_connection_at_an_endless_line) {
    Limits limits;
    limits.line = 100;
    const std::string endless(101, 'x');
    for (const std::size_t chunk : std::array{1uz, 7uz, 1000uz}) EXPECT_NE(error_of(endless, chunk, limits), "") << chunk;
    EXPECT_NE(error_of(endless + "\r\n", 1000, limits), "");
    EXPECT_EQ(error_of(std::string(98, 'x') + "\r\n", 1000, limits), "");
    EXPECT_NE(error_of("* X {3}\r\nabc" + endless, 9, limits), "");
}

TEST(Framer, keeps_an_endless_line_no_longer_than_its_bound) {
    Limits limits;
    limits.line = 1000;
    Framer framer(limits);
    const std::string piece(500, 'x');
    framer.feed(piece);
    ASSERT_TRUE(framer.next().ok());
    framer.feed(piece);
    ASSERT_TRUE(framer.next().ok());
    framer.feed(piece);
    ASSERT_FALSE(framer.next().ok());
    EXPECT_EQ(framer.next().error().code, Errc::protocol_violation);
    framer.feed("* OK back to normal\r\n");
    EXPECT_FALSE(framer.next().ok()) << "a broken bound costs the connection";
    EXPECT_FALSE(framer.is_idle());
}

TEST(Framer, ends_the_connection_at_a_literal_beyond_every_bound) {
    for (const char* size : {"2147483649", "4294967296", "9223372036854775808", "99999999999999999999999999"}) {
        EXPECT_NE(error_of("* X {" + std::string(size) + "}\r\n", 1000, {}), "") << size;
        EXPECT_NE(error_of("* 1 FETCH (BODY[] {" + std::string(size) + "}\r\n", 3, {}), "") << size;
    }
}

TEST(Framer, streams_a_body_far_larger_than_anything_it_keeps) {
    EXPECT_EQ(error_of("* 1 FETCH (BODY[] {2147483648}\r\n", 1000, {}), "");
}

TEST(Framer, skips_a_literal_that_is_too_long_to_keep_and_says_so) {
    Limits limits;
    limits.buffered_literal = 10;
    for (const std::size_t chunk : std::array{1uz, 5uz, 1000uz})
        EXPECT_EQ(
            read_all("* X {11}\r\n0123456789a {3}\r\nabc\r\n* 1 EXISTS\r\n", chunk, limits),
            (std::vector<std::string>{
                "unreadable \"* X {11}\\r\\n\": a literal of 11 octets is longer than 10, the most that is kept", "exists 1"}));
}

TEST(Framer, still_streams_the_body_of_a_response_it_cannot_keep) {
    Limits limits;
    limits.buffered_literal = 10;
    const auto lines =
        read_all("* 1 FETCH (BODY[HEADER] {11}\r\n0123456789a BODY[] {3}\r\nabc UID 4)\r\n* 1 EXISTS\r\n", 4, limits);
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[0], "body of 1 size=3 \"abc\"");
    EXPECT_TRUE(lines[1].starts_with("unreadable"));
    EXPECT_EQ(lines[2], "exists 1");
}

TEST(Framer, keeps_one_response_within_its_bound_however_many_literals_it_has) {
    Limits limits;
    limits.response = 100;
    std::string wire = "* X";
    for (int i = 0; i < 50; ++i) wire += " {5}\r\nabcde";
    const auto lines = read_all(wire + "\r\n* 1 EXISTS\r\n", 13, limits);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_TRUE(lines[0].ends_with("the response is longer than 100 octets, the most that is kept")) << lines[0];
    EXPECT_EQ(lines[1], "exists 1");
}

/// Octets that look like protocol more often than chance would make them.
rc::Gen<std::string> protocol_like() {
    const auto piece = rc::gen::element<std::string>(
        "* 1 FETCH (", "UID 7 ", "BODY[] {3}\r\n", "BODY[HEADER] {2}\r\n", "ab", "\r\n", "\n", ")", " ", "\"", "\\",
        "* OK {2}\r\n", "* LIST () \"/\" {4}\r\n", "FLAGS (\\Seen)", "~{1}\r\n", "{0}\r\n", "A1 OK done\r\n", "+ go\r\n",
        "* SEARCH 1 2", "\r", "* 5 EXISTS", std::string(1, '\0'), "BODY[]<5> {1+}\r\n");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const std::vector<std::string>& pieces) {
        std::string all;
        for (const auto& text : pieces) all += text;
        return all;
    });
}

TEST(Framer, gives_the_same_frames_however_the_octets_are_cut) {
    EXPECT_TRUE(rc::check("any chunking of any octets", [] {
        const std::string wire = *protocol_like();
        Limits small;
        small.line = 60;
        small.response = 120;
        small.buffered_literal = 3;
        for (const Limits& limits : {Limits{}, small}) {
            const auto whole = read_all(wire, wire.size() + 1, limits);
            RC_ASSERT(read_all(wire, 1, limits) == whole);
            RC_ASSERT(read_all(wire, [] { return *rc::gen::inRange<std::size_t>(1, 20); }, limits) == whole);
        }
    }));
}

}  // namespace
}  // namespace mailhaul::imap
