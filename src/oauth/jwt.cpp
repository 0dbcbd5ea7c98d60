// SPDX-License-Identifier: Apache-2.0
#include "oauth/jwt.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>

#include "base/json.hpp"
#include "oauth/form.hpp"

namespace mailhaul::oauth {
namespace {

template <auto release>
struct Release {
    void operator()(auto* object) const { release(object); }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;

Key rsa_key_from(const Secret& pem) {
    const std::string& text = pem.reveal();
    const Bio memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    // Never asks on the terminal for the passphrase of an encrypted key.
    const auto no_passphrase = [](char*, int, int, void*) { return -1; };
    Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
    return key;
}

std::string signature_of(std::string_view text, EVP_PKEY* key) {
    const DigestContext context(EVP_MD_CTX_new());
    std::size_t size = 0;
    const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1) return {};
    if (EVP_DigestSign(context.get(), nullptr, &size, octets, text.size()) != 1) return {};
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets, text.size()) != 1)
        return {};
    signature.resize(size);
    return signature;
}

using Certificate = std::unique_ptr<X509, Release<X509_free>>;

Certificate certificate_from(const Secret& pem) {
    const std::string& text = pem.reveal();
    const Bio memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate;
}

std::string thumbprint_of(const X509* certificate, const EVP_MD* digest) {
    std::string print(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    X509_digest(certificate, digest, reinterpret_cast<unsigned char*>(print.data()), &size);
    print.resize(size);
    return url_base64_from(print);
}

}  // namespace

Result<Secret> client_assertion(const ClientClaims& claims, const Secret& pem) {
    const Key key = rsa_key_from(pem);
    const Certificate certificate = certificate_from(pem);
    if (!key || !certificate || X509_check_private_key(certificate.get(), key.get()) != 1) {
        ERR_clear_error();
        return Error(Errc::credential_unavailable, Scope::account, Retry::never,
                     "wanted a PEM file that holds the certificate of the registration and its RSA private key, without a "
                     "passphrase; this has " +
                         std::string(!certificate ? "no certificate"
                                     : !key       ? "no such key"
                                                  : "a key of another certificate"));
    }
    JsonObject header;
    header.text("alg", "RS256").text("typ", "JWT");
    header.text("x5t", thumbprint_of(certificate.get(), EVP_sha1()))
        .text("x5t#S256", thumbprint_of(certificate.get(), EVP_sha256()));
    const auto issued = static_cast<std::uint64_t>(claims.issued.time_since_epoch().count());
    JsonObject body;
    body.text("aud", claims.audience).text("iss", claims.client_id).text("sub", claims.client_id).text("jti", claims.id);
    body.number("nbf", issued).number("iat", issued).number("exp", issued + static_cast<std::uint64_t>(claims.lives.count()));
    const std::string text = url_base64_from(header.str()) + "." + url_base64_from(body.str());
    return Secret(text + "." + url_base64_from(signature_of(text, key.get())));
}

Result<Secret> signed_assertion(const Claims& claims, const Secret& private_key) {
    JsonObject header;
    header.text("alg", "RS256").text("typ", "JWT");
    if (!claims.key_id.empty()) header.text("kid", claims.key_id);
    const auto issued = static_cast<std::uint64_t>(claims.issued.time_since_epoch().count());
    JsonObject body;
    body.text("iss", claims.issuer).text("sub", claims.subject).text("aud", claims.audience).text("scope", claims.scope);
    body.number("iat", issued).number("exp", issued + static_cast<std::uint64_t>(claims.lives.count()));
    const std::string text = url_base64_from(header.str()) + "." + url_base64_from(body.str());
    const Key key = rsa_key_from(private_key);
    const std::string signature = key ? signature_of(text, key.get()) : std::string();
    if (signature.empty())
        return Error(
            Errc::credential_unavailable, Scope::account, Retry::never,
            "the private key of the service account cannot sign: wanted an RSA key in PEM form, without a passphrase, as "
            "in the key file that the provider gives");
    return Secret(text + "." + url_base64_from(signature));
}

}  // namespace mailhaul::oauth
