// SPDX-License-Identifier: Apache-2.0
// GSSAPI's dialogue (RFC 4752 section 3.1), with Kerberos's own part played: a real one needs a KDC, and is met in
// tests/conformance/kerberos_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "auth/mechanism.hpp"
#include "testkit/played_context.hpp"

namespace mailhaul::auth {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testkit::PlayedContext;

Credentials of(std::string user, std::string authorize_as = {}) {
    Credentials credentials;
    credentials.user = std::move(user);
    credentials.authorize_as = std::move(authorize_as);
    credentials.context = std::make_shared<PlayedContext>();
    return credentials;
}

std::unique_ptr<Mechanism> made(const Credentials& credentials) {
    auto mechanism = make_mechanism("GSSAPI", credentials, "");
    EXPECT_TRUE(mechanism.ok()) << mechanism.error().describe();
    return std::move(mechanism).value();
}

/// The last octets that are sent, of a dialogue where `offer` is the server's layers and their size.
Result<Secret> answer_to(Mechanism& mechanism, const std::string& offer) {
    EXPECT_EQ(mechanism.initial()->reveal(), "AP-REQ");
    const auto empty = mechanism.respond("AP-REP");
    EXPECT_TRUE(empty.ok() && empty->empty()) << "nothing is left to say, and that is said";
    EXPECT_FALSE(mechanism.has_submitted());
    return mechanism.respond("[" + offer + "]");
}

TEST(Gssapi, proves_both_sides_takes_no_layer_and_names_the_mailbox) {
    const auto mechanism = made(of("ann"));
    const auto answer = answer_to(*mechanism, "\x07\x00\x10\x00"s);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    EXPECT_EQ(answer->reveal(), "[\x01\0\0\0ann]"s);
    EXPECT_TRUE(mechanism->has_submitted());
    EXPECT_TRUE(mechanism->accept().ok());
    EXPECT_FALSE(mechanism->respond("more?").ok());
}

TEST(Gssapi, of_an_administrator_names_the_users_mailbox) {
    const auto answer = answer_to(*made(of("ann", "bob@example.org")), "\x01\x00\x00\x00"s);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->reveal(), "[\x01\0\0\0bob@example.org]"s);
}

TEST(Gssapi, believes_no_OK_before_the_server_has_proved_who_it_is) {
    const auto mechanism = made(of("ann"));
    EXPECT_FALSE(mechanism->accept().ok());
    EXPECT_FALSE(mechanism->respond("not an AP-REP").ok());
    EXPECT_FALSE(mechanism->accept().ok());
}

TEST(Gssapi, refuses_a_server_that_offers_no_way_without_its_layer_and_offers_that_are_none) {
    EXPECT_THAT(answer_to(*made(of("ann")), "\x06\x00\x10\x00"s).error().message, HasSubstr("use TLS"));
    EXPECT_THAT(answer_to(*made(of("ann")), "\x07\x00\x10"s).error().message, HasSubstr("3 octets, wanted 4"));
}

TEST(Gssapi, is_for_the_user_whose_ticket_it_is) {
    EXPECT_TRUE(make_mechanism("GSSAPI", of("Ann@mail.example"), "").ok()) << "domain and letter case differ";
    const auto another = make_mechanism("GSSAPI", of("bob"), "");
    ASSERT_FALSE(another.ok());
    EXPECT_EQ(another.error().code, Errc::credential_unavailable);
    EXPECT_THAT(another.error().message, HasSubstr("is of ann@EXAMPLE.ORG, not of bob"));
    EXPECT_THAT(make_mechanism("GSSAPI", Credentials(), "").error().message, HasSubstr("needs a Kerberos ticket"));
}

TEST(Gssapi, is_for_those_who_name_it) {
    Offer offer;
    offer.mechanisms = {"GSSAPI"};
    offer.encrypted = true;
    offer.login_disabled = true;
    EXPECT_TRUE(rank_mechanisms(of("ann"), offer).empty());
}

}  // namespace
}  // namespace mailhaul::auth
