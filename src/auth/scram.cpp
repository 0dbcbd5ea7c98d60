// SPDX-License-Identifier: Apache-2.0
// SCRAM-SHA-1 (RFC 5802), SCRAM-SHA-256 (RFC 7677) and SCRAM-SHA-512 (as SHA-256, by draft), with channel binding where
// the name ends in -PLUS.
//
// The password never leaves; the server proves in return that it knows it. That proof is checked before the server's
// OK is believed, so a server in between that merely says OK is found out.
//
// Left out on purpose: SASLprep (RFC 4013). Names and passwords go as the UTF-8 they came in, unnormalised, which is
// what most servers do when they store them; control characters are refused before we get here. The `y` flag (a
// client that could have bound) is not sent either: a server that offers -PLUS but cannot bind, behind a TLS
// offloader say, would refuse every other SCRAM after it.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>

#include "auth/base64.hpp"
#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

constexpr std::uint32_t fewest_iterations = 4096;     // RFC 5802 section 5.1, RFC 7677 section 4
constexpr std::uint32_t most_iterations = 1'000'000;  // about half a second of SHA-256; more is an attack on our time

/// One hash function and the three operations SCRAM builds from it (RFC 5802 section 2.2).
class Hash {
public:
    explicit Hash(ScramHash which) : digest_(digest_for(which)) {}

    std::string digest_of(std::string_view text) const {
        std::string out(size(), '\0');
        EVP_Digest(text.data(), text.size(), octets(out), nullptr, digest_, nullptr);
        return out;
    }

    std::string hmac(std::string_view key, std::string_view text) const {
        std::string out(size(), '\0');
        HMAC(digest_, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
             text.size(), octets(out), nullptr);
        return out;
    }

    /// Hi(): PBKDF2 with HMAC, one block long.
    Secret salted(const Secret& password, std::string_view salt, std::uint32_t iterations) const {
        const std::string& text = password.reveal();
        std::string out(size(), '\0');
        PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(salt.data()),
                          static_cast<int>(salt.size()), static_cast<int>(iterations), digest_, static_cast<int>(out.size()),
                          octets(out));
        return Secret(std::move(out));
    }

private:
    static const EVP_MD* digest_for(ScramHash which) {
        switch (which) {
            case ScramHash::sha1: return EVP_sha1();
            case ScramHash::sha256: return EVP_sha256();
            case ScramHash::sha512: break;
        }
        return EVP_sha512();
    }
    std::size_t size() const { return static_cast<std::size_t>(EVP_MD_get_size(digest_)); }
    static unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

    const EVP_MD* digest_;
};

std::string name_of(ScramHash hash) {
    switch (hash) {
        case ScramHash::sha1: return "SCRAM-SHA-1";
        case ScramHash::sha256: return "SCRAM-SHA-256";
        case ScramHash::sha512: break;
    }
    return "SCRAM-SHA-512";
}

Error broken(std::string message) { return {Errc::protocol_violation, Scope::account, Retry::never, std::move(message)}; }

/// server-first-message = nonce "," salt "," iteration-count ["," extensions]
struct ServerFirst {
    std::string_view nonce;  ///< ours and the server's together
    std::string salt;
    std::uint32_t iterations = 0;
};

/// Takes `<letter>=<value>` and the comma after it off the front of `message`; empty where it is not there.
std::optional<std::string_view> take_attribute(std::string_view& message, char letter) {
    if (message.size() < 2 || message[0] != letter || message[1] != '=') return std::nullopt;
    const std::string_view value = message.substr(2, message.find(',') - 2);
    message.remove_prefix(std::min(message.size(), value.size() + 3));
    return value;
}

Result<ServerFirst> parse_server_first(std::string_view message) {
    ServerFirst first;
    if (message.starts_with("m=")) return broken("the server demands a SCRAM extension nobody has defined");
    const auto nonce = take_attribute(message, 'r');
    const auto salt = take_attribute(message, 's');
    const auto count = take_attribute(message, 'i');
    if (!nonce || !salt || !count) return broken("the server's first SCRAM message lacks nonce, salt or iteration count");
    first.nonce = *nonce;

    const auto salt_octets = octets_from_base64(*salt);
    if (!salt_octets || salt_octets->empty()) return broken("the server's SCRAM salt is not base64");
    first.salt = *salt_octets;

    const char* begin = count->data();
    const char* end = begin + count->size();
    const auto parsed = std::from_chars(begin, end, first.iterations);
    if (parsed.ec != std::errc{} || parsed.ptr != end || first.iterations < fewest_iterations ||
        first.iterations > most_iterations) {
        return broken("the server's SCRAM iteration count is \"" + std::string(count->substr(0, 20)) + "\", wanted " +
                      std::to_string(fewest_iterations) + " to " + std::to_string(most_iterations));
    }
    return first;
}

