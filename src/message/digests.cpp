// SPDX-License-Identifier: Apache-2.0
// The two digests of a message as it streams by: one to recognise it on another server, one to prove its octets.
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <new>
#include <utility>

#include "message/fingerprint.hpp"

namespace mailhaul::message {
namespace {

/// Looking an algorithm up costs more than hashing a small message, so it is done once.
const EVP_MD* sha256() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

/// But for LF: what a server or a repair (repair.hpp) may put in or take out.
constexpr std::string_view left_out("\r\0", 2);

/// OpenSSL fails here only where memory is exhausted or the library is broken; neither can be handled by a caller.
void require(bool succeeded) {
    if (!succeeded) throw std::bad_alloc();
}

}  // namespace

struct BodyDigest::State {
    State() : hash(XXH3_createState()) { require(hash != nullptr && XXH3_128bits_reset(hash) == XXH_OK); }
    ~State() { XXH3_freeState(hash); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    XXH3_state_t* hash;
};

BodyDigest::BodyDigest() : state_(new State) {}
BodyDigest::~BodyDigest() { delete state_; }
BodyDigest::BodyDigest(BodyDigest&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
BodyDigest& BodyDigest::operator=(BodyDigest&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

void BodyDigest::update(std::string_view octets) {
    while (!octets.empty()) {
        std::string_view line = octets.substr(0, octets.find('\n'));
        octets.remove_prefix(std::min(line.size() + 1, octets.size()));
        while (!line.empty()) {
            const std::string_view piece = line.substr(0, line.find_first_of(left_out));
            XXH3_128bits_update(state_->hash, piece.data(), piece.size());
            line.remove_prefix(std::min(piece.size() + 1, line.size()));
        }
    }
}

Digest128 BodyDigest::finish() {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_->hash);
    return {hash.high64, hash.low64};
}

struct Sha256Stream::State {
    State() : context(EVP_MD_CTX_new()) {
        require(context != nullptr && sha256() != nullptr && EVP_DigestInit_ex2(context, sha256(), nullptr) == 1);
    }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    EVP_MD_CTX* context;
};

Sha256Stream::Sha256Stream() : state_(new State) {}
Sha256Stream::~Sha256Stream() { delete state_; }
Sha256Stream::Sha256Stream(Sha256Stream&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
Sha256Stream& Sha256Stream::operator=(Sha256Stream&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

void Sha256Stream::update(std::string_view octets) {
    require(EVP_DigestUpdate(state_->context, octets.data(), octets.size()) == 1);
}

Sha256 Sha256Stream::finish() {
    Sha256 digest{};
    require(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
    return digest;
}

}  // namespace mailhaul::message
