// SPDX-License-Identifier: Apache-2.0
// The assertion of a service account, verified by OpenSSL with the public half of a key made here.
#include "oauth/jwt.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>

#include "oauth/form.hpp"

namespace mailhaul::oauth {
namespace {

struct KeyPair {
    KeyPair() : key(EVP_RSA_gen(2048), EVP_PKEY_free) {}
    [[nodiscard]] Secret pem() const {
        const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), BIO_free_all);
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        char* text = nullptr;
        const long size = BIO_get_mem_data(memory.get(), &text);
        return Secret(std::string(text, static_cast<std::size_t>(size)));
    }
    [[nodiscard]] bool verifies(const std::string& text, const std::string& signature) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
        return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                                reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    }
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
};

Claims claims() {
    Claims claims;
    claims.issuer = "robot@project.example";
    claims.subject = "u1@example.org";
    claims.audience = "https://t.example/token";
    claims.scope = "https://mail.google.com/";
    claims.key_id = "key 1";
    claims.issued = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
    return claims;
}

TEST(Assertion, says_who_asks_for_whom_and_is_signed_by_rs256) {
    const KeyPair pair;
    const auto assertion = signed_assertion(claims(), pair.pem());
    ASSERT_TRUE(assertion.ok()) << assertion.error().describe();
    const std::string& text = assertion->reveal();
    const std::size_t first = text.find('.');
    const std::size_t second = text.find('.', first + 1);
    EXPECT_EQ(octets_from_url_base64(text.substr(0, first)), R"({"alg":"RS256","typ":"JWT","kid":"key 1"})");
    EXPECT_EQ(octets_from_url_base64(text.substr(first + 1, second - first - 1)),
              R"({"iss":"robot@project.example","sub":"u1@example.org","aud":"https://t.example/token",)"
              R"("scope":"https://mail.google.com/","iat":1700000000,"exp":1700003600})");
    const auto signature = octets_from_url_base64(text.substr(second + 1));
    ASSERT_TRUE(signature);
    EXPECT_TRUE(pair.verifies(text.substr(0, second), *signature));
    EXPECT_FALSE(KeyPair().verifies(text.substr(0, second), *signature));
}

TEST(Assertion, needs_an_rsa_key_in_pem_form) {
    for (const char* key : {"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"})
        EXPECT_EQ(signed_assertion(claims(), Secret(key)).error().code, Errc::credential_unavailable) << key;
}

}  // namespace
}  // namespace mailhaul::oauth
