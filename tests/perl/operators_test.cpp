// SPDX-License-Identifier: Apache-2.0
#include "perl/operators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace mailhaul::perl {
namespace {

using testing::HasSubstr;

const Variables variables{{"h1_sep", "/"}, {"h2_prefix", "INBOX."}, {"user1", "anna"}};

std::string applied(const std::string& text, const std::string& subject) {
    const auto substitution = Substitution::parse("--option", text, variables);
    if (!substitution.ok()) return "refused: " + substitution.error().message;
    const auto made = substitution.value().apply(subject);
    return made.ok() ? made.value() : "failed: " + made.error().message;
}

std::string refusal_of(const std::string& text) {
    const auto substitution = Substitution::parse("--option", text, variables);
    return substitution.ok() ? "" : substitution.error().message;
}

TEST(PerlSubstitution, DoesWhatTheIdiomsOfItsUsersDo) {
    struct Row {
        const char* text;
        const char* before;
        const char* after;
    };
    const std::vector<Row> rows{
        {R"(s,\[Gmail\].,,)", "[Gmail]/Sent Mail", "Sent Mail"},
        {R"(s/^INBOX\.(.+)/$1/)", "INBOX.A.B", "A.B"},
        {R"(s,(/|^) +,$1,g)", " a/  b", "a/b"},
        {R"(s, +(/|$),$1,g)", "a /b  ", "a/b"},
        {R"(s,^ +| +$,,g)", "  a b ", "a b"},
        {R"(s/['"\\]/_/g)", R"(it's "a\b")", "it_s _a_b_"},
        {R"(s/[\^]/_/g)", "a^b^", "a_b_"},
        {R"(s,^INBOX(.*),INBOX.FOO$1,)", "INBOX.a", "INBOX.FOO.a"},
        {R"(s,(.*),FOO/$1,)", "a", "FOO/a"},
        {R"(s/.*/INBOX/)", "Sent", "INBOX"},
        {R"(s{^Sent$|^Sent Messages$}{Sent})", "Sent Messages", "Sent"},
        {R"(s{^Sent$} {Gesendet}i)", "sent", "Gesendet"},
        {R"(s,([^.]+),\L$1\E,g)", "INBOX.AbC", "inbox.abc"},
        {R"(s,([^.]+),\u\L$1\E,g)", "INBOX.aBC", "Inbox.Abc"},
        {R"(tr,*%.#,_,)", "a*b%c.d#", "a_b_c_d_"},
        {R"(s,&APg-,oe,g)", "K&APg-ln", "Koeln"},
        {R"(s,^mail/,INBOX/,)", "mail/x", "INBOX/x"},
        {R"(s/\\Flagged//g)", R"(\Seen \Flagged)", R"(\Seen )"},
        {R"(s,,\\Seen ,)", R"(\Flagged)", R"(\Seen \Flagged)"},
        {R"(s/.*?(?:(\\(?:Answered|Flagged|Deleted|Seen|Draft)\s?)|$)/defined($1)?$1:q()/eg)", R"(NonJunk \Seen $x)",
         R"(\Seen )"},
        {R"(s,^${h2_prefix}(.*),${h2_prefix}NEW.$1,)", "INBOX.a", "INBOX.NEW.a"},
        {R"(s,$h1_sep,::,g)", "a/b/c", "a::b::c"},
        {R"(s,^,X-User: $sync->{user1} ,)", "", "X-User: anna "},
        {R"(s/(?<a>\w+) (?<b>\w+)/$+{b} $+{a}/)", "one two", "two one"},
        {R"(s/b/<$&$`$'>/)", "abc", "a<bac>c"},
        {R"(s/(b)/${1}0/)", "abc", "ab0c"},
        {R"(s/(b)/\1\1/)", "abc", "abbc"},
        {R"(s/b$/x/m)", "b\nb", "x\nb"},
        {R"(s/a.c/x/s)", "a\nc", "x"},
        {"s/ a \\ b # blanks\n/x/x", "a b", "x"},
        {R"(s'b'$x@y')", "abc", "a$x@yc"},
        {R"(s/x*/-/g)", "axb", "-a--b-"},
        {R"(s/a|b/[/ ; )", "ab", "[b"},
        {R"(tr/a-y/b-z/)", "hello", "ifmmp"},
        {R"(tr/a-zA-Z//cd)", "a1b2", "ab"},
        {R"(y/a-z//s)", "hello", "helo"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(applied(row.text, row.before), row.after) << row.text;
    }
}

TEST(PerlSubstitution, IsDataAndNeverCode) {
    EXPECT_THAT(refusal_of("s/a/system('id')/e"), HasSubstr("--option s/a/system('id')/e: the modifier e makes"));
    EXPECT_THAT(refusal_of("s/a/b/ee"), HasSubstr("never run"));
    EXPECT_THAT(refusal_of("s/a(?{system('id')})/b/"), HasSubstr("not run"));
    EXPECT_THAT(refusal_of("s/a/@{[system('id')]}/"), HasSubstr("\\@"));
    EXPECT_THAT(refusal_of("s/a/${\\ system('id')}/"), HasSubstr("\\$"));
    EXPECT_THAT(refusal_of("s/a/b/; unlink('x')"), HasSubstr("follows the operator"));
    EXPECT_THAT(refusal_of("s/a/`id`/"), "");
    EXPECT_EQ(applied("s/a/`id`/", "a"), "`id`");
}

TEST(PerlSubstitution, WhatIsNotUnderstoodIsRefusedWithWhatToWrite) {
    struct Row {
        const char* text;
        const char* words;
    };
    const std::vector<Row> rows{
        {"", "wanted s/old/new/"},
        {"FooArchiv", "wanted s/old/new/"},
        {"m/x/", "wanted s/old/new/ or tr"},
        {"s/a/b", "no closing /"},
        {"s/a", "no closing /"},
        {"s{a}{b", "no closing }"},
        {"s/a/b/y", "modifier y"},
        {"tr/a/b/i", "modifier i of tr"},
        {"s/(/b/", "offset"},
        {"s/a/$other/", "$other is no variable known here (those are $h1_sep, $h2_prefix, $user1)"},
        {"s/$1/b/", "is a variable of Perl's"},
        {"s/a/$0/", "$&"},
        {"s/(a)/$1[0]/", "${1}"},
        {"s/a/b$/", "\\$"},
        {"s/a/\\N{U+41}/", "\\N is not understood"},
        {"s/a/\\x{1F600}/", "above FF"},
        {"s/(?<x>a)/$+{y}/", "no group of that name"},
        {"tr/c-a/x/", "comes before its beginning"},
        {"s/[$]/b/", "\\$"},
        {"s/@list/b/", "\\@"},
    };
    for (const Row& row : rows) EXPECT_THAT(refusal_of(row.text), HasSubstr(row.words)) << row.text;
    EXPECT_THAT(refusal_of(std::string(70'000, 's')), HasSubstr("longer than"));
}

TEST(PerlSubstitution, ACostlyPatternEndsWithAnError) {
    EXPECT_THAT(applied("s/(x+x+)+[yz]/z/", std::string(60, 'x')), HasSubstr("write a simpler pattern"));
    EXPECT_THAT(applied("s/a/" + std::string(60'000, 'b') + "/g", std::string(10'000, 'a')), HasSubstr("makes more than"));
}

TEST(PerlSubstitution, ALargeMessageIsNoCostlySubject) {
    std::string message = "Subject: x\r\n\r\n";
    while (message.size() < (8U << 20)) message += std::string(76, 'x') + "\r\n";
    message += std::string(1'000'000, 'y') + "\r\n";
    const std::string made = applied("s,(.{10239}),$1\\r\\n,g", message);
    EXPECT_GT(made.size(), message.size());
    EXPECT_LT(made.size(), message.size() + 4096);
    EXPECT_EQ(applied("s/(?:.|\\n)*z//", message.substr(0, 10'000)), message.substr(0, 10'000));
}

TEST(PerlMatch, FindsAnywhereWithItsModifiers) {
    const auto matches = [](const char* text, std::string_view subject) {
        const auto match = Match::parse("--skipmess", text);
        return match.ok() && match.value().matches(subject).value();
    };
    EXPECT_TRUE(matches("m/SPAM/i", "some spam"));
    EXPECT_TRUE(matches("/^To: b/m", "From: a\nTo: b\n"));
    EXPECT_TRUE(matches("m{a.b}s", "xa\nby"));
    EXPECT_FALSE(matches("m/^b/", "a\nb"));
    EXPECT_TRUE(matches("m/\\x80/", "\x80"));
    EXPECT_TRUE(matches("m/./", std::string_view("\0", 1)));
    EXPECT_FALSE(Match::parse("--skipmess", "s/a/b/").ok());
    EXPECT_FALSE(Match::parse("--skipmess", "spam").ok());
}

TEST(PerlSubstitutions, AreAppliedInTheirOrder) {
    const auto all = parse_substitutions("--regextrans2", {"s/a/b/", "tr/b/c/", "s/c/d/"});
    ASSERT_TRUE(all.ok());
    EXPECT_EQ(apply_all(all.value(), "a").value(), "d");
    EXPECT_FALSE(parse_substitutions("--regextrans2", {"s/a/b/", "x"}).ok());
}

}  // namespace
}  // namespace mailhaul::perl
