// SPDX-License-Identifier: Apache-2.0
// Base64 by four characters at a time; the only care is about padding, where decoders differ.
#include "auth/base64.hpp"

#include <cstdint>

namespace mailhaul::auth {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_from_octets(std::string_view octets) {
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const bool is_padding = i + k > octets.size();  // n octets fill n + 1 characters
            text += is_padding ? '=' : alphabet[group >> (18 - 6 * k) & 63U];
        }
    }
    return text;
}

std::optional<std::string> octets_from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    std::string octets;
    octets.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned held = 0;  // how many of the low bits of `bits` wait for an octet to be full
    for (char character : text) {
        const auto value = alphabet.find(character);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            octets += static_cast<char>(bits >> held & 0xFFU);
        }
    }
    if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;  // bits that no octet holds must be zero
    return octets;
}

}  // namespace mailhaul::auth
