// SPDX-License-Identifier: Apache-2.0
#include "oauth/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oauth/authorization.hpp"

namespace mailhaul::oauth {
namespace {

using testing::HasSubstr;

TEST(TokenAnswer, is_read_with_its_life_as_a_number_or_as_text) {
    for (const char* life : {"3599", "\"3599\"", "3599.0"}) {
        const auto answer = token_answer_from(
            200, std::string(R"({"access_token":"a","token_type":"bearer","refresh_token":"r","expires_in":)") + life + "}");
        const auto* tokens = std::get_if<Tokens>(&answer);
        ASSERT_NE(tokens, nullptr) << life;
        EXPECT_EQ(tokens->access.reveal(), "a");
        EXPECT_EQ(tokens->refresh.reveal(), "r");
        EXPECT_EQ(tokens->lives, std::chrono::seconds(3599));
    }
}

TEST(TokenAnswer, needs_neither_a_life_nor_a_refresh_token) {
    const auto answer = token_answer_from(200, R"({"access_token":"a","expires_in":-5})");
    EXPECT_FALSE(std::get<Tokens>(answer).lives);
    EXPECT_TRUE(std::get<Tokens>(answer).refresh.empty());
}

struct RefusalRow {
    int status;
    const char* body;
    Refusal kind;
    const char* advice;
};

class Refusals : public testing::TestWithParam<RefusalRow> {};

TEST_P(Refusals, are_told_apart_and_say_what_to_do) {
    const auto answer = token_answer_from(GetParam().status, GetParam().body);
    const auto* refusal = std::get_if<TokenRefusal>(&answer);
    ASSERT_NE(refusal, nullptr);
    EXPECT_EQ(static_cast<int>(refusal->kind), static_cast<int>(GetParam().kind));
    const Error error = error_from(*refusal, "no token", "https://t.example");
    EXPECT_THAT(error.message, HasSubstr(GetParam().advice));
    EXPECT_EQ(error.code == Errc::server_unavailable, GetParam().kind == Refusal::transient);
}

INSTANTIATE_TEST_SUITE_P(
    table, Refusals,
    testing::Values(RefusalRow{400, R"({"error":"authorization_pending"})", Refusal::pending, "nobody has agreed"},
                    RefusalRow{400, R"({"error":"slow_down"})", Refusal::slow_down, "nobody has agreed"},
                    RefusalRow{400, R"({"error":"access_denied"})", Refusal::declined, "said no"},
                    RefusalRow{400, R"({"error":"expired_token"})", Refusal::code_expired, "too long"},
                    RefusalRow{400, R"({"error":"invalid_grant"})", Refusal::grant_dead, "mailhaul login again"},
                    RefusalRow{400, R"({"error":"invalid_grant","error_description":"Invalid JWT: expired"})",
                               Refusal::grant_dead, "computer's clock"},
                    RefusalRow{401, R"({"error":"invalid_client"})", Refusal::client_wrong, "client id and secret"},
                    RefusalRow{400, R"({"error":"invalid_grant","error_description":"AADSTS50076: use MFA"})",
                               Refusal::needs_person, "a person must agree"},
                    RefusalRow{400, R"({"error":"invalid_request","error_description":"AADSTS7000215: secret"})",
                               Refusal::client_wrong, "client id and secret"},
                    RefusalRow{400, R"({"error":"invalid_request","error_description":"AADSTS7000161: other"})", Refusal::other,
                               "the endpoint"},
                    RefusalRow{400, R"({"error":"invalid_scope"})", Refusal::scope_wrong, "--scope"},
                    RefusalRow{503, "<html>busy</html>", Refusal::transient, "later"},
                    RefusalRow{429, "{}", Refusal::transient, "later"},
                    RefusalRow{404, "<html>", Refusal::other, "the endpoint"},
                    RefusalRow{200, "no json", Refusal::other, "the endpoint"},
                    RefusalRow{200, R"({"access_token":5})", Refusal::other, "the endpoint"},
                    RefusalRow{200, R"({"access_token":"a","token_type":"mac"})", Refusal::other, "the endpoint"}));

TEST(TokenAnswer, survives_nesting_and_octets_of_any_kind) {
    EXPECT_TRUE(std::holds_alternative<TokenRefusal>(token_answer_from(200, std::string(100'000, '['))));
    EXPECT_TRUE(std::holds_alternative<TokenRefusal>(token_answer_from(200, std::string("{\"a\":\"\xFF\0", 7))));
}

TEST(DeviceAnswer, is_read_with_the_defaults_of_the_rfc) {
    const auto answer = device_answer_from(200, R"({"device_code":"d","user_code":"U-1","verification_uri":"https://v"})");
    const auto* code = std::get_if<DeviceCode>(&answer);
    ASSERT_NE(code, nullptr);
    EXPECT_EQ(code->interval, std::chrono::seconds(5));
    EXPECT_EQ(code->where, "https://v");
    EXPECT_TRUE(std::holds_alternative<TokenRefusal>(device_answer_from(200, R"({"device_code":"d"})")));
}

TEST(AuthorizationFile, is_read_as_it_was_written) {
    Authorization written;
    written.token_endpoint = "https://t.example/token";
    written.client_id = "a \"quoted\" id";
    written.client_secret = "file:/etc/secret";
    written.scope = "mail offline";
    written.refresh_token = Secret("r\\1\n\xC3\xBC");
    const auto read = authorization_from(json_from(written).reveal(), "f");
    ASSERT_TRUE(read.ok()) << read.error().describe();
    EXPECT_EQ(read->token_endpoint, written.token_endpoint);
    EXPECT_EQ(read->client_id, written.client_id);
    EXPECT_EQ(read->client_secret, written.client_secret);
    EXPECT_EQ(read->scope, written.scope);
    EXPECT_EQ(read->refresh_token.reveal(), written.refresh_token.reveal());
}

TEST(AuthorizationFile, that_lacks_something_says_what) {
    const std::string head = R"({"format":"mailhaul authorization 1",)";
    for (const auto& [json, lacks] :
         {std::pair{std::string("{}"), "is no authorization"}, std::pair{head + R"("grant":"magic"})", "not known"},
          std::pair{head + R"("grant":"refresh_token"})", "token_endpoint"},
          std::pair{head + R"("grant":"refresh_token","token_endpoint":"t"})", "client_id"},
          std::pair{head + R"("grant":"refresh_token","token_endpoint":"t","client_id":"c"})", "refresh_token"},
          std::pair{head + R"("grant":"service_account"})", "service_account"}}) {
        const auto read = authorization_from(json, "f");
        ASSERT_FALSE(read.ok()) << json;
        EXPECT_THAT(read.error().message, HasSubstr(lacks));
        EXPECT_EQ(read.error().code, Errc::credential_unavailable);
    }
}

TEST(ServiceAccountKey, is_the_file_that_google_gives) {
    const auto account = service_account_from(
        R"({"type":"service_account","private_key_id":"k","private_key":"PEM","client_email":"s@p","token_uri":"https://t"})",
        "f");
    ASSERT_TRUE(account.ok());
    EXPECT_EQ(account->email, "s@p");
    EXPECT_EQ(account->key_id, "k");
    EXPECT_EQ(account->token_endpoint, "https://t");
    EXPECT_FALSE(service_account_from(R"({"client_email":"s@p"})", "f").ok());
}

}  // namespace
}  // namespace mailhaul::oauth
