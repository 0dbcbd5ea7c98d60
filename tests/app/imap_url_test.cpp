// SPDX-License-Identifier: Apache-2.0
#include "app/imap_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mailhaul::app {

static std::ostream& operator<<(std::ostream& out, const AccountAddress& address) {
    return out << address.user << " at " << address.host << " port " << address.port << " security "
               << static_cast<int>(address.security) << " mechanism '" << address.mechanism << "' folder "
               << address.folder.value_or("(all)");
}

namespace {

using client::Security;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Row {
    const char* text;
    AccountAddress wanted;
};

AccountAddress at(std::string user, std::string host, std::uint16_t port = 993, Security security = Security::implicit_tls) {
    AccountAddress address;
    address.user = std::move(user);
    address.host = std::move(host);
    address.port = port;
    address.security = security;
    return address;
}

AccountAddress with_mechanism(AccountAddress address, std::string mechanism) {
    address.mechanism = std::move(mechanism);
    return address;
}

AccountAddress with_folder(AccountAddress address, std::string folder) {
    address.folder = std::move(folder);
    return address;
}

class Account : public testing::TestWithParam<Row> {};

TEST_P(Account, is_read_as_the_table_says) {
    const auto address = parse_account(GetParam().text);
    ASSERT_TRUE(address.ok()) << address.error().describe();
    EXPECT_EQ(address.value(), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    without_scheme, Account,
    testing::Values(Row{"u1@old.example", at("u1", "old.example")},
                    Row{"joe@example.com@imap.example.net", at("joe@example.com", "imap.example.net")},
                    Row{"joe@example.com@imap.example.net:1993", at("joe@example.com", "imap.example.net", 1993)},
                    Row{"u1@old.example:993", at("u1", "old.example", 993)},
                    Row{"u1@old.example:143", at("u1", "old.example", 143, Security::starttls)},
                    Row{"u1@10.0.0.5", at("u1", "10.0.0.5")},  //
                    Row{"u1@localhost:10143", at("u1", "localhost", 10143)}, Row{"u1@[2001:DB8::1]", at("u1", "2001:db8::1")},
                    Row{"u1@[fe80::1%eth0]:143", at("u1", "fe80::1%eth0", 143, Security::starttls)},
                    Row{"u1@IMAP.Example.COM", at("u1", "imap.example.com")},
                    Row{"100%25+tag@old.example", at("100%25+tag", "old.example")},  // literal: no URL, no encoding
                    Row{"DOMAIN\\joe/box@mail.example", at("DOMAIN\\joe/box", "mail.example")},
                    Row{"j\xc3\xb6rg@old.example", at("j\xc3\xb6rg", "old.example")}));

INSTANTIATE_TEST_SUITE_P(
    url, Account,
    testing::Values(Row{"imaps://u1@old.example", at("u1", "old.example")},
                    Row{"imaps://u1@old.example/", at("u1", "old.example")},
                    Row{"IMAPS://u1@old.example:1993/", at("u1", "old.example", 1993)},
                    Row{"imaps://u1@old.example:143", at("u1", "old.example", 143)},  // the scheme decides
                    Row{"imap://u1@old.example", at("u1", "old.example", 143, Security::starttls)},
                    Row{"imap://u1@old.example:993", at("u1", "old.example", 993, Security::starttls)},
                    Row{"imap+insecure://u1@old.example", at("u1", "old.example", 143, Security::plaintext)},
                    Row{"imap+insecure://u1@127.0.0.1:10143/", at("u1", "127.0.0.1", 10143, Security::plaintext)},
                    Row{"imaps://joe%40example.com@imap.example.net", at("joe@example.com", "imap.example.net")},
                    Row{"imaps://joe@example.com@imap.example.net", at("joe@example.com", "imap.example.net")},
                    Row{"imaps://a%3Ab%25%2F@old.example", at("a:b%/", "old.example")},
                    Row{"imaps://u1;AUTH=PLAIN@old.example", with_mechanism(at("u1", "old.example"), "PLAIN")},
                    Row{"imaps://u1;auth=scram-sha-256@old.example/", with_mechanism(at("u1", "old.example"), "SCRAM-SHA-256")},
                    Row{"imaps://u1;AUTH=*@old.example", at("u1", "old.example")},
                    Row{"imap://u1@[::1]:10143", at("u1", "::1", 10143, Security::starttls)},
                    Row{"imaps://u1@old.example/INBOX", with_folder(at("u1", "old.example"), "INBOX")},
                    Row{"imaps://u1@old.example/Archive/2019/", with_folder(at("u1", "old.example"), "Archive/2019")},
                    Row{"imaps://u1@old.example/caf%C3%A9%3B%23", with_folder(at("u1", "old.example"), "caf\xc3\xa9;#")},
                    Row{"imaps://u1@old.example/me@work:1", with_folder(at("u1", "old.example"), "me@work:1")},
                    Row{"imaps://u1@old.example/INBOX;UIDVALIDITY=7", with_folder(at("u1", "old.example"), "INBOX")}));

struct Mistake {
    const char* text;
    const char* says;
};

class AccountMistake : public testing::TestWithParam<Mistake> {};

TEST_P(AccountMistake, is_a_usage_error_that_says_what_is_wrong) {
    const auto address = parse_account(GetParam().text);
    ASSERT_FALSE(address.ok()) << address.value();
    EXPECT_EQ(address.error().code, Errc::usage);
    EXPECT_THAT(address.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    text, AccountMistake,
    testing::Values(
        Mistake{"", "account \"\" names no user: wanted user@host"}, Mistake{"old.example", "names no user"},
        Mistake{"@old.example", "names no user"}, Mistake{"u1@", "names no host"}, Mistake{"u1@:993", "names no host"},
        Mistake{"imaps://old.example:993/", "names no user"}, Mistake{"imaps://;AUTH=PLAIN@old.example", "names no user"},
        Mistake{"imaps://", "names no user"}, Mistake{"https://u1@old.example", "unknown scheme: wanted imaps://"},
        Mistake{"imaps:u1@old.example", "password"}, Mistake{"u1@old.example:0", "number from 1 to 65535"},
        Mistake{"u1@old.example:65536", "number from 1 to 65535"}, Mistake{"u1@old.example:", "number from 1 to 65535"},
        Mistake{"u1@old.example:imaps", "number from 1 to 65535"}, Mistake{"u1@old.example:99 3", "number from 1 to 65535"},
        Mistake{"u1@2001:db8::1", "in brackets"}, Mistake{"u1@[::1", "closing bracket"},
        Mistake{"u1@[::1]993", "between ] and the port"}, Mistake{"u1@[old.example]", "no IPv6 address"},
        Mistake{"u1@old example", "no host name"}, Mistake{"u1@b\xc3\xbc\x63her.example", "xn--"},
        Mistake{"u1@old.example/INBOX", "imaps://user@host/folder"}, Mistake{"imaps://u%4@old.example", "%25"},
        Mistake{"imaps://u%zz@old.example", "%25"}, Mistake{"imaps://u%0d%0aA1@old.example", "control character"},
        Mistake{"u1\n@old.example", "control character"}, Mistake{"imaps://u1@old.example/a%00b", "control character"},
        Mistake{"imaps://u1;AUTH=@old.example", "no mechanism"}, Mistake{"imaps://u1;AUTH=PL AIN@old.example", "no mechanism"},
        Mistake{"imaps://u1;X=1@old.example", "%3B"}, Mistake{"imaps://u1@old.example/INBOX;X=1", "%3B"},
        Mistake{"imaps://u1@old.example/INBOX/;UID=20", "names messages"},
        Mistake{"imaps://u1@old.example/INBOX?SUBJECT%20x", "names messages"},
        Mistake{"imaps://u1@old.example/INBOX#x", "%23"}));

class PasswordInAccount : public testing::TestWithParam<const char*> {};

TEST_P(PasswordInAccount, is_refused_and_shown_nowhere) {
    const auto address = parse_account(GetParam());
    ASSERT_FALSE(address.ok());
    EXPECT_EQ(address.error().code, Errc::usage);
    EXPECT_THAT(address.error().describe(), AllOf(HasSubstr("holds a password"), HasSubstr("file:PATH"),
                                                  Not(HasSubstr("hunter")), Not(HasSubstr("se/cr"))));
}

// Passwords with the characters that end parts of a URL must not slip out by being misread.
INSTANTIATE_TEST_SUITE_P(spelling, PasswordInAccount,
                         testing::Values("imaps://u1:hunter2@old.example", "imaps://u1:hunter2;AUTH=PLAIN@old.example/INBOX",
                                         "u1:hunter2@old.example", "u1@example.com:hunter2@imap.example:993",
                                         "imaps://u1:hunter2", "u1:hunter@2@old.example", "imaps://u1:se/cr@old.example",
                                         "imaps://u1:hunter/se/cr@old.example", "u1:hunter://2@old.example",
                                         "u1:se/cr@old.example", "imaps://u1:hunter:2@old.example",
                                         "imaps://u1:hunter%zz@old.example", "imaps://u1:hunter2/se/cr"));

TEST(AccountText, is_shown_without_what_would_steer_a_terminal) {
    EXPECT_THAT(parse_account("u1\x1b[2J@old.example").error().message, HasSubstr("\"u1?[2J@old.example\""));
}

TEST(AccountText, never_shows_what_stands_between_a_colon_and_the_last_at_sign) {
    EXPECT_THAT(parse_account("ftp://u1:hunter2@old.example").error().message,
                AllOf(HasSubstr("\"ftp://u1:<redacted>@old.example\""), HasSubstr("unknown scheme")));
    EXPECT_THAT(parse_account("u1:hunter2@old.example:imaps").error().message, Not(HasSubstr("hunter2")));
}

RC_GTEST_PROP(AccountText, of_any_octets_is_read_or_refused_without_its_password, ()) {
    // Hyphens of its own, as no other word of a message holds two in a row with x.
    const std::string password = "x--" + *rc::gen::string<std::string>() + "--x";
    const std::string text = *rc::gen::element<std::string>("", "imaps://", "imap://", "foo://") + "u1:" + password + "@" +
                             *rc::gen::string<std::string>();
    const auto address = parse_account(text);
    RC_ASSERT(!address.ok());
    RC_ASSERT(address.error().code == Errc::usage);
    RC_ASSERT(!address.error().describe().contains(password));
}

RC_GTEST_PROP(AccountText, written_as_a_url_is_read_back_whole, ()) {
    const auto encode = [](const std::string& plain) {
        std::string encoded;
        constexpr const char* digits = "0123456789ABCDEF";
        for (const char c : plain)
            encoded.append({'%', digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]});
        return encoded;
    };
    const auto printable = rc::gen::nonEmpty(rc::gen::container<std::string>(
        rc::gen::suchThat<char>([](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; })));
    const std::string user = *printable;
    const std::string folder = *printable;
    const auto address = parse_account("imaps://" + encode(user) + "@old.example/" + encode(folder));
    RC_ASSERT(address.ok());
    RC_ASSERT(address.value() == with_folder(at(user, "old.example"), folder));
}

TEST(Access, takes_everything_the_address_says) {
    const client::Access access = access_to(parse_account("imap://u1;AUTH=PLAIN@old.example:1143").value());
    EXPECT_EQ(access.label(), "u1@old.example:1143");
    EXPECT_EQ(access.security, Security::starttls);
    EXPECT_EQ(access.mechanism, "PLAIN");
    EXPECT_EQ(access.authorize_as, "");
}

}  // namespace
}  // namespace mailhaul::app
