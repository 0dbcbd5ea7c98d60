// SPDX-License-Identifier: Apache-2.0
// One row per way a login fails: what the server said, with which credentials, and what a person is told to do.
#include "app/diagnose_login.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailhaul::app {
namespace {

struct Row {
    const char* said;
    const char* host;
    const char* server;
    Credential credential;
    const char* user;
    LoginCause cause;
    const char* advice;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.said << " from " << row.host; }

class Diagnosing : public testing::TestWithParam<Row> {};

TEST_P(Diagnosing, finds_the_cause_and_says_what_to_do) {
    const Row& row = GetParam();
    LoginFacts facts;
    facts.host = row.host;
    facts.server = row.server;
    facts.user = row.user;
    facts.credential = row.credential;
    const Error error(Errc::login_refused, Scope::account, Retry::never, "refused", row.said);
    const Diagnosis found = diagnose_login(error, facts);
    EXPECT_EQ(name_of(found.cause), name_of(row.cause));
    EXPECT_THAT(found.next_step, testing::HasSubstr(row.advice));
}

constexpr auto pw = Credential::password;
constexpr auto token = Credential::token;

INSTANTIATE_TEST_SUITE_P(
    table, Diagnosing,
    testing::Values(
        Row{"NO [AUTHENTICATIONFAILED] Invalid credentials", "mail.x", "Dovecot ready.", pw, "u@x", LoginCause::wrong_secret,
            "check the password"},
        Row{"NO Login failed", "mail.x", "", pw, "u", LoginCause::wrong_secret, "u%40DOMAIN@mail.x"},
        Row{"NO [ALERT] Application-specific password required: https://x", "imap.gmail.com", "Gimap ready", pw, "u@x",
            LoginCause::app_password_needed, "app password"},
        Row{"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "imap.gmail.com", "Gimap ready for requests from 1", pw,
            "u@gmail.com", LoginCause::app_password_needed, "--authorize google"},
        Row{"NO [WEBALERT https://accounts.google.com/x] Web login required.", "imap.gmail.com", "", pw, "u@x",
            LoginCause::blocked, "in a browser"},
        Row{"NO [ALERT] Your account is not enabled for IMAP use.", "imap.gmail.com", "", pw, "u@x", LoginCause::imap_off,
            "switch it on"},
        Row{"NO [AUTHENTICATIONFAILED] Authentication failed", "imap.mail.me.com", "", pw, "u@me.com",
            LoginCause::app_password_needed, "iCloud does not take the account's own password"},
        Row{"NO AUTHENTICATE failed.", "outlook.office365.com", "The Microsoft Exchange IMAP4 service is ready. [abc]", pw,
            "u@x", LoginCause::oauth_needed, "--authorize microsoft"},
        Row{"NO AUTHENTICATE failed.", "outlook.office365.com", "The Microsoft Exchange IMAP4 service is ready. [abc]", token,
            "u@x", LoginCause::wrong_scope, "IMAP.AccessAsApp"},
        Row{"BAD User is authenticated but not connected.", "outlook.office365.com", "", token, "u@x",
            LoginCause::mailbox_permission, "full access"},
        Row{"NO [AUTHENTICATIONFAILED] {\"status\":\"invalid_token\"}", "mail.x", "Dovecot", token, "u@x",
            LoginCause::wrong_scope, "not for this server"},
        Row{"NO [AUTHENTICATIONFAILED] bad", "mail.x", "Dovecot", token, "u@x", LoginCause::wrong_scope, "scope for IMAP"},
        Row{"NO [AUTHORIZATIONFAILED] not allowed", "mail.x", "", pw, "admin", LoginCause::impersonation, "may not act"},
        Row{"NO [PRIVACYREQUIRED] Plaintext authentication disallowed", "mail.x", "", pw, "u", LoginCause::not_encrypted,
            "imaps://"},
        Row{"BAD Command received in Invalid state.", "mail.corp", "The Microsoft Exchange IMAP4 service is ready.", pw, "u",
            LoginCause::not_encrypted, "imaps://"},
        Row{"NO [EXPIRED] password", "mail.x", "", pw, "u", LoginCause::password_expired, "set a new one"},
        Row{"NO Too many failed logins", "mail.x", "", pw, "u", LoginCause::throttled, "wait"},
        Row{"NO Account is locked", "mail.x", "", pw, "u", LoginCause::blocked, "unlocked"},
        Row{"NO [AUTHENTICATIONFAILED] no", "mail.x", "", Credential::certificate, "u", LoginCause::wrong_secret, "issuer"},
        Row{"NO [AUTHENTICATIONFAILED] no", "mail.x", "", Credential::ticket, "u", LoginCause::mailbox_permission,
            "does not open the mailbox of u"}));

TEST(Diagnosis, of_an_administrators_login_speaks_of_the_administrator) {
    LoginFacts facts;
    facts.user = "admin";
    facts.authorize_as = "u1";
    const Error error(Errc::login_refused, Scope::account, Retry::never, "refused", "NO no");
    EXPECT_THAT(diagnose_login(error, facts).next_step,
                testing::HasSubstr("password of admin, and that admin may act for others"));
}

TEST(Diagnosis, is_not_made_of_what_is_no_failed_login) {
    const Error error(Errc::connect_failed, Scope::account, Retry::later, "refused");
    EXPECT_EQ(diagnose_login(error, LoginFacts()).cause, LoginCause::unknown);
    const Error limit(Errc::too_many_connections, Scope::account, Retry::later, "limit");
    EXPECT_EQ(diagnose_login(limit, LoginFacts()).cause, LoginCause::throttled);
}

}  // namespace
}  // namespace mailhaul::app
