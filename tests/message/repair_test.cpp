// SPDX-License-Identifier: Apache-2.0
// What repair mends, what it leaves, and the laws: nothing but line ends and NUL changes, and once is enough.
#include "message/repair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "message/message_id.hpp"

namespace mailhaul::message {
namespace {

using namespace std::string_literals;

std::string many(std::size_t count, char octet = 'x') { return std::string(count, octet); }

struct Row {
    const char* what;
    std::string message;
    std::string repaired;  ///< empty: nothing can be mended
    const char* mended;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.what; }

const std::string head = "A: 1\r\n\r\n";

const std::vector<Row> rows{
    {"a message as it should be", head + "x\r\n", "", ""},
    {"nothing at all", "", "", ""},
    {"LF becomes CRLF everywhere", "A: 1\nB: 2\n\nx\ny\n", "A: 1\r\nB: 2\r\n\r\nx\r\ny\r\n", "bare LF"},
    {"CRLF beside LF stays", "A: 1\r\n\r\nx\ny\r\n", head + "x\r\ny\r\n", "bare LF"},
    {"CR in the text is a line end", head + "x\ry\r\rz\r\n", head + "x\r\ny\r\n\r\nz\r\n", "bare CR"},
    {"several CR before one LF are one line end", head + "x\r\r\ny\r\r\r\n", head + "x\r\ny\r\n", "bare CR"},
    {"CR inside a header line stays", "A: 1\rB: 2\r\n\r\nx\r\n", "", ""},
    {"CR at the end of a header line goes", "A: 1\r\r\n\r\nx\r\n", head + "x\r\n", "bare CR"},
    {"a header line of CR only ends no header", "A: 1\r\n\r\r\nB: 2\r\n\r\nx\r\n", "", ""},
    {"LF CR is two line ends", head + "x\n\ry\r\n", head + "x\r\n\r\ny\r\n", "bare LF, bare CR"},
    {"CR at the very end is a line end", head + "x\r", head + "x\r\n", "bare CR"},
    {"a last line without an end gets one", head + "x", head + "x\r\n", "no line end at the end"},
    {"a header without an end too", "A: 1", "A: 1\r\n", "no line end at the end"},
    {"NUL goes", head + "be\0fore\0\r\n"s, head + "before\r\n", "NUL"},
    {"NUL of a header goes", "A: 1\0\r\n\r\nx\r\n"s, head + "x\r\n", "NUL"},
    {"a header line of NUL goes whole, as it would end the header", "A: 1\r\n\0\0\r\nB: 2\r\n\r\nx\r\n"s,
     "A: 1\r\nB: 2\r\n\r\nx\r\n", "NUL"},
    {"NUL between CR and LF leaves a line end", head + "x\r\0\n"s, head + "x\r\n", "NUL"},
    {"NUL only is not made an empty message", "\0\0"s, "", ""},
    {"998 octets are no long line", head + many(998) + "\r\n", "", ""},
    {"a long line is broken before white space", head + many(900) + " " + many(500) + "\r\n",
     head + many(900) + "\r\n " + many(500) + "\r\n", "lines over 998 octets"},
    {"one without white space after 996 octets", head + many(2000) + "\r\n",
     head + many(996) + "\r\n" + many(996) + "\r\n" + many(8) + "\r\n", "lines over 998 octets"},
    {"not inside a character", head + many(995) + "\xc3\xbc" + many(900) + "\r\n",
     head + many(995) + "\r\n\xc3\xbc" + many(900) + "\r\n", "lines over 998 octets"},
    {"not inside quoted-printable", head + many(994) + "=C3=BC" + many(900) + "\r\n",
     head + many(994) + "\r\n=C3=BC" + many(900) + "\r\n", "lines over 998 octets"},
    {"nor where a boundary might begin", head + many(996) + "--b" + many(100) + "\r\n",
     head + many(995) + "\r\nx--b" + many(100) + "\r\n", "lines over 998 octets"},
    {"a line of dashes stays", head + many(2000, '-') + "\r\n", "", ""},
    {"a long header line is folded", "A: " + many(900) + " " + many(500) + "\r\n\r\nx\r\n",
     "A: " + many(900) + "\r\n " + many(500) + "\r\n\r\nx\r\n", "lines over 998 octets"},
    {"as late as it can be, if not in time", "A:" + many(1200) + " y\r\n\r\nx\r\n", "A:" + many(1200) + "\r\n y\r\n\r\nx\r\n",
     "lines over 998 octets"},
    {"one without white space stays", "A:" + many(1200) + "\r\n\r\nx\r\n", "", ""},
    {"blanks at its end make no blank line", "A:" + many(900) + many(500, ' ') + "\r\n\r\nx\r\n", "", ""},
};

struct Repairing : testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Rows, Repairing, testing::ValuesIn(rows));

TEST_P(Repairing, gives_what_the_row_says) {
    const auto result = repaired(GetParam().message, Mending::everything);
    EXPECT_EQ(result ? result->octets : "", GetParam().repaired);
    EXPECT_EQ(result ? spell(result->mended) : "", GetParam().mended);
}

TEST(Repair, breaks_no_line_where_only_line_ends_are_asked_for) {
    const auto result = repaired(head + many(2000) + "\n", Mending::line_ends);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->octets, head + many(2000) + "\r\n");
    EXPECT_EQ(spell(result->mended), "bare LF");
}

