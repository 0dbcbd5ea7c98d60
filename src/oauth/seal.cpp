// SPDX-License-Identifier: Apache-2.0
#include "oauth/seal.hpp"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/base64.hpp"
#include "base/json.hpp"
#include "oauth/json_reader.hpp"

namespace mailhaul::oauth {
namespace {

constexpr std::string_view format = "mailhaul sealed 1";
constexpr std::size_t salt_octets = 16;
constexpr std::size_t nonce_octets = 12;
constexpr std::size_t tag_octets = 16;
constexpr std::size_t key_octets = 32;
constexpr std::size_t id_octets = 8;
// RFC 7914: N, r, p. 32 MiB and a tenth of a second: once an hour for us, once a guess for who found the file.
constexpr std::uint64_t cost = 1U << 15;
constexpr std::uint64_t most_memory = 64U << 20;

std::string_view view(const std::string& text) { return text; }
const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Error unusable(const std::string& path, const std::string& why) {
    return {Errc::credential_unavailable, Scope::account, Retry::never, path + " " + why};
}

/// Two keys of one: the first seals, of the second a part is shown to tell keys apart.
struct Keys {
    Secret seals;
    std::string id;
};

std::optional<Keys> keys_from(const Secret& key, const std::string& salt) {
    std::string derived(2 * key_octets, '\0');
    const std::string& words = key.reveal();
    const bool made = EVP_PBE_scrypt(words.data(), words.size(), octets(view(salt)), salt.size(), cost, 8, 1, most_memory,
                                     octets(derived), derived.size()) == 1;
    if (!made) return std::nullopt;
    Keys keys;
    keys.seals = Secret(derived.substr(0, key_octets));
    keys.id = base64_from(view(derived).substr(key_octets, id_octets));
    OPENSSL_cleanse(derived.data(), derived.size());
    return keys;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

/// The head of a seal: what is under the tag besides the text.
struct Head {
    std::string salt, nonce, id;
    [[nodiscard]] std::string bound() const { return std::string(format) + salt + nonce + id; }
};

std::optional<std::string> encrypted(const std::string& text, const Head& head, const Secret& key) {
    const CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    const std::string bound = head.bound();
    std::string out(text.size() + tag_octets, '\0');
    int length = 0;
    const bool done =
        context &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, octets(view(key.reveal())), octets(view(head.nonce))) ==
            1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &length, octets(view(bound)), static_cast<int>(bound.size())) == 1 &&
        EVP_EncryptUpdate(context.get(), octets(out), &length, octets(view(text)), static_cast<int>(text.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), octets(out) + length, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_octets, out.data() + text.size()) == 1;
    return done ? std::optional(out) : std::nullopt;
}

std::optional<Secret> decrypted(const std::string& body, const Head& head, const Secret& key) {
    const CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    const std::string bound = head.bound();
    const std::size_t size = body.size() - tag_octets;
    std::string tag = body.substr(size);
    std::string out(size, '\0');
    int length = 0;
    const bool done =
        context &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, octets(view(key.reveal())), octets(view(head.nonce))) ==
            1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &length, octets(view(bound)), static_cast<int>(bound.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), octets(out), &length, octets(view(body)), static_cast<int>(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_octets, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), octets(out) + length, &length) == 1;
    Secret text(std::move(out));
    return done ? std::optional(std::move(text)) : std::nullopt;
}

struct Parts {
    Head head;
    std::string body;
};

std::optional<Parts> parts_of(const boost::json::object& object) {
    const auto octets_in = [&](std::string_view name) { return octets_from_base64(text_in(object, name)).value_or(""); };
    Parts parts;
    parts.head = {octets_in("salt"), octets_in("nonce"), text_in(object, "key_id")};
    parts.body = octets_in("sealed");
    const bool is_whole =
        parts.head.salt.size() == salt_octets && parts.head.nonce.size() == nonce_octets && parts.body.size() >= tag_octets;
    return is_whole ? std::optional(std::move(parts)) : std::nullopt;
}

}  // namespace

Result<std::string> sealed(const Secret& text, const Secret& key) {
    const Error failure{Errc::internal, Scope::run, Retry::never,
                        "the system gives no random numbers, so nothing can be sealed"};
    Head head;
    head.salt.resize(salt_octets);
    head.nonce.resize(nonce_octets);
    if (RAND_bytes(octets(head.salt), salt_octets) != 1 || RAND_bytes(octets(head.nonce), nonce_octets) != 1) return failure;
    const auto keys = keys_from(key, head.salt);
    if (!keys) return failure;
    head.id = keys->id;
    const auto body = encrypted(text.reveal(), head, keys->seals);
    if (!body) return failure;
    JsonObject object;
    object.text("format", format).text("salt", base64_from(head.salt)).text("nonce", base64_from(head.nonce));
    object.text("key_id", head.id).text("sealed", base64_from(*body));
    return object.str() + "\n";
}

bool is_sealed(std::string_view json) {
    const auto object = object_from(json);
    return object && text_in(*object, "format").starts_with("mailhaul sealed ");
}

Result<Secret> opened(std::string_view json, const Secret& key, const std::string& path) {
    const auto object = object_from(json);
    if (!object || text_in(*object, "format") != format)
        return unusable(path, "is not sealed as this version does it: use a newer mailhaul, or make the authorization again");
    const auto parts = parts_of(*object);
    if (!parts)
        return unusable(path, "is cut or altered: take it from a backup, or make the authorization again with mailhaul login");
    const auto keys = keys_from(key, parts->head.salt);
    if (!keys || keys->id != parts->head.id)
        return unusable(
            path, "was sealed with another key: give that one with --seal-key, after the one that is to be used from now on");
    auto text = decrypted(parts->body, parts->head, keys->seals);
    if (!text) return unusable(path, "is altered: take it from a backup, or make the authorization again with mailhaul login");
    return std::move(*text);
}

bool is_sealed_with(std::string_view json, const Secret& key) {
    const auto object = object_from(json);
    if (!object || text_in(*object, "format") != format) return false;
    const auto parts = parts_of(*object);
    if (!parts) return false;
    const auto keys = keys_from(key, parts->head.salt);
    return keys && keys->id == parts->head.id;
}

}  // namespace mailhaul::oauth