std::string exclusive_or(std::string a, std::string_view b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

class Scram final : public Mechanism {
public:
    Scram(ScramHash hash, ScramBinding binding, const Credentials& credentials, std::string nonce)
        : hash_(hash), name_(name_of(hash)), nonce_(std::move(nonce)), password_(credentials.password), gs2_header_("n,") {
        if (binding == ScramBinding::required) {
            name_ += "-PLUS";
            gs2_header_ = "p=" + credentials.binding_type + ",";
            binding_data_ = credentials.binding_data;
        }
        if (!credentials.authorize_as.empty()) gs2_header_ += "a=" + escaped_saslname(credentials.authorize_as);
        gs2_header_ += ",";
        first_bare_ = "n=" + escaped_saslname(credentials.user) + ",r=" + nonce_;
    }

    std::string_view name() const override { return name_; }
    std::optional<Secret> initial() override { return Secret(gs2_header_ + first_bare_); }

    Result<Secret> respond(std::string_view challenge) override {
        switch (state_) {
            case State::wants_server_first: return prove(challenge);
            case State::wants_server_final: return check_signature(challenge);
            case State::done: break;
        }
        return unexpected_challenge(name());
    }

    Result<void> accept() override {
        if (signature_verified_) return {};
        return broken("the server accepted the login without proving that it knows the password: it may be an impostor");
    }

    std::string explanation() const override { return refusal_; }
    bool has_submitted() const override { return state_ != State::wants_server_first; }

private:
    enum class State : std::uint8_t { wants_server_first, wants_server_final, done };

    /// client-final-message = channel-binding "," nonce ["," extensions] "," proof
    Result<Secret> prove(std::string_view server_first) {
        MH_TRY(first, parse_server_first(server_first));
        if (!first.nonce.starts_with(nonce_) || first.nonce.size() == nonce_.size()) {
            return broken("the server's SCRAM nonce does not begin with ours");
        }
        std::string message = "c=" + base64_from_octets(gs2_header_ + binding_data_) + ",r=" + std::string(first.nonce);
        const std::string auth_message = first_bare_ + "," + std::string(server_first) + "," + message;

        const Secret salted = hash_.salted(password_, first.salt, first.iterations);
        const Secret client_key(hash_.hmac(salted.reveal(), "Client Key"));
        const std::string client_signature = hash_.hmac(hash_.digest_of(client_key.reveal()), auth_message);
        expected_signature_ = hash_.hmac(hash_.hmac(salted.reveal(), "Server Key"), auth_message);
        message += ",p=" + base64_from_octets(exclusive_or(client_key.reveal(), client_signature));
        state_ = State::wants_server_final;
        return Secret(std::move(message));
    }

    /// server-final-message = (server-error / verifier) ["," extensions]
    Result<Secret> check_signature(std::string_view server_final) {
        state_ = State::done;
        if (const auto refusal = take_attribute(server_final, 'e')) {
            refusal_ = *refusal;
            return Secret();  // the tagged NO comes next; accept() stands in the way of an OK
        }
        const auto verifier = take_attribute(server_final, 'v');
        const auto signature = verifier ? octets_from_base64(*verifier) : std::nullopt;
        if (!signature || !equal_in_constant_time(*signature, expected_signature_)) {
            return broken("the server's SCRAM signature is wrong: it does not know the password, so it may be an impostor");
        }
        signature_verified_ = true;
        return Secret();
    }

    Hash hash_;
    std::string name_;
    std::string nonce_;
    Secret password_;
    std::string gs2_header_;
    std::string binding_data_;
    std::string first_bare_;
    std::string expected_signature_;
    std::string refusal_;
    State state_ = State::wants_server_first;
    bool signature_verified_ = false;
};

}  // namespace

std::unique_ptr<Mechanism> make_scram(ScramHash hash, ScramBinding binding, const Credentials& credentials, std::string nonce) {
    return std::make_unique<Scram>(hash, binding, credentials, std::move(nonce));
}

}  // namespace mailhaul::auth
