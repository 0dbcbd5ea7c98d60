// SPDX-License-Identifier: Apache-2.0
#include "oauth/pkce.hpp"

#include <openssl/evp.h>

#include "oauth/form.hpp"

namespace mailhaul::oauth {

Pkce pkce_from(std::string_view random) {
    if (random.size() < 32) return {};
    Pkce pkce;
    pkce.verifier = Secret(url_base64_from(random.substr(0, 32)));
    std::string digest(32, '\0');
    const std::string& verifier = pkce.verifier.reveal();
    EVP_Digest(verifier.data(), verifier.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(),
               nullptr);
    pkce.challenge = url_base64_from(digest);
    return pkce;
}

}  // namespace mailhaul::oauth
