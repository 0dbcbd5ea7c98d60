// SPDX-License-Identifier: Apache-2.0
#include "auth/ntlm.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

// Section 2.2.2.5.
constexpr std::uint32_t unicode = 0x00000001, request_target = 0x00000004, ntlm = 0x00000200, always_sign = 0x00008000,
                        extended_security = 0x00080000, target_info_there = 0x00800000, strong_128 = 0x20000000,
                        strong_56 = 0x80000000;
constexpr std::uint32_t wanted = unicode | request_target | ntlm | always_sign | extended_security | strong_128 | strong_56;
constexpr std::string_view signature("NTLMSSP\0", 8);
constexpr std::size_t challenge_octets = 8;
constexpr std::size_t mic_at = 72;  // in AUTHENTICATE_MESSAGE, behind its version
constexpr std::size_t mic_octets = 16;
constexpr std::size_t end_octets = 4;  // MsvAvEOL, the last AV pair

std::string little_endian(std::uint64_t number, std::size_t octets) {
    std::string text;
    for (std::size_t i = 0; i < octets; ++i) text += static_cast<char>((number >> (8 * i)) & 0xFFU);
    return text;
}

/// Zero beyond the end.
std::uint32_t number_at(std::string_view text, std::size_t at, std::size_t octets) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < octets && at + i < text.size(); ++i)
        number |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
    return number;
}

std::string hmac_md5(std::string_view key, std::string_view text) {
    std::string out(16, '\0');
    unsigned int length = 0;
    HMAC(EVP_md5(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()), &length);
    return out;
}

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return out;
}

/// Seconds since 1970 as tenths of microseconds since 1601.
std::string filetime(std::int64_t now) {
    constexpr std::int64_t between = 11'644'473'600;
    return little_endian(static_cast<std::uint64_t>(now + between) * 10'000'000U, 8);
}

/// The AV pairs with MsvAvFlags saying that there is a MIC (section 3.1.5.1.2).
std::string with_mic_flag(std::string_view target_info) {
    std::string pairs(target_info.substr(0, target_info.size() - end_octets));
    pairs += little_endian(6, 2) + little_endian(4, 2) + little_endian(2, 4);
    return pairs + std::string(end_octets, '\0');
}

/// One round of MD4: which words, how far they are turned, by which function.
struct Md4Round {
    std::array<std::uint8_t, 16> words;
    std::array<std::uint8_t, 4> shifts;
    std::uint32_t constant;
    std::uint32_t (*mix)(std::uint32_t, std::uint32_t, std::uint32_t);
};

constexpr std::array rounds{
    Md4Round{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
             {3, 7, 11, 19},
             0,
             [](std::uint32_t x, std::uint32_t y, std::uint32_t z) { return (x & y) | (~x & z); }},
    Md4Round{{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
             {3, 5, 9, 13},
             0x5A827999,
             [](std::uint32_t x, std::uint32_t y, std::uint32_t z) { return (x & y) | (x & z) | (y & z); }},
    Md4Round{{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15},
             {3, 9, 11, 15},
             0x6ED9EBA1,
             [](std::uint32_t x, std::uint32_t y, std::uint32_t z) { return x ^ y ^ z; }},
};

void md4_block(std::array<std::uint32_t, 4>& state, std::string_view block) {
    std::array<std::uint32_t, 4> now = state;
    for (const Md4Round& round : rounds) {
        for (std::size_t i = 0; i < round.words.size(); ++i) {
            const std::uint32_t sum =
                now[0] + round.mix(now[1], now[2], now[3]) + number_at(block, 4U * round.words.at(i), 4) + round.constant;
            now = {now[3], std::rotl(sum, static_cast<int>(round.shifts.at(i % 4))), now[1], now[2]};
        }
    }
    for (std::size_t i = 0; i < state.size(); ++i) state.at(i) += now.at(i);
}

class Ntlm final : public Mechanism {
public:
    Ntlm(const Credentials& credentials, const std::string& nonce) : now_(credentials.now) {
        // DOMAIN\user. The domain in capitals: Windows takes it in any case, Cyrus SASL only so.
        const std::size_t slash = credentials.user.find('\\');
        login_.user = slash == std::string::npos ? credentials.user : credentials.user.substr(slash + 1);
        if (slash != std::string::npos) login_.domain = upper(credentials.user.substr(0, slash));
        login_.password = credentials.password;
        client_challenge_ = hmac_md5("mailhaul", nonce).substr(0, challenge_octets);
    }

    std::string_view name() const override { return "NTLM"; }
    std::optional<Secret> initial() override { return Secret(ntlm_negotiate()); }
    bool has_submitted() const override { return answered_; }

    Result<Secret> respond(std::string_view challenge) override {
        if (std::exchange(answered_, true)) return unexpected_challenge(name());
        return ntlm_authenticate(login_, challenge, client_challenge_, now_);
    }

private:
    NtlmLogin login_;
    std::string client_challenge_;
    std::int64_t now_;
    bool answered_ = false;
};

}  // namespace

std::string md4(std::string_view text) {
    constexpr std::size_t block = 64;
    std::string padded(text);
    padded += '\x80';
    while (padded.size() % block != block - 8) padded += '\0';
    padded += little_endian(static_cast<std::uint64_t>(text.size()) * 8, 8);
    std::array<std::uint32_t, 4> state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
    for (std::size_t at = 0; at < padded.size(); at += block) md4_block(state, std::string_view(padded).substr(at, block));
    std::string out;
    for (const std::uint32_t word : state) out += little_endian(word, 4);
    const Secret gone(std::move(padded));  // of a password, here: wiped
    return out;
}

