// SPDX-License-Identifier: Apache-2.0
// SCRAM against the dialogues printed in RFC 5802 and RFC 7677, and against servers that lie.
#include <gtest/gtest.h>

#include "auth/base64.hpp"
#include "auth/mechanism.hpp"

namespace mailhaul::auth {
namespace {

struct Dialogue {
    const char* mechanism;
    const char* nonce;
    const char* client_first;
    const char* server_first;
    const char* client_final;
    const char* server_final;
};

const Dialogue rfc_5802{"SCRAM-SHA-1",
                        "fyko+d2lbbFgONRv9qkxdawL",
                        "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
                        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="};

const Dialogue rfc_7677{
    "SCRAM-SHA-256",
    "rOprNGfwEbeRWgbNEkqO",
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="};

/// No RFC prints one: the salt and nonces of RFC 7677, the proofs by Python's hashlib and hmac.
const Dialogue with_sha_512{"SCRAM-SHA-512",
                            "rOprNGfwEbeRWgbNEkqO",
                            "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=gMGXRcevScNtxZ6/"
                            "8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
                            "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw=="};

Credentials user_with_pencil() {
    Credentials credentials;
    credentials.user = "user";
    credentials.password = Secret("pencil");
    return credentials;
}

std::unique_ptr<Mechanism> make(const Dialogue& dialogue, const Credentials& credentials = user_with_pencil()) {
    auto mechanism = make_mechanism(dialogue.mechanism, credentials, dialogue.nonce);
    EXPECT_TRUE(mechanism.ok());
    return std::move(mechanism).value();
}

class ScramDialogue : public testing::TestWithParam<Dialogue> {};

TEST_P(ScramDialogue, is_the_one_in_the_rfc) {
    auto scram = make(GetParam());
    EXPECT_EQ(scram->initial()->reveal(), GetParam().client_first);
    EXPECT_EQ(scram->respond(GetParam().server_first)->reveal(), GetParam().client_final);
    EXPECT_EQ(scram->respond(GetParam().server_final)->reveal(), "");
    EXPECT_TRUE(scram->accept().ok());
}

TEST_P(ScramDialogue, with_a_forged_server_signature_is_refused) {
    auto scram = make(GetParam());
    std::string forged = GetParam().server_final;
    forged[4] = forged[4] == 'A' ? 'B' : 'A';
    ASSERT_TRUE(scram->respond(GetParam().server_first).ok());
    EXPECT_EQ(scram->respond(forged).error().code, Errc::protocol_violation);
    EXPECT_FALSE(scram->accept().ok());
}

TEST_P(ScramDialogue, that_ends_in_ok_before_the_server_signature_is_not_believed) {
    auto scram = make(GetParam());
    EXPECT_FALSE(scram->accept().ok());
    ASSERT_TRUE(scram->respond(GetParam().server_first).ok());
    EXPECT_FALSE(scram->accept().ok());
}

TEST_P(ScramDialogue, with_a_server_error_keeps_its_words_and_is_not_believed) {
    auto scram = make(GetParam());
    ASSERT_TRUE(scram->respond(GetParam().server_first).ok());
    EXPECT_EQ(scram->respond("e=invalid-proof")->reveal(), "");
    EXPECT_EQ(scram->explanation(), "invalid-proof");
    EXPECT_FALSE(scram->accept().ok());
    EXPECT_FALSE(scram->respond("v=").ok());
}

INSTANTIATE_TEST_SUITE_P(rfc, ScramDialogue, testing::Values(rfc_5802, rfc_7677, with_sha_512));

class BadServerFirst : public testing::TestWithParam<std::string> {};

TEST_P(BadServerFirst, ends_the_exchange) {
    auto scram = make(rfc_5802);
    auto answer = scram->respond(GetParam());
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, Errc::protocol_violation);
}

INSTANTIATE_TEST_SUITE_P(scram, BadServerFirst,
                         testing::Values("", "hello", "r=", "r=stranger,s=QSXCR+Q6sek8bf92,i=4096",
                                         "r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",  // nothing of the server's
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=!,i=4096",             //
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=,i=4096",              //
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92",     //
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=",  //
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4095",
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=1000001",
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=99999999999999999999",
                                         "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096x",
                                         "m=ext,r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096"));

TEST(Scram, escapes_names_and_carries_the_mailbox_owner) {
    auto credentials = user_with_pencil();
    credentials.user = "a=b,c";
    credentials.authorize_as = "x,y";
    auto scram = make(rfc_5802, credentials);
    EXPECT_EQ(scram->initial()->reveal(), "n,a=x=2Cy,n=a=3Db=2Cc,r=fyko+d2lbbFgONRv9qkxdawL");
    EXPECT_TRUE(scram->respond(rfc_5802.server_first)->reveal().starts_with("c=" + base64_from_octets("n,a=x=2Cy,") + ","));
}

TEST(Scram, with_plus_binds_to_the_tls_connection) {
    auto credentials = user_with_pencil();
    credentials.binding_type = "tls-exporter";
    credentials.binding_data = std::string("\x00\x01\xFF", 3);
    auto scram = make_mechanism("SCRAM-SHA-1-PLUS", credentials, rfc_5802.nonce);
    ASSERT_TRUE(scram.ok());
    EXPECT_TRUE((*scram)->initial()->reveal().starts_with("p=tls-exporter,,n=user,r="));
    const std::string bound = "c=" + base64_from_octets("p=tls-exporter,," + credentials.binding_data) + ",";
    EXPECT_TRUE((*scram)->respond(rfc_5802.server_first)->reveal().starts_with(bound));
}

TEST(Scram, refuses_a_nonce_that_is_short_or_would_break_the_grammar) {
    EXPECT_EQ(make_mechanism("SCRAM-SHA-1", user_with_pencil(), "short").error().code, Errc::internal);
    EXPECT_EQ(make_mechanism("SCRAM-SHA-1", user_with_pencil(), "has,comma,in,the,middle").error().code, Errc::internal);
}

}  // namespace
}  // namespace mailhaul::auth
