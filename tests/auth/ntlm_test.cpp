// SPDX-License-Identifier: Apache-2.0
// NTLMv2 by the worked example of [MS-NLMP] section 4.2.4, and MD4 by RFC 1320's.
#include "auth/ntlm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "auth/mechanism.hpp"

namespace mailhaul::auth {
namespace {

using testing::HasSubstr;

std::string hex(std::string_view octets) {
    std::string text;
    for (const char octet : octets) {
        const auto c = static_cast<unsigned char>(octet);
        text += "0123456789abcdef"[c >> 4U];
        text += "0123456789abcdef"[c & 15U];
    }
    return text;
}

std::string octets(std::string_view hexadecimal) {
    std::string text;
    for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2)
        text += static_cast<char>(std::stoi(std::string(hexadecimal.substr(i, 2)), nullptr, 16));
    return text;
}

const std::string target_info = octets("02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000");
const std::string server_challenge = octets("0123456789abcdef");
const std::string client_challenge = octets("aaaaaaaaaaaaaaaa");

NtlmLogin login() { return {"User", "Domain", Secret("Password")}; }

/// A CHALLENGE_MESSAGE with these AV pairs.
std::string challenge_with(const std::string& pairs, std::string_view flags = "33828ae2") {
    std::string message = octets(
                              "4e544c4d53535000"
                              "02000000"
                              "0000"
                              "0000"
                              "38000000") +
                          octets(flags) + server_challenge + std::string(8, '\0');
    const auto size = static_cast<char>(pairs.size());
    message += std::string{size, 0, size, 0, 56, 0, 0, 0} + std::string(8, '\0');
    return message + pairs;
}

TEST(Md4, is_that_of_rfc_1320) {
    EXPECT_EQ(hex(md4("")), "31d6cfe0d16ae931b73c59d7e0c089c0");
    EXPECT_EQ(hex(md4("a")), "bde52cb31de33e46245e05fbdbd6fb24");
    EXPECT_EQ(hex(md4("message digest")), "d9130a8164549fe818874806e1c7014b");
    EXPECT_EQ(hex(md4("12345678901234567890123456789012345678901234567890123456789012345678901234567890")),
              "e33b4ddc9c38f2199c3e7b164fcc0536");
}

TEST(Utf16, holds_what_utf8_does) {
    EXPECT_EQ(hex(utf16_from("a\xC3\xBC\xE6\x97\xA5\xF0\x9F\x98\x80")), "6100fc00e5653dd800de");
    EXPECT_EQ(hex(utf16_from("\xFFz\xC3")), "fdff7a00fdff") << "what is no UTF-8 is U+FFFD";
}

TEST(Ntlm, answers_as_the_example_of_its_specification) {
    const NtlmV2 made = ntlm_v2(login(), server_challenge, client_challenge, std::string(8, '\0'), target_info);
    EXPECT_EQ(hex(made.nt.substr(0, 16)), "68cd0ab851e51c96aabc927bebef6a1c");
    EXPECT_EQ(hex(made.lm), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
    EXPECT_EQ(hex(made.session_key), "8de40ccadbc14a82f15cb0ad0de95ca3");
    EXPECT_EQ(hex(made.nt.substr(16)),
              "0101000000000000"
              "0000000000000000"
              "aaaaaaaaaaaaaaaa"
              "00000000" +
                  hex(target_info) + "00000000");
    EXPECT_EQ(
        ntlm_v2({"uSER", "Domain", Secret("Password")}, server_challenge, client_challenge, std::string(8, '\0'), target_info)
            .nt,
        made.nt)
        << "the user's name has no letter case, the domain's has";
}

TEST(Ntlm, reads_a_challenge) {
    const auto read = read_ntlm_challenge(challenge_with(target_info));
    ASSERT_TRUE(read.ok()) << read.error().describe();
    EXPECT_EQ(hex(read->challenge), "0123456789abcdef");
    EXPECT_EQ(hex(read->target_info), hex(target_info));
    EXPECT_FALSE(read->timestamp);
    const std::string dated = target_info.substr(0, target_info.size() - 4) + octets(
                                                                                  "07000800"
                                                                                  "0102030405060708"
                                                                                  "00000000");
    EXPECT_EQ(hex(read_ntlm_challenge(challenge_with(dated))->timestamp.value_or("")), "0102030405060708");
}

TEST(Ntlm, binds_its_answer_to_all_messages_where_the_server_tells_the_time) {
    const std::string dated = target_info.substr(0, target_info.size() - 4) + octets(
                                                                                  "07000800"
                                                                                  "0102030405060708"
                                                                                  "00000000");
    const auto with = ntlm_authenticate(login(), challenge_with(dated), client_challenge, 0);
    const auto without = ntlm_authenticate(login(), challenge_with(target_info), client_challenge, 0);
    ASSERT_TRUE(with.ok() && without.ok());
    constexpr std::size_t mic_at = 72;
    EXPECT_NE(with->reveal().substr(mic_at, 16), std::string(16, '\0'));
    EXPECT_EQ(without->reveal().substr(mic_at, 16), std::string(16, '\0'));
    EXPECT_THAT(with->reveal(), HasSubstr(octets("0102030405060708"))) << "its own time";
    EXPECT_THAT(with->reveal(), HasSubstr(octets("0600040002000000"
                                                 "00000000")))
        << "says that there is a MIC";
    EXPECT_THAT(without->reveal(), HasSubstr(utf16_from("Domain") + utf16_from("User")));
}

TEST(Ntlm, refuses_a_challenge_that_is_none_or_cut) {
    const std::string whole = challenge_with(target_info);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_ntlm_challenge(std::string_view(whole).substr(0, size)).ok()) << size;
    std::string endless = target_info;
    endless[endless.size() - 4] = 9;
    EXPECT_FALSE(read_ntlm_challenge(challenge_with(endless)).ok());
}

TEST(Ntlm, answers_a_challenge_without_target_information) {
    const std::string of_cyrus = octets(
        "4e544c4d5353500002000000120012003000000005820200e09ade75721e141e00000000000000000000000000000000"
        "4c004f00430041004c0048004f0053005400");
    const auto answer = ntlm_authenticate({"userhash", "CORP", Secret("lab-pass")}, of_cyrus, octets("aaaaaaaaaaaaaaaa"), 0);
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    EXPECT_THAT(hex(answer->reveal()), HasSubstr("c1f8a2efbf1f6bd7c054036d23d64495"
                                                 "0101000000000000"
                                                 "00803ed5deb19d01"
                                                 "aaaaaaaaaaaaaaaa"
                                                 "00000000"
                                                 "00000000"
                                                 "00000000"))
        << "no AV pair but their end";
}

TEST(Ntlm, is_for_those_who_name_it) {
    Credentials credentials;
    credentials.user = "Domain\\user";
    credentials.password = Secret("secret");
    Offer offer;
    offer.mechanisms = {"NTLM"};
    offer.encrypted = true;
    offer.login_disabled = true;
    EXPECT_TRUE(rank_mechanisms(credentials, offer).empty());
    auto mechanism = make_mechanism("NTLM", credentials, "abcdefghijklmnopqrstuvwx");
    ASSERT_TRUE(mechanism.ok());
    EXPECT_EQ(mechanism.value()->initial()->reveal(), ntlm_negotiate());
    EXPECT_FALSE(mechanism.value()->has_submitted());
    const auto answer = mechanism.value()->respond(challenge_with(target_info));
    ASSERT_TRUE(answer.ok());
    EXPECT_THAT(answer->reveal(), HasSubstr(utf16_from("DOMAIN") + utf16_from("user"))) << "the domain in capitals";
    EXPECT_FALSE(mechanism.value()->respond(challenge_with(target_info)).ok());
}

}  // namespace
}  // namespace mailhaul::auth
