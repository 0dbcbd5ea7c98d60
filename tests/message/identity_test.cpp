// SPDX-License-Identifier: Apache-2.0
// The identity of a message is imapsync's; what tells no message apart is no identity. The expected keys were computed
// with Perl's Digest::MD5 from the rules of docs/formats/fingerprint.md, not with this code.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ostream>

#include "message/fingerprint.hpp"

namespace mailhaul::message {
namespace {

IdentityRules rules_for(std::vector<std::string> headers) {
    IdentityRules rules;
    rules.headers = std::move(headers);
    return rules;
}

struct Line {
    const char* name;
    const char* field;
    std::string value;
    std::string normal;
};
std::ostream& operator<<(std::ostream& out, const Line& row) { return out << row.name; }

class Normalisation : public testing::TestWithParam<Line> {};

TEST_P(Normalisation, leaves_what_servers_do_not_change) {
    EXPECT_EQ(normalize_field(GetParam().field, GetParam().value), GetParam().normal);
}

INSTANTIATE_TEST_SUITE_P(
    lines, Normalisation,
    testing::Values(Line{"upper case", "Message-Id", " <aB@c>", "MESSAGE-ID: <AB@C>"},
                    Line{"trimmed", "A", "  \t1 \t ", "A: 1"}, Line{"runs of whitespace", "A", "1  2\t\t3 \t4", "A: 1 2 3 4"},
                    Line{"unfolded", "A", " 1\r\n\t2\n 3", "A: 1 2 3"}, Line{"folded at once", "A", "\r\n 1", "A: 1"},
                    Line{"8-bit octets", "A", "gr\xFC\xDF \x80\xFF", "A: GRXX XX"},
                    Line{"no-break space is 8-bit", "A", "\xA0 1", "A: X 1"}, Line{"empty", "A", " \r\n ", "A: "},
                    Line{"NUL is content", "A", std::string("1\0", 2), std::string("A: 1\0", 5)}));

struct Key {
    const char* name;
    std::string header;
    IdentityRules rules;
    const char* key;
};
std::ostream& operator<<(std::ostream& out, const Key& row) { return out << row.name; }

IdentityRules without_domain() {
    IdentityRules rules;
    rules.message_id_without_domain = true;
    return rules;
}

class ImapsyncKey : public testing::TestWithParam<Key> {};

TEST_P(ImapsyncKey, is_the_one_that_imapsync_computes) {
    EXPECT_EQ(imapsync_key(GetParam().header, GetParam().rules), GetParam().key);
}

INSTANTIATE_TEST_SUITE_P(headers, ImapsyncKey,
                         testing::Values(Key{"Message-ID alone", "Message-ID: <a@b>\r\n\r\n", {}, "3LyLswQAV28s7kv6x52dRA"},
                                         Key{"folded Received",
                                             "Message-Id: <a@b>\r\nReceived: from x\r\n\tby y;\r\n\tMon, 1 Jan 2024\r\n\r\n",
                                             {},
                                             "gzhRm7BbEbEqJbZx1SMMGA"},
                                         Key{"two Received, out of order",
                                             "Received: from two\r\nMessage-Id: <a@b>\r\nReceived: from one\r\n\r\n",
                                             {},
                                             "bPhgcSgX1FlN/3cuTRv5LA"},
                                         Key{"folded Message-ID among others",
                                             "From: x\r\nMessage-ID:\r\n <folded@b>\r\nSubject: y\r\n\r\n",
                                             {},
                                             "3GmbSjmfuBJEFiT//ts2DQ"},
                                         Key{"8-bit octets",
                                             "Message-ID: <gr\xFC\xDF"
                                             "e@b>\r\n\r\n",
                                             {},
                                             "YQVk4ITNKANFnVuziHXNSQ"},
                                         Key{"empty Message-ID", "Message-ID:\r\n\r\n", {}, "hCgrtv3Hww5t5L7/X3vFMA"},
                                         Key{"without domain", "Message-ID: <Local@domain.example>\r\n\r\n", without_domain(),
                                             "05/ir/Kx13hIRS1HQLgWAQ"},
                                         Key{"every header", "Subject: Hello\r\nDate: Mon\r\nMessage-ID: <a@b>\r\n\r\n",
                                             rules_for({"ALL"}), "xYPdWjcG4gqKmVOtgS+qqg"},
                                         Key{"other headers, any case",
                                             "Subject: Hello\r\nDate: Mon\r\nMessage-ID: <a@b>\r\n\r\n",
                                             rules_for({"date", "subject"}), "qhYluLQMnBJOLe65xkhDzw"}));

/// Pairs of headers that are, or are not, of one message.
struct Pair {
    const char* name;
    std::string one;
    std::string other;
    bool same;
};
std::ostream& operator<<(std::ostream& out, const Pair& row) { return out << row.name; }

class Fingerprint : public testing::TestWithParam<Pair> {};

TEST_P(Fingerprint, is_equal_where_imapsyncs_key_is) {
    const auto one = identity_of_fields(GetParam().one, {});
    const auto other = identity_of_fields(GetParam().other, {});
    ASSERT_TRUE(one.fingerprint && other.fingerprint);
    EXPECT_EQ(*one.fingerprint == *other.fingerprint, GetParam().same);
    EXPECT_EQ(imapsync_key(GetParam().one, {}) == imapsync_key(GetParam().other, {}), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    pairs, Fingerprint,
    testing::Values(Pair{"order of headers", "Message-ID: <a>\nReceived: x\n", "Received: x\nMessage-ID: <a>\n", true},
                    Pair{"folding", "Message-ID: <a>\nReceived: x y\n", "Message-ID: <a>\nReceived: x\n  y\n", true},
                    Pair{"case", "Message-ID: <a>\n", "MESSAGE-id: <A>\n", true},
                    Pair{"trailing blanks", "Message-ID: <a>  \n", "Message-ID: <a>\n", true},
                    Pair{"line ends", "Message-ID: <a>\r\n\r\n", "Message-ID: <a>\n", true},
                    Pair{"other headers", "Message-ID: <a>\nSubject: 1\n", "Message-ID: <a>\nSubject: 2\n", true},
                    Pair{"text of a Received line", "Message-ID: <a>\nReceived: 1\n", "Message-ID: <a>\nReceived: 2\n", false},
                    Pair{"number of Received lines", "Message-ID: <a>\nReceived: 1\n",
                         "Message-ID: <a>\nReceived: 1\nReceived: 1\n", false},
                    Pair{"Message-ID", "Message-ID: <a>\n", "Message-ID: <b>\n", false},
                    Pair{"two Message-IDs", "Message-ID: <a>\nMessage-ID: <b>\n", "Message-ID: <b>\nMessage-ID: <a>\n", true}));

TEST(HeaderIdentity, an_empty_message_id_is_none) {
    EXPECT_FALSE(identity_of_fields("Message-ID:\r\n\r\n", {}).message_id);
    EXPECT_FALSE(identity_of_fields("Message-ID:  \r\n \r\n\r\n", {}).message_id);
    EXPECT_TRUE(identity_of_fields("Message-ID:\r\nMessage-ID: <a@b>\r\n\r\n", {}).message_id);
}

TEST(HeaderIdentity, messages_that_say_nothing_share_no_fingerprint) {
    const HeaderIdentity identity = identity_of_fields("Message-ID:\r\nReceived: \r\n\r\n", {});
    EXPECT_FALSE(identity.fingerprint);
    EXPECT_FALSE(identity_of_fields("Subject: x\r\n\r\n", {}).fingerprint);
    EXPECT_FALSE(identity_of_fields("", {}).fingerprint);
}

TEST(HeaderIdentity, the_message_id_digest_does_not_depend_on_received_lines) {
    EXPECT_EQ(identity_of_fields("Message-ID: <a>\nReceived: 1\n", {}).message_id,
              identity_of_fields("Received: 2\nmessage-id:  <A>\n", {}).message_id);
}

TEST(HeaderIdentity, a_message_id_that_was_not_asked_for_does_not_count) {
    EXPECT_FALSE(identity_of_header("Message-ID: <a>\nDate: x\n", rules_for({"Date"})).message_id);
}

TEST(HeaderIdentity, only_a_complete_header_gives_the_whole_header) {
    const std::string header = "Subject: x\r\nDate: y\r\n\r\n";
    EXPECT_FALSE(identity_of_fields(header, {}).whole_header);
    const HeaderIdentity identity = identity_of_header(header, {});
    EXPECT_FALSE(identity.fingerprint);
    ASSERT_TRUE(identity.whole_header);
    EXPECT_EQ(identity.whole_header, identity_of_header("date:  y\nSUBJECT: X\n", {}).whole_header);
    EXPECT_NE(identity.whole_header, identity_of_header("Date: y\nSubject: z\n", {}).whole_header);
    EXPECT_FALSE(identity_of_header("\r\nonly a body\r\n", {}).whole_header);
}

TEST(HeaderIdentity, the_wanted_fields_say_the_same_as_the_complete_header) {
    const HeaderIdentity fields = identity_of_fields("Message-ID: <a>\r\nReceived: 1\r\n\r\n", {});
    const HeaderIdentity header = identity_of_header("Received: 1\r\nSubject: x\r\nMessage-ID: <a>\r\n\r\nbody", {});
    EXPECT_EQ(fields.message_id, header.message_id);
    EXPECT_EQ(fields.fingerprint, header.fingerprint);
}

TEST(HeaderIdentity, thousands_of_headers_before_it_do_not_hide_the_message_id) {
    std::string header;
    for (int i = 0; i < 20'000; ++i) header += "X-H: 1\r\n";
    EXPECT_EQ(identity_of_header(header + "Message-ID: <a>\r\n\r\n", {}).fingerprint,
              identity_of_fields("Message-ID: <a>\r\n\r\n", {}).fingerprint);
}

RC_GTEST_PROP(Normalising, twice_is_once, (const std::string& value)) {
    const std::string once = normalize_field("A", value);
    RC_ASSERT(normalize_field("a", once.substr(3)) == once);
}

RC_GTEST_PROP(Identity, of_any_octets_can_be_told, (const std::string& octets)) {
    const HeaderIdentity identity = identity_of_header(octets, rules_for({"ALL"}));
    RC_ASSERT(identity.fingerprint == identity.whole_header);
    RC_ASSERT(imapsync_key(octets, {}).size() == 22U);
}

}  // namespace
}  // namespace mailhaul::message
