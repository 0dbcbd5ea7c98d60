// SPDX-License-Identifier: Apache-2.0
#include "imap/codec/modified_utf7.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

namespace mailhaul::imap {
namespace {

struct Row {
    const char* utf7;
    const char* utf8;
};

TEST(ModifiedUtf7, spells_names_as_servers_do) {
    constexpr Row rows[] = {
        {"", ""},
        {"INBOX", "INBOX"},
        {"R&-D", "R&D"},
        {"Entw&APw-rfe", "Entw\u00FCrfe"},
        {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/\u53F0\u5317/\u65E5\u672C\u8A9E"},
        {"&BBoEPgRABDcEOAQ9BDA-", "\u041A\u043E\u0440\u0437\u0438\u043D\u0430"},
        {"&2D3eAA-", "\U0001F600"},
        {"&Jjo-!", "\u263A!"},
        {"&-&-", "&&"},
        {"a&AAEACQ-b", "a\x01\tb"},
        {"&AH8-", "\x7F"},
        {"&2,,f,w-", "\U0010FFFF"},
    };
    for (const auto& [utf7, utf8] : rows) {
        EXPECT_EQ(utf8_from_utf7(utf7), utf8) << utf7;
        EXPECT_EQ(utf7_from_utf8(utf8), utf7) << utf8;
    }
}

TEST(ModifiedUtf7, takes_two_runs_side_by_side_because_servers_write_them) {
    EXPECT_EQ(utf8_from_utf7("&APw-&APw-"), "\u00FC\u00FC");
}

TEST(ModifiedUtf7, refuses_what_is_not_the_one_spelling_of_a_name) {
    for (const char* raw : {"R&D", "&", "&APw", "&APw/-", "&AGE-", "&AC8-", "&APx-", "&A-", "&AP-", "&2D0-", "&3gA-",
                            "&2D0AYQ-", "caf\xC3\xA9", "a\tb", "&AP wA-", "&APw=-"})
        EXPECT_EQ(utf8_from_utf7(raw), std::nullopt) << raw;
}

TEST(ModifiedUtf7, writes_a_replacement_for_octets_that_are_not_utf8) {
    EXPECT_EQ(utf7_from_utf8("a\xFF"), "a&,,0-");
    EXPECT_EQ(utf7_from_utf8("\xC3"), "&,,0-");
    EXPECT_EQ(utf7_from_utf8("\xC0\xAF"), "&,,3,,Q-") << "overlong";
    EXPECT_EQ(utf7_from_utf8("\xED\xA0\x80"), "&,,3,,f,9-") << "a surrogate";
}

TEST(DisplayName, is_readable_and_valid_utf8_whatever_the_server_sent) {
    EXPECT_EQ(display_name("Entw&APw-rfe"), "Entw\u00FCrfe");
    EXPECT_EQ(display_name("R&D"), "R&D");
    EXPECT_EQ(display_name("caf\xC3\xA9"), "caf\u00E9");
    EXPECT_EQ(display_name("caf\xE9"), "caf?");
    EXPECT_EQ(display_name("a\x1B[31mb"), "a?[31mb");
    EXPECT_EQ(display_name("a&AAo-b"), "a?b");
    EXPECT_EQ(display_name("&AJs-"), "?") << "C1 controls move terminals too";
}

rc::Gen<std::string> any_utf8() {
    const auto character =
        rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 0x80), rc::gen::inRange<std::uint32_t>(0x80, 0xD800),
                       rc::gen::inRange<std::uint32_t>(0xE000, 0x110000), rc::gen::just<std::uint32_t>('&'));
    return rc::gen::map(rc::gen::container<std::vector<std::uint32_t>>(character), [](const std::vector<std::uint32_t>& text) {
        std::string out;
        for (const auto c : text) {
            const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
            constexpr std::uint32_t leads[] = {0, 0xC0, 0xE0, 0xF0};
            out += static_cast<char>(leads[more] | c >> (6 * more));
            for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
        }
        return out;
    });
}

TEST(ModifiedUtf7, is_decoded_to_what_was_encoded) {
    EXPECT_TRUE(rc::check("decode(encode(x)) == x", [] {
        const std::string utf8 = *any_utf8();
        const std::string raw = utf7_from_utf8(utf8);
        for (const char c : raw) RC_ASSERT(c >= 0x20 && c < 0x7F);
        RC_ASSERT(utf8_from_utf7(raw) == utf8);
    }));
}

TEST(ModifiedUtf7, survives_any_octets) {
    EXPECT_TRUE(rc::check("what decodes, encodes to a spelling of the same name", [] {
        const auto octets =
            *rc::gen::container<std::string>(rc::gen::oneOf(rc::gen::arbitrary<char>(), rc::gen::element('&', '-', 'A', ',')));
        const auto decoded = utf8_from_utf7(octets);
        if (decoded) RC_ASSERT(utf8_from_utf7(utf7_from_utf8(*decoded)) == decoded);
        RC_ASSERT(utf8_from_utf7(utf7_from_utf8(octets)).has_value());
        RC_ASSERT(display_name(octets).find('\x1B') == std::string::npos);
    }));
}

}  // namespace
}  // namespace mailhaul::imap
