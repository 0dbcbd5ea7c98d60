// SPDX-License-Identifier: Apache-2.0
#include "oauth/form.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oauth/pkce.hpp"
#include "oauth/providers.hpp"
#include "oauth/requests.hpp"

namespace mailhaul::oauth {
namespace {

TEST(Form, encodes_all_but_the_unreserved_characters) {
    EXPECT_EQ(form_from({{"a b", "x&y=z+%~._-"}, {"c", "\xC3\xBC"}}), "a%20b=x%26y%3Dz%2B%25~._-&c=%C3%BC");
}

TEST(Form, is_read_back_by_name_and_the_first_of_a_name_counts) {
    EXPECT_EQ(field_in("a=1&state=x%2By+z&a=2", "state"), "x+y z");
    EXPECT_EQ(field_in("a=1&a=2", "a"), "1");
    EXPECT_EQ(field_in("a&b=", "a"), "");
    EXPECT_EQ(field_in("a=1", "b"), std::nullopt);
    EXPECT_EQ(field_in("a=%4", "a"), std::nullopt);
    EXPECT_EQ(field_in("", "a"), std::nullopt);
}

RC_GTEST_PROP(Form, keeps_any_value, (const std::string& value)) {
    RC_ASSERT(field_in(form_from({{"other", "1"}, {"name", value}}), "name") == value);
}

RC_GTEST_PROP(UrlBase64, keeps_any_octets, (const std::string& octets)) {
    const std::string text = url_base64_from(octets);
    RC_ASSERT(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos);
    RC_ASSERT(octets_from_url_base64(text) == octets);
}

TEST(Pkce, is_the_example_of_rfc_7636_appendix_b) {
    const std::string octets(
        "\x74\x18\xdf\xb4\x97\x99\xe0\x25\x4f\xfa\x60\x7d\xd8\xad\xbb\xba"
        "\x16\xd4\x25\x4d\x69\xd6\xbf\xf0\x5b\x58\x05\x58\x53\x84\x8d\x79",
        32);
    const Pkce pkce = pkce_from(octets);
    EXPECT_EQ(pkce.verifier.reveal(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    EXPECT_EQ(pkce.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    EXPECT_TRUE(pkce_from("too short").verifier.empty());
}

TEST(Requests, carry_what_the_rfcs_ask_for_and_the_secret_only_of_a_client_that_has_one) {
    Client client;
    client.id = "c d";
    EXPECT_EQ(refresh_request(client, Secret("r/1"), "").reveal(),
              "grant_type=refresh_token&refresh_token=r%2F1&client_id=c%20d");
    client.secret = Secret("s&");
    EXPECT_EQ(client_credentials_request(client, "x/.default").reveal(),
              "grant_type=client_credentials&scope=x%2F.default&client_id=c%20d&client_secret=s%26");
    EXPECT_EQ(
        device_poll_request(client, Secret("d")).reveal(),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d&client_id=c%20d&client_secret=s%26");
    EXPECT_EQ(code_request(client, Secret("k"), "http://127.0.0.1:1", Secret("v")).reveal(),
              "grant_type=authorization_code&code=k&redirect_uri=http%3A%2F%2F127.0.0.1%3A1&code_verifier=v&client_id=c%20d&"
              "client_secret=s%26");
}

TEST(Requests, send_the_browser_where_the_provider_wants_it) {
    const auto google = provider_named("google", "");
    ASSERT_TRUE(google);
    AuthorizationQuestion question;
    question.endpoint = google->authorize;
    question.client_id = "id";
    question.redirect = "http://127.0.0.1:4711";
    question.scope = google->scope;
    question.state = "s";
    question.challenge = "c";
    question.login_hint = "u1@example.org";
    question.extra = google->extra;
    EXPECT_EQ(authorization_url(question),
              "https://accounts.google.com/o/oauth2/v2/"
              "auth?response_type=code&client_id=id&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711&"
              "scope=https%3A%2F%2Fmail.google.com%2F&state=s&code_challenge=c&code_challenge_method=S256&"
              "login_hint=u1%40example.org&access_type=offline&prompt=consent");
}

TEST(Providers, know_their_endpoints_and_who_gives_no_mail_to_devices) {
    for (const std::string& name : provider_names()) {
        const auto provider = provider_named(name, "");
        ASSERT_TRUE(provider) << name;
        EXPECT_TRUE(provider->token.starts_with("https://")) << name;
        EXPECT_TRUE(provider->authorize.starts_with("https://")) << name;
        EXPECT_FALSE(provider->scope.empty()) << name;
    }
    EXPECT_EQ(provider_named("microsoft", "example.org")->token,
              "https://login.microsoftonline.com/example.org/oauth2/v2.0/token");
    EXPECT_EQ(provider_named("google", "")->device, "");
    EXPECT_FALSE(provider_named("nobody", ""));
}

}  // namespace
}  // namespace mailhaul::oauth
