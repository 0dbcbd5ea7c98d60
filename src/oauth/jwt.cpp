// SPDX-License-Identifier: Apache-2.0
#include "oauth/jwt.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

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

}  // namespace

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