TEST(Repair, of_a_long_header_line_with_CR_in_it_is_seen_by_a_scan_too) {
    const std::string message = "A: b\r" + many(600) + " c\r" + many(600) + "\r\n\r\n";
    DefectScan scan;
    scan.update(message);
    const auto result = repaired(message, Mending::everything);
    ASSERT_TRUE(result);
    EXPECT_EQ(spell(result->mended), "lines over 998 octets");
    EXPECT_EQ(spell(scan.finish()), "bare CR, lines over 998 octets");
}

TEST(Repair, spells_bits_of_a_later_version) { EXPECT_EQ(spell(Defects(0x84)), "NUL, other"); }

/// Lines, short and long, of octets that matter, with all sorts of ends.
std::string any_message() {
    std::string text;
    for (int left = *rc::gen::inRange(0, 12); left > 0; --left) {
        const auto word = [] {
            return *rc::gen::element("A:"s, "x"s, " "s, "\t"s, "\0"s, "\r"s, "="s, "=C"s, "-"s, "\xc3\xbc"s, many(700),
                                     many(1100), many(1100, ' '), "a b "s);
        };
        for (int words = *rc::gen::inRange(0, 6); words > 0; --words) text += word();
        text += *rc::gen::element("\r\n"s, "\r\n"s, "\n"s, "\r"s, "\r\r\n"s, "\n\r"s, "\r\n\r\n"s, ""s);
    }
    return text;
}

std::string without_line_ends_and_nul(std::string text) {
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    return text;
}

RC_GTEST_PROP(RepairLaw, nothing_but_line_ends_and_NUL_changes, ()) {
    const std::string message = any_message();
    for (const Mending mending : {Mending::line_ends, Mending::everything}) {
        const auto result = repaired(message, mending);
        if (result) RC_ASSERT(without_line_ends_and_nul(result->octets) == without_line_ends_and_nul(message));
        if (result) RC_ASSERT(!result->octets.contains('\0'));
    }
}

RC_GTEST_PROP(RepairLaw, once_is_enough, ()) {
    const std::string message = any_message();
    for (const Mending mending : {Mending::line_ends, Mending::everything}) {
        const auto result = repaired(message, mending);
        if (result) RC_ASSERT(!repaired(result->octets, mending));
    }
}

RC_GTEST_PROP(RepairLaw, gently_first_and_then_everything_is_everything, ()) {
    const std::string message = any_message();
    const auto gentle = repaired(message, Mending::line_ends);
    const auto all = repaired(message, Mending::everything);
    const auto after = repaired(gentle ? gentle->octets : message, Mending::everything);
    const std::string& last = after ? after->octets : (gentle ? gentle->octets : message);
    RC_ASSERT((all ? all->octets : message) == last);
}

RC_GTEST_PROP(RepairLaw, what_a_message_is_recognised_by_stays, ()) {
    std::string message = any_message();
    std::erase(message, '\0');  // a NUL in a field's name hides the field
    const auto result = repaired(message, Mending::everything);
    if (!result) return;
    const HeaderIdentity before = identity_of_header(message, {});
    const HeaderIdentity after = identity_of_header(result->octets, {});
    RC_ASSERT(before.message_id == after.message_id);
    RC_ASSERT(before.fingerprint == after.fingerprint);
    RC_ASSERT(before.whole_header == after.whole_header);
    RC_ASSERT(message_id_digest(message) == message_id_digest(result->octets));
}

Defects scanned_in_pieces(std::string_view message) {
    DefectScan scan;
    while (!message.empty()) {
        const std::size_t length = std::min(*rc::gen::inRange<std::size_t>(1, 900), message.size());
        scan.update(message.substr(0, length));
        message.remove_prefix(length);
    }
    return scan.finish();
}

RC_GTEST_PROP(RepairLaw, a_scan_in_pieces_finds_what_is_mended, ()) {
    std::string message = any_message();
    std::erase(message, '\0');  // between CR and LF it hides that they are together
    const auto result = repaired(message, Mending::everything);
    const std::uint8_t mended = result ? result->mended.bits() : 0;
    RC_ASSERT((mended & ~scanned_in_pieces(message).bits()) == 0);
}

/// What DefectScan finds, octet by octet.
Defects defects_of(std::string_view message) {
    Defects found;
    std::size_t line = 0;
    bool after_cr = false;
    bool in_line = false;
    for (const char octet : message) {
        if (octet == '\0') found.insert(Defect::nul);
        if (octet == '\n') {
            if (!after_cr) found.insert(Defect::bare_lf);
            line = 0;
            after_cr = in_line = false;
            continue;
        }
        if (after_cr) {
            found.insert(Defect::bare_cr);
            ++line;
        }
        in_line = true;
        after_cr = octet == '\r';
        if (!after_cr) ++line;
        if (line > 998) found.insert(Defect::long_line);
    }
    if (in_line) found.insert(after_cr ? Defect::bare_cr : Defect::no_last_line_end);
    return found;
}

RC_GTEST_PROP(RepairLaw, a_scan_in_pieces_finds_what_a_look_at_each_octet_finds, ()) {
    const std::string message = any_message();
    RC_ASSERT(scanned_in_pieces(message).bits() == defects_of(message).bits());
}

}  // namespace
}  // namespace mailhaul::message
