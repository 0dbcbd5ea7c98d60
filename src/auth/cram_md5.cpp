// SPDX-License-Identifier: Apache-2.0
// CRAM-MD5 (RFC 2195): hides the password on the wire, but makes the server keep it readable. Last choice under TLS.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

std::string hex_hmac_md5(const std::string& key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    HMAC(EVP_md5(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest.data(), &length);
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) {
        hex += "0123456789abcdef"[digest.at(i) >> 4];
        hex += "0123456789abcdef"[digest.at(i) & 15];
    }
    return hex;
}

class CramMd5 final : public Mechanism {
public:
    explicit CramMd5(const Credentials& credentials) : user_(credentials.user), password_(credentials.password) {}

    std::string_view name() const override { return "CRAM-MD5"; }
    std::optional<Secret> initial() override { return std::nullopt; }

    bool has_submitted() const override { return answered_; }

    Result<Secret> respond(std::string_view challenge) override {
        if (std::exchange(answered_, true)) return unexpected_challenge(name());
        return Secret(user_ + ' ' + hex_hmac_md5(password_.reveal(), challenge));
    }

private:
    std::string user_;
    Secret password_;
    bool answered_ = false;
};

}  // namespace

std::unique_ptr<Mechanism> make_cram_md5(const Credentials& credentials) { return std::make_unique<CramMd5>(credentials); }

}  // namespace mailhaul::auth
