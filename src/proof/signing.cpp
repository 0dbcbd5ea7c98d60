// SPDX-License-Identifier: Apache-2.0
#include "proof/signing.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <new>

namespace mailhaul::proof {
namespace {

/// OpenSSL fails here only where memory is exhausted or the library is broken; neither can be handled by a caller.
void require(bool succeeded) {
    if (!succeeded) throw std::bad_alloc();
}

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

/// A key behind a passphrase is refused, not asked about.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

}  // namespace

Digest fingerprint_of(const PublicKey& key) {
    message::Sha256Stream stream;
    stream.update({reinterpret_cast<const char*>(key.data()), key.size()});
    return stream.finish();
}

void SigningKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey SigningKey::generate() {
    SigningKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    require(key.key_ != nullptr);
    return key;
}

SigningKey SigningKey::from_seed(const std::array<std::uint8_t, 32>& seed) {
    SigningKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    require(key.key_ != nullptr);
    return key;
}

std::optional<SigningKey> SigningKey::from_pem(std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    require(bio != nullptr);
    SigningKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (key.key_ == nullptr || EVP_PKEY_get_id(key.key_.get()) != EVP_PKEY_ED25519) return std::nullopt;
    return key;
}

Secret SigningKey::to_pem() const {
    const Bio bio(BIO_new(BIO_s_secmem()), BIO_free);
    require(bio != nullptr && PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return Secret(std::string(text, static_cast<std::size_t>(size)));
}

PublicKey SigningKey::public_key() const {
    PublicKey key{};
    std::size_t size = key.size();
    require(EVP_PKEY_get_raw_public_key(key_.get(), key.data(), &size) == 1 && size == key.size());
    return key;
}

Signature SigningKey::sign(std::string_view text) const {
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    Signature signature{};
    std::size_t size = signature.size();
    require(context != nullptr && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
            EVP_DigestSign(context.get(), signature.data(), &size, octets(text), text.size()) == 1 && size == signature.size());
    return signature;
}

bool is_signed_by(const PublicKey& key, std::string_view text, const Signature& signature) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> public_key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()), EVP_PKEY_free);
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    require(public_key != nullptr && context != nullptr &&
            EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets(text), text.size()) == 1;
}

}  // namespace mailhaul::proof
