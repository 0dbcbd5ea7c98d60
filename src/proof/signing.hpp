// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032), as OpenSSL makes it. Pure: where a key is kept is the caller's business.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "proof/merkle.hpp"

struct evp_pkey_st;

namespace mailhaul::proof {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

/// SHA-256 of the key's 32 octets: what people compare.
Digest fingerprint_of(const PublicKey& key);

class SigningKey {
public:
    static SigningKey generate();
    /// RFC 8032's 32 octets of private key.
    static SigningKey from_seed(const std::array<std::uint8_t, 32>& seed);
    /// PKCS #8 without a passphrase. Empty: not that, or another kind of key.
    static std::optional<SigningKey> from_pem(std::string_view pem);
    [[nodiscard]] Secret to_pem() const;

    [[nodiscard]] PublicKey public_key() const;
    [[nodiscard]] Signature sign(std::string_view octets) const;

private:
    struct Free {
        void operator()(evp_pkey_st* key) const;
    };
    explicit SigningKey(evp_pkey_st* key) : key_(key) {}
    std::unique_ptr<evp_pkey_st, Free> key_;
};

bool is_signed_by(const PublicKey& key, std::string_view octets, const Signature& signature);

}  // namespace mailhaul::proof
