// SPDX-License-Identifier: Apache-2.0
// Tables: one line of a server, and what it is read as. The dialogues of tests/transcripts hold the usual; here
// stand the forms that are rare, loose or hostile.
#include "imap/codec/parser.hpp"

#include <gtest/gtest.h>

#include "imap/codec/describe.hpp"

namespace mailhaul::imap {
namespace {

using testing::read_line;

struct Row {
    const char* line;
    const char* read_as;
};

template <std::size_t Count>
void expect_rows(const Row (&rows)[Count]) {
    for (const auto& [line, read_as] : rows) EXPECT_EQ(read_line(line), read_as) << line;
}

TEST(Status, keeps_the_words_whatever_the_code) {
    constexpr Row rows[] = {
        {"A1 OK done", "ok tag=A1 text=\"done\""},
        {"A1 ok", "ok tag=A1"},
        {"A1  No  [X]", "no tag=A1 [X]"},
        {"a.b-1 BAD what", "bad tag=a.b-1 text=\"what\""},
        {"A1 BYE odd, but said", "bye tag=A1 text=\"odd, but said\""},
        {"* OK", "ok"},
        {"* [UNSEEN 1]", "ok [UNSEEN \"1\"]"},
        {"* OK [] empty", "ok text=\"[] empty\""},
        {"* OK [ ALERT ] blanks", "ok [ALERT] text=\"blanks\""},
        {"* OK [BADCHARSET (\"a] b\" UTF-8)] x", "ok [BADCHARSET \"(\\\"a] b\\\" UTF-8)\"] text=\"x\""},
        {"* OK [ALERT] it's 5\" wide [really]", "ok [ALERT] text=\"it's 5\\\" wide [really]\""},
        {"* OK [X \"open] text", "ok [X \"\\\"open\"] text=\"text\""},
        {"* OK [PERMANENTFLAGS (\\* [a] b)] x", "ok [PERMANENTFLAGS ([a] \\* b)] text=\"x\""},
        {"* OK [PERMANENTFLAGS] x", "ok [PERMANENTFLAGS] text=\"x\""},
    };
    expect_rows(rows);
}

TEST(ResponseCode, is_typed_only_where_its_data_can_be_trusted) {
    constexpr Row rows[] = {
        {"A1 OK [APPENDUID 38505 3955]", "ok tag=A1 [APPENDUID 38505 3955]"},
        {"A1 OK [appenduid 38505 3955:3957] x", "ok tag=A1 [APPENDUID 38505 3955,3956,3957] text=\"x\""},
        {"A1 OK [APPENDUID 38505 3957:3955,7] x", "ok tag=A1 [APPENDUID 38505 3957,3956,3955,7] text=\"x\""},
        {"A1 OK [APPENDUID 38505 *] x", "ok tag=A1 [APPENDUID \"38505 *\"] text=\"x\""},
        {"A1 OK [APPENDUID 0 1] x", "ok tag=A1 [APPENDUID \"0 1\"] text=\"x\""},
        {"A1 OK [APPENDUID 1 0] x", "ok tag=A1 [APPENDUID \"1 0\"] text=\"x\""},
        {"A1 OK [APPENDUID 4294967296 1] x", "ok tag=A1 [APPENDUID \"4294967296 1\"] text=\"x\""},
        {"A1 OK [APPENDUID 1] x", "ok tag=A1 [APPENDUID \"1\"] text=\"x\""},
        {"A1 OK [COPYUID 1 2,4:3 9:10,1] x", "ok tag=A1 [COPYUID 1 2,4,3 9,10,1] text=\"x\""},
        {"A1 OK [COPYUID 1  ] x", "ok tag=A1 [COPYUID \"1  \"] text=\"x\""},
        {"* OK [UIDNEXT 0] x", "ok [UIDNEXT \"0\"] text=\"x\""},
        {"* OK [UIDNEXT 4294967295] x", "ok [UIDNEXT 4294967295] text=\"x\""},
        {"* OK [UIDVALIDITY -5] x", "ok [UIDVALIDITY \"-5\"] text=\"x\""},
        {"* OK [HIGHESTMODSEQ 0] x", "ok [HIGHESTMODSEQ \"0\"] text=\"x\""},
        {"* OK [HIGHESTMODSEQ 9223372036854775807]", "ok [HIGHESTMODSEQ 9223372036854775807]"},
        {"* OK [NOMODSEQ] x", "ok [NOMODSEQ] text=\"x\""},
        {"A1 NO [MODIFIED 7,9] x", "no tag=A1 [MODIFIED 7,9] text=\"x\""},
        {"A1 OK [MAILBOXID (F2212ea8)]", "ok tag=A1 [MAILBOXID F2212ea8]"},
        {"A1 OK [MAILBOXID F2212ea8]", "ok tag=A1 [MAILBOXID \"F2212ea8\"]"},
        {"* OK [CAPABILITY IMAP4rev1  LITERAL + ] x", "ok [CAPABILITY IMAP4REV1 LITERAL+] text=\"x\""},
    };
    expect_rows(rows);
}

TEST(List, reads_names_however_they_are_quoted) {
    constexpr Row rows[] = {
        {"* LIST () \"/\" a", "list \"a\" separator=/"},
        {"* LIST () \"/\" \"\"", "list \"\" separator=/"},
        {"* LIST () \"\\\\\" \"a\\\\b\"", "list \"a\\\\b\" separator=\\"},
        {"* LIST () \"\\\"\" a", "list \"a\" separator=\""},
        {"* LIST () nil inbox", "list \"INBOX\" flat"},
        {"* LIST () \"\" a", "list \"a\" flat"},
        {"* LIST () NIL \"nil\"", "list \"nil\" flat"},
        {"* LIST () . a b  ", "list \"a b\" separator=."},
        {"* LIST (\\Noselect) \"/\" \"a\" ", "list \"a\" separator=/ noselect"},
        {"* LIST () \"/\" \"unterminated", "list \"unterminated\" separator=/"},
        {"* LIST () \"/\" \"a\" (\"OLDNAME\" (\"b c\"))", "list \"a\" separator=/"},
        {"* LIST () \"/\" a (OLDNAME (b))", "list \"a\" separator=/"},
        {"* LIST () \"/\" a (b)", "list \"a (b)\" separator=/"},
        {"* LIST () \"/\" caf\xC3\xA9", "list \"caf\\xc3\\xa9\" separator=/"},
        {"* LIST (\\Sent \\sent \\JUNK) \"/\" a", "list \"a\" separator=/ use=\\Sent use=\\Junk"},
        {"* list (\\haschildren) \"/\" a", "list \"a\" separator=/ children"},
        {"* LIST () \"/\" {3+}\r\na\"b", "list \"a\\\"b\" separator=/"},
    };
    expect_rows(rows);
}

TEST(List, refuses_a_name_that_could_never_be_sent) {
    for (const char* line :
         {"* LIST () \"/\" {3}\r\na\r\n", "* LIST () \"/\"", "* LIST", "* LIST () \"ab\" \"cd\"", "* LIST () \"/\" nil"})
        EXPECT_TRUE(read_line(line).starts_with("unreadable")) << read_line(line);
}

TEST(MailboxStatus, leaves_out_what_was_not_told) {
    constexpr Row rows[] = {
        {"* STATUS a ()", "status \"a\""},
        {"* STATUS a (MESSAGES 1", "status \"a\" messages=1"},
        {"* STATUS a (UIDNEXT NIL MESSAGES 2)", "status \"a\" messages=2"},
        {"* STATUS \"(a)\" (messages -3 unseen 4.9)", "status \"(a)\" messages=0 unseen=4"},
        {"* STATUS {1}\r\na (SIZE 9223372036854775807 DELETED 3 RECENT 1)",
         "status \"a\" size=9223372036854775807 recent=1 deleted=3"},
        {"* STATUS a b (c) (MESSAGES 5)", "status \"a b (c)\" messages=5"},
        {"* STATUS a (UIDNEXT 4294967296 UIDVALIDITY 0 HIGHESTMODSEQ -1)", "status \"a\""},
        {"* STATUS a (X-GUID abc MESSAGES 1 APPENDLIMIT 35651584)", "status \"a\" messages=1 appendlimit=35651584"},
    };
    expect_rows(rows);
}

TEST(Namespace, takes_missing_groups_and_extensions) {
    constexpr Row rows[] = {
        {"* NAMESPACE NIL NIL NIL", "namespace personal=() others=() shared=()"},
        {"* NAMESPACE ((\"\" NIL))", "namespace personal=(\"\"NIL) others=() shared=()"},
        {"* NAMESPACE ((\"\" \"/\" \"X\" (\"a\" (\"b\"))) (\"b\" \".\")) nil",
         "namespace personal=(\"\"/ \"b\".) others=() shared=()"},
    };
    expect_rows(rows);
    EXPECT_TRUE(read_line("* NAMESPACE (\"\" \"/\")").starts_with("unreadable"));
}

TEST(Fetch, reads_what_was_asked_and_skips_the_rest) {
    constexpr Row rows[] = {
        {"* 1 FETCH ()", "fetch 1"},
        {"* 1 FETCH (FLAGS ())", "fetch 1 flags=()"},
        {"* 1 FETCH(UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH ( UID  5  FLAGS  ( \\Seen ) )", "fetch 1 uid=5 flags=(\\Seen)"},
        {"* 1 FETCH (UID 0)", "fetch 1"},
        {"* 1 FETCH (MODSEQ 12)", "fetch 1 modseq=12"},
        {"* 1 FETCH (MODSEQ (9223372036854775807))", "fetch 1 modseq=9223372036854775807"},
        {"* 1 FETCH (EMAILID NIL UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH (INTERNALDATE NIL RFC822.SIZE NIL UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH (INTERNALDATE \"yesterday\" UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH (INTERNALDATE {26}\r\n 1-Feb-2021 10:00:00 +0100 UID 5)",
         "fetch 1 uid=5 date=\" 1-Feb-2021 10:00:00 +0100\""},
        {"* 1 FETCH (BODY[] \"\" UID 5)", "fetch 1 uid=5 []=0:\"\""},
        {"* 1 FETCH (BODY[] nil UID 5)", "fetch 1 uid=5 []=nil"},
        {"* 1 FETCH (BODY[]<0> NIL)", "fetch 1 []<0>=nil"},
        {"* 1 FETCH (BODY[ header.fields  ( \"Message-ID\"  date ) ] \"x\")",
         "fetch 1 [HEADER.FIELDS (MESSAGE-ID DATE)]=1:\"x\""},
        {"* 1 FETCH (BODY[HEADER.FIELDS (\"]\")] NIL)", "fetch 1 [HEADER.FIELDS (])]=nil"},
        {"* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" NIL (\"a\" {1}\r\n)) 12) UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH (ENVELOPE (\"say \"b\"\" NIL) UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH (BINARY[1.2]<0> ~{1}\r\n( BINARY.SIZE[1] 5 UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH (X-A b X-C (d (e)) ANNOTATION (/comment (value.priv \"x\")) PREVIEW NIL UID 5)", "fetch 1 uid=5"},
        {"* 1 FETCH (FLAGS (\\Seen) FLAGS (\\Draft))", "fetch 1 flags=(\\Draft)"},
    };
    expect_rows(rows);
}

TEST(Fetch, that_cannot_be_read_says_where_and_what_was_wanted) {
    EXPECT_EQ(read_line("* 1 FETCH (FLAGS 5)"),
              "unreadable \"* 1 FETCH (FLAGS 5)\": at octet 17: saw \"5)\", wanted a list of flags");
    EXPECT_EQ(
        read_line("* 1 FETCH (BODY[HEADER] 5)"),
        "unreadable \"* 1 FETCH (BODY[HEADER] 5)\": at octet 11: saw \"BODY[HEADER] 5)\", wanted a FETCH item with its value");
}

TEST(Search, takes_any_spacing_and_no_number_twice_as_large) {
    constexpr Row rows[] = {
        {"* SEARCH", "search"},
        {"* SEARCH  2   3 ", "search 2 3"},
        {"* SEARCH 2 0 4294967295", "search 2 4294967295"},
        {"* SEARCH 2 (MODSEQ 917162500)", "search 2 modseq=917162500"},
        {"* ESEARCH", "esearch"},
        {"* ESEARCH (TAG A2) UID ALL 5:3,9 COUNT 4", "esearch tag=\"A2\" uid count=4 all=3:5,9"},
        {"* ESEARCH ALL NIL", "esearch"},
        {"* ESEARCH UID PARTIAL (1:100 (a b)) X-NEW ((1)) MIN 1", "esearch uid min=1"},
        {"* VANISHED 41,43:116,117", "vanished 41,43:117"},
        {"* VANISHED (earlier)", "vanished earlier"},
    };
    expect_rows(rows);
    for (const char* line :
         {"* SEARCH 4294967296", "* SEARCH a", "* ESEARCH ALL 1:*", "* VANISHED 0", "* VANISHED (LATER) 1,", "* ESEARCH ("})
        EXPECT_TRUE(read_line(line).starts_with("unreadable")) << line;
}

TEST(Untagged, of_a_kind_nobody_asked_for_is_kept_as_it_came) {
    constexpr Row rows[] = {
        {"* SORT 2 3", "unknown SORT \"* SORT 2 3\""},
        {"* acl INBOX anna lrs", "unknown ACL \"* acl INBOX anna lrs\""},
        {"* 5 EXPUNGED", "unknown EXPUNGED \"* 5 EXPUNGED\""},
        {"* LISTRIGHTS a b c", "unknown LISTRIGHTS \"* LISTRIGHTS a b c\""},
        {"* 3 expunge", "expunge 3"},
        {"* ID NIL", "id"},
        {"* ID (\"name\" NIL)", "id \"name\"=nil"},
        {"* QUOTAROOT a", "quotaroot \"a\""},
        {"* QUOTAROOT a NIL", "quotaroot \"a\""},
        {"* QUOTA \"\" (STORAGE 10 512 MESSAGE 1 2)", "quota \"\" STORAGE=10/512 MESSAGE=1/2"},
        {"* ENABLED  QRESYNC ", "enabled QRESYNC"},
    };
    expect_rows(rows);
}

TEST(Unreadable, shows_no_more_than_200_octets) {
    const auto raw = "* VANISHED x" + std::string(1000, 'x');
    const auto response = parse_response({raw, {}, {}});
    EXPECT_EQ(std::get<UnreadableResponse>(response).raw, raw.substr(0, 200));
    EXPECT_LE(std::get<UnreadableResponse>(response).reason.size(), 200u);
}

TEST(Hostile, nesting_ends_at_its_bound) {
    const std::string deep(1'000'000, '(');
    EXPECT_TRUE(read_line("* 1 FETCH (ENVELOPE " + deep).ends_with("wanted at most 100 open parentheses"));
    EXPECT_EQ(read_line("* 1 FETCH (ENVELOPE " + std::string(100, '(') + std::string(100, ')') + " UID 1)"), "fetch 1 uid=1");
    EXPECT_TRUE(read_line("* NAMESPACE ((\"\" \"/\" " + deep).starts_with("unreadable"));
    EXPECT_TRUE(read_line("* LIST " + deep).starts_with("unreadable"));
}

TEST(Hostile, lists_of_words_end_at_their_bound) {
    std::string words;
    for (int i = 0; i < 5000; ++i) words += " w" + std::to_string(i);
    EXPECT_TRUE(read_line("* CAPABILITY" + words).ends_with("wanted at most 4096 capabilities"));
    EXPECT_TRUE(read_line("* FLAGS (" + words + ")").ends_with("wanted at most 4096 flags"));
    EXPECT_TRUE(read_line("* LIST (" + words + ") NIL a").starts_with("unreadable"));
}

TEST(Hostile, counts_cost_nothing_until_their_octets_are_there) {
    EXPECT_EQ(read_line("* 4294967295 EXISTS"), "exists 4294967295");
    EXPECT_EQ(read_line("* VANISHED 1:4294967295"), "vanished 1:4294967295");
    EXPECT_EQ(read_line("* ESEARCH UID ALL 1:4294967295"), "esearch uid all=1:4294967295");
    const RawResponse lying{"* LIST () NIL {1000000}\r\nabc", {}, {}};
    EXPECT_TRUE(std::holds_alternative<UnreadableResponse>(parse_response(lying)));
}

TEST(Hostile, sets_in_the_worst_order_take_no_longer_than_sorting_them) {
    std::string set = "1";
    for (std::uint32_t i = 0; i < 200'000; ++i) set += "," + std::to_string(i * 2'654'435'761u % 4'000'000'000u | 1u);
    EXPECT_TRUE(read_line("* VANISHED " + set).starts_with("vanished 1,"));
}

TEST(Hostile, unescaped_quotes_by_the_thousand_are_looked_through_once) {
    std::string quotes;
    for (int i = 0; i < 50'000; ++i) quotes += "\"a\"x";
    EXPECT_FALSE(read_line("* 1 FETCH (ENVELOPE (" + quotes + ") UID 1)").empty());
    EXPECT_FALSE(read_line("* OK [X " + quotes).empty());
    EXPECT_FALSE(read_line("* LIST () NIL " + quotes).empty());
    EXPECT_FALSE(read_line("* STATUS " + quotes).empty());
}

}  // namespace
}  // namespace mailhaul::imap