std::string utf16_from(std::string_view utf8) {
    std::string out;
    const auto put = [&out](std::uint32_t unit) { out += little_endian(unit, 2); };
    while (!utf8.empty()) {
        const auto first = static_cast<unsigned char>(utf8.front());
        const std::size_t size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
        std::uint32_t point = size == 1 ? first : first & (0x7FU >> size);
        bool is_good = size != 0 && first < 0xF5 && size <= utf8.size();
        for (std::size_t i = 1; is_good && i < size; ++i) {
            const auto next = static_cast<unsigned char>(utf8[i]);
            is_good = (next & 0xC0U) == 0x80U;
            point = (point << 6U) | (next & 0x3FU);
        }
        if (!is_good) {
            put(0xFFFD);
            utf8.remove_prefix(1);
            continue;
        }
        if (point >= 0x10000) {
            put(0xD800 + ((point - 0x10000) >> 10U));
            put(0xDC00 + ((point - 0x10000) & 0x3FFU));
        } else {
            put(point);
        }
        utf8.remove_prefix(size);
    }
    return out;
}

std::string ntlm_negotiate() {
    // No domain and no workstation: two empty fields.
    return std::string(signature) + little_endian(1, 4) + little_endian(wanted, 4) + std::string(16, '\0');
}

Result<NtlmChallenge> read_ntlm_challenge(std::string_view message) {
    constexpr std::size_t least = 32;
    const auto broken = [](std::string_view what) {
        return Error{Errc::protocol_violation, Scope::account, Retry::never,
                     "the server's NTLM challenge " + std::string(what)};
    };
    if (message.size() < least || !message.starts_with(signature) || number_at(message, 8, 4) != 2)
        return broken("is none: use another --auth");
    NtlmChallenge found;
    found.challenge = message.substr(24, challenge_octets);
    found.target_info.assign(end_octets, '\0');
    if ((number_at(message, 20, 4) & target_info_there) == 0) return found;  // Cyrus SASL, which checks NTLMv2 all the same
    const std::size_t length = number_at(message, 40, 2);
    const std::size_t offset = number_at(message, 44, 4);
    if (offset > message.size() || length > message.size() - offset || length < 4) return broken("is cut");
    const std::string_view pairs = message.substr(offset, length);
    for (std::size_t at = 0;;) {
        if (at + 4 > pairs.size()) return broken("has target information without an end");
        const std::uint32_t id = number_at(pairs, at, 2);
        const std::size_t size = number_at(pairs, at + 2, 2);
        if (id == 0) {
            found.target_info = std::string(pairs.substr(0, at)) + std::string(end_octets, '\0');
            return found;
        }
        if (size > pairs.size() - at - 4) return broken("has target information that is cut");
        if (id == 7 && size == 8) found.timestamp = std::string(pairs.substr(at + 4, size));
        at += 4 + size;
    }
}

NtlmV2 ntlm_v2(const NtlmLogin& login, std::string_view server_challenge, std::string_view client_challenge,
               std::string_view time, std::string_view target_info) {
    const Secret password(utf16_from(login.password.reveal()));
    const Secret hash(md4(password.reveal()));
    const Secret key(hmac_md5(hash.reveal(), utf16_from(upper(login.user) + login.domain)));
    std::string temp("\x01\x01\0\0\0\0\0\0", 8);
    temp += std::string(time) + std::string(client_challenge) + std::string(4, '\0') + std::string(target_info) +
            std::string(4, '\0');
    const std::string proof = hmac_md5(key.reveal(), std::string(server_challenge) + temp);
    NtlmV2 response;
    response.nt = proof + temp;
    response.lm =
        hmac_md5(key.reveal(), std::string(server_challenge) + std::string(client_challenge)) + std::string(client_challenge);
    response.session_key = hmac_md5(key.reveal(), proof);
    return response;
}

Result<Secret> ntlm_authenticate(const NtlmLogin& login, std::string_view challenge_message, std::string_view client_challenge,
                                 std::int64_t now) {
    MH_TRY(challenge, read_ntlm_challenge(challenge_message));
    const bool has_mic = challenge.timestamp.has_value();
    const std::string info = has_mic ? with_mic_flag(challenge.target_info) : challenge.target_info;
    NtlmV2 response = ntlm_v2(login, challenge.challenge, client_challenge, challenge.timestamp.value_or(filetime(now)), info);
    if (has_mic) response.lm.assign(response.lm.size(), '\0');

    std::string head = std::string(signature) + little_endian(3, 4);
    std::string body;
    const auto field = [&](const std::string& value) {
        head += little_endian(value.size(), 2) + little_endian(value.size(), 2) +
                little_endian(mic_at + mic_octets + body.size(), 4);
        body += value;
    };
    field(response.lm);
    field(response.nt);
    field(utf16_from(login.domain));
    field(utf16_from(login.user));
    field("");  // workstation
    field("");  // no session key of our own
    head += little_endian(wanted & (number_at(challenge_message, 20, 4) | unicode), 4) + std::string(8, '\0');
    std::string message = head + std::string(mic_octets, '\0') + body;
    if (has_mic) {
        const std::string mic = hmac_md5(response.session_key, ntlm_negotiate() + std::string(challenge_message) + message);
        message.replace(mic_at, mic_octets, mic);
    }
    return Secret(std::move(message));
}

std::unique_ptr<Mechanism> make_ntlm(const Credentials& credentials, std::string nonce) {
    return std::make_unique<Ntlm>(credentials, nonce);
}

}  // namespace mailhaul::auth
