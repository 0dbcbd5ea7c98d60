// SPDX-License-Identifier: Apache-2.0
// The simple mechanisms, octet for octet, and what make_mechanism() refuses. SCRAM has its own file.
#include "auth/mechanism.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "testkit/played_context.hpp"

namespace mailhaul::auth {
namespace {

using namespace std::string_literals;

const std::string nonce = "fyko+d2lbbFgONRv9qkxdawL";

Credentials with_password(std::string user, std::string password) {
    Credentials credentials;
    credentials.user = std::move(user);
    credentials.password = Secret(std::move(password));
    return credentials;
}

Credentials with_token(std::string user, std::string token) {
    Credentials credentials;
    credentials.user = std::move(user);
    credentials.token = Secret(std::move(token));
    return credentials;
}

std::unique_ptr<Mechanism> make(std::string_view name, const Credentials& credentials) {
    auto mechanism = make_mechanism(name, credentials, nonce);
    EXPECT_TRUE(mechanism.ok()) << mechanism.error().describe();
    return mechanism.ok() ? std::move(mechanism).value() : nullptr;
}

Errc refusal(std::string_view name, const Credentials& credentials) {
    auto mechanism = make_mechanism(name, credentials, nonce);
    return mechanism.ok() ? Errc::internal : mechanism.error().code;
}

TEST(Plain, sends_the_example_of_rfc_4616) {
    auto plain = make("PLAIN", with_password("tim", "tanstaaftanstaaf"));
    EXPECT_EQ(plain->initial()->reveal(), "\0tim\0tanstaaftanstaaf"s);
    EXPECT_TRUE(plain->accept().ok());
}

TEST(Plain, carries_the_mailbox_owner_before_the_administrator) {
    auto credentials = with_password("Kurt", "xipj3plmq");
    credentials.authorize_as = "Ursel";
    EXPECT_EQ(make("PLAIN", credentials)->initial()->reveal(), "Ursel\0Kurt\0xipj3plmq"s);
}

TEST(Plain, keeps_odd_passwords_as_they_are) {
    for (const auto& password : {"\"\\{12}"s, " blanks "s, "p\xC3\xA4ss"s, std::string(300, 'x')}) {
        EXPECT_EQ(make("PLAIN", with_password("u", password))->initial()->reveal(), "\0u\0"s + password);
    }
}

TEST(Plain, refuses_a_challenge_after_its_only_message) {
    auto plain = make("PLAIN", with_password("tim", "secret"));
    EXPECT_EQ(plain->respond("more?").error().code, Errc::protocol_violation);
}

TEST(Login, answers_by_order_whatever_the_prompts_say) {
    auto login = make("LOGIN", with_password("tim", "secret"));
    EXPECT_FALSE(login->initial().has_value());
    EXPECT_EQ(login->respond("User Name\0"s)->reveal(), "tim");
    EXPECT_EQ(login->respond("")->reveal(), "secret");
    EXPECT_EQ(login->respond("Shoe size:").error().code, Errc::protocol_violation);
}

TEST(CramMd5, answers_the_example_of_rfc_2195) {
    auto cram = make("CRAM-MD5", with_password("tim", "tanstaaftanstaaf"));
    EXPECT_FALSE(cram->initial().has_value());
    EXPECT_EQ(cram->respond("<1896.697170952@postoffice.reston.mci.net>")->reveal(), "tim b913a602c7eda7a495b4e6e7334d3890");
    EXPECT_EQ(cram->respond("<again>").error().code, Errc::protocol_violation);
}

TEST(External, sends_the_mailbox_owner_or_nothing) {
    Credentials credentials;
    EXPECT_EQ(make("EXTERNAL", credentials)->initial()->reveal(), "");
    credentials.authorize_as = "fred";
    EXPECT_EQ(make("EXTERNAL", credentials)->initial()->reveal(), "fred");
}

TEST(XOAuth2, sends_the_documented_form) {
    auto mechanism = make("XOAUTH2", with_token("someuser@example.com", "ya29.token"));
    EXPECT_EQ(mechanism->initial()->reveal(),
              "user=someuser@example.com\x01"
              "auth=Bearer ya29.token\x01\x01");
}

TEST(XOAuth2, names_the_mailbox_to_open_and_not_the_holder_of_the_token) {
    auto credentials = with_token("delegate@example.com", "t");
    credentials.authorize_as = "shared@example.com";
    EXPECT_EQ(make("XOAUTH2", credentials)->initial()->reveal(),
              "user=shared@example.com\x01"
              "auth=Bearer t\x01\x01");
}

TEST(XOAuth2, answers_a_refusal_with_an_empty_line_and_keeps_the_explanation) {
    auto mechanism = make("XOAUTH2", with_token("u", "t"));
    const std::string json = R"({"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"})";
    EXPECT_TRUE(mechanism->explanation().empty());
    EXPECT_EQ(mechanism->respond(json)->reveal(), "");
    EXPECT_EQ(mechanism->explanation(), json);
    EXPECT_FALSE(mechanism->accept().ok());
    EXPECT_EQ(mechanism->respond(json).error().code, Errc::protocol_violation);
}

TEST(OAuthBearer, sends_the_example_of_rfc_7628) {
    auto credentials = with_token("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
    credentials.host = "server.example.com";
    credentials.port = 143;
    EXPECT_EQ(make("OAUTHBEARER", credentials)->initial()->reveal(),
              "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
              "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01");
}

TEST(OAuthBearer, escapes_what_would_end_the_name) {
    EXPECT_TRUE(make("OAUTHBEARER", with_token("a,b=c", "t"))->initial()->reveal().starts_with("n,a=a=2Cb=3Dc,\x01"));
}

TEST(OAuthBearer, answers_a_refusal_with_one_control_a) {
    auto mechanism = make("OAUTHBEARER", with_token("u", "t"));
    EXPECT_EQ(mechanism->respond(R"({"status":"invalid_token"})")->reveal(), "\x01");
    EXPECT_EQ(mechanism->explanation(), R"({"status":"invalid_token"})");
}

TEST(MakeMechanism, refuses_what_the_credentials_cannot_feed) {
    EXPECT_EQ(refusal("GSSAPI", with_password("u", "p")), Errc::login_unavailable);
    EXPECT_EQ(refusal("LOGIN-COMMAND", with_password("u", "p")), Errc::login_unavailable);
    EXPECT_EQ(refusal("PLAIN", with_token("u", "t")), Errc::login_unavailable);
    EXPECT_EQ(refusal("XOAUTH2", with_password("u", "p")), Errc::login_unavailable);
    EXPECT_EQ(refusal("SCRAM-SHA-256-PLUS", with_password("u", "p")), Errc::login_unavailable);
}

TEST(MakeMechanism, refuses_to_lose_the_mailbox_owner) {
    auto credentials = with_password("admin", "p");
    credentials.authorize_as = "user";
    EXPECT_EQ(refusal("LOGIN", credentials), Errc::login_unavailable);
    EXPECT_EQ(refusal("CRAM-MD5", credentials), Errc::login_unavailable);
}

TEST(MakeMechanism, refuses_octets_that_would_forge_a_field) {
    EXPECT_EQ(refusal("PLAIN", with_password("u\0admin"s, "p")), Errc::login_unavailable);
    EXPECT_EQ(refusal("PLAIN", with_password("u", "p\n")), Errc::login_unavailable);
    EXPECT_EQ(refusal("XOAUTH2", with_token("u", "t\x01host=evil")), Errc::login_unavailable);
}

TEST(MakeMechanism, makes_every_mechanism_it_knows) {
    auto credentials = with_password("u", "p");
    credentials.token = Secret("t");
    credentials.binding_type = "tls-exporter";
    credentials.binding_data = "data";
    credentials.context = std::make_shared<testkit::PlayedContext>("u@EXAMPLE.ORG");
    for (const auto& name : known_mechanisms()) EXPECT_EQ(make(name, credentials)->name(), name);
}

TEST(MakeMechanism, never_prints_the_secret) {
    std::ostringstream out;
    out << *make("PLAIN", with_password("tim", "tanstaaf"))->initial();
    EXPECT_EQ(out.str(), "<redacted>");
}

}  // namespace
}  // namespace mailhaul::auth
