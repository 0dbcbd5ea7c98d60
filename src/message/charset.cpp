// SPDX-License-Identifier: Apache-2.0
// Charsets as tables of the octets 0x80-0xFF where they are small, through iconv where they are not.
#include "message/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "message/header_scan.hpp"

namespace mailhaul::message {
namespace {

/// Where a single-octet charset differs from ISO-8859-1.
struct Difference {
    std::uint8_t octet;
    char16_t code_point;
};

constexpr std::array iso_8859_15 = std::to_array<Difference>({{0xA4, 0x20AC},
                                                              {0xA6, 0x0160},
                                                              {0xA8, 0x0161},
                                                              {0xB4, 0x017D},
                                                              {0xB8, 0x017E},
                                                              {0xBC, 0x0152},
                                                              {0xBD, 0x0153},
                                                              {0xBE, 0x0178}});

/// The five octets without a meaning (81, 8D, 8F, 90, 9D) stay controls, as browsers read them.
constexpr std::array windows_1252 = std::to_array<Difference>(
    {{0x80, 0x20AC}, {0x82, 0x201A}, {0x83, 0x0192}, {0x84, 0x201E}, {0x85, 0x2026}, {0x86, 0x2020}, {0x87, 0x2021},
     {0x88, 0x02C6}, {0x89, 0x2030}, {0x8A, 0x0160}, {0x8B, 0x2039}, {0x8C, 0x0152}, {0x8E, 0x017D}, {0x91, 0x2018},
     {0x92, 0x2019}, {0x93, 0x201C}, {0x94, 0x201D}, {0x95, 0x2022}, {0x96, 0x2013}, {0x97, 0x2014}, {0x98, 0x02DC},
     {0x99, 0x2122}, {0x9A, 0x0161}, {0x9B, 0x203A}, {0x9C, 0x0153}, {0x9E, 0x017E}, {0x9F, 0x0178}});

template <std::size_t size>
std::string from_single_octets(std::string_view octets, const std::array<Difference, size>& differences) {
    std::string text;
    text.reserve(octets.size() * 2);
    for (const char octet : octets) {
        const auto value = static_cast<std::uint8_t>(octet);
        const auto* found = std::ranges::find(differences, value, &Difference::octet);
        append_utf8(text, found == differences.end() ? value : found->code_point);
    }
    return text;
}

std::string from_windows_1252(std::string_view octets) { return from_single_octets(octets, windows_1252); }
std::string from_iso_8859_15(std::string_view octets) { return from_single_octets(octets, iso_8859_15); }
/// ISO-8859-1 as mail declares it is windows-1252 in truth: its own 80-9F are controls that nobody writes.
std::string from_iso_8859_1(std::string_view octets) { return from_windows_1252(octets); }
std::string from_utf8(std::string_view octets) { return std::string(octets); }

struct BuiltIn {
    std::string_view name;
    std::string (*decode)(std::string_view octets);
};

/// us-ascii is decoded as its supersets: senders declare it and write the others.
constexpr std::array built_in = std::to_array<BuiltIn>({{"utf-8", from_utf8},
                                                        {"utf8", from_utf8},
                                                        {"us-ascii", utf8_from_undeclared},
                                                        {"ascii", utf8_from_undeclared},
                                                        {"iso-8859-1", from_iso_8859_1},
                                                        {"latin1", from_iso_8859_1},
                                                        {"iso-8859-15", from_iso_8859_15},
                                                        {"windows-1252", from_windows_1252},
                                                        {"cp1252", from_windows_1252}});

/// iconv may read files by this name, and `//` in it carries options.
bool is_harmless_charset(std::string_view name) {
    constexpr std::size_t longest = 40;
    const auto harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' ||
               c == '.';
    };
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, harmless);
}

class Converter {
public:
    explicit Converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
    ~Converter() {
        if (is_open()) iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    [[nodiscard]] bool is_open() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

    std::optional<std::string> convert(std::string octets) {
        std::string text(octets.size() * 4 + 16, '\0');  // no charset needs more of UTF-8 for one octet
        char* in = octets.data();
        char* out = text.data();
        std::size_t in_left = octets.size();
        std::size_t out_left = text.size();
        constexpr auto failed = static_cast<std::size_t>(-1);
        if (iconv(handle_, &in, &in_left, &out, &out_left) == failed) return std::nullopt;
        if (iconv(handle_, nullptr, nullptr, &out, &out_left) == failed) return std::nullopt;
        text.resize(text.size() - out_left);
        return text;
    }

private:
    iconv_t handle_;
};

std::optional<std::string> through_iconv(std::string_view charset, std::string_view octets) {
    if (!is_harmless_charset(charset)) return std::nullopt;
    Converter converter{std::string(charset)};
    if (!converter.is_open()) return std::nullopt;
    return converter.convert(std::string(octets));
}

bool is_trailing(char octet) { return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U; }

/// How many octets the sequence that begins with `lead` has; 0 where none begins so.
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

}  // namespace

std::optional<std::string> utf8_from_charset(std::string_view charset, std::string_view octets) {
    const auto* known =
        std::ranges::find_if(built_in, [&](const BuiltIn& candidate) { return same_name(candidate.name, charset); });
    auto text = known == built_in.end() ? through_iconv(charset, octets) : known->decode(octets);
    if (text && !is_utf8(*text)) text.reset();
    return text;
}

std::string utf8_from_undeclared(std::string_view octets) {
    return is_utf8(octets) ? std::string(octets) : from_windows_1252(octets);
}

std::optional<CodePoint> first_code_point(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = sequence_length(lead);
    if (length == 0 || text.size() < length || !std::ranges::all_of(text.substr(1, length - 1), is_trailing))
        return std::nullopt;
    constexpr std::array<unsigned char, 5> lead_mask = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t value = lead & lead_mask[length];
    for (const char octet : text.substr(1, length - 1)) value = value << 6U | (static_cast<unsigned char>(octet) & 0x3FU);
    constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return std::nullopt;
    return CodePoint{value, length};
}

bool is_utf8(std::string_view text) {
    while (const auto code_point = first_code_point(text)) text.remove_prefix(code_point->octets);
    return text.empty();
}

void append_utf8(std::string& text, char32_t code_point) {
    const auto trailing = [&](unsigned shift) { text += static_cast<char>(0x80U | (code_point >> shift & 0x3FU)); };
    if (code_point < 0x80) {
        text += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        text += static_cast<char>(0xC0U | code_point >> 6U);
        trailing(0);
    } else if (code_point < 0x10000) {
        text += static_cast<char>(0xE0U | code_point >> 12U);
        trailing(6);
        trailing(0);
    } else {
        text += static_cast<char>(0xF0U | code_point >> 18U);
        trailing(12);
        trailing(6);
        trailing(0);
    }
}

}  // namespace mailhaul::message
