// SPDX-License-Identifier: Apache-2.0
// Modified UTF-7: printable ASCII stands for itself, `&-` for `&`, and everything else is UTF-16 in
// base64 (with `,` for `/`, without padding) between `&` and `-`.
//
// Decoding is strict where two spellings of one name would otherwise decode alike (ASCII inside base64, loose bits at
// its end, half a surrogate pair); two runs side by side are taken, because servers write them.
#include "imap/codec/modified_utf7.hpp"

#include <cstdint>

namespace mailhaul::imap {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr char32_t replacement = 0xFFFD;

constexpr bool is_printable_ascii(char32_t c) { return c >= 0x20 && c <= 0x7E; }
constexpr bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
constexpr bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

void append_utf8(std::string& out, char32_t c) {
    const auto octet = [&](char32_t bits) { out += static_cast<char>(bits); };
    if (c < 0x80) {
        octet(c);
    } else if (c < 0x800) {
        octet(0xC0 | c >> 6);
        octet(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        octet(0xE0 | c >> 12);
        octet(0x80 | (c >> 6 & 0x3F));
        octet(0x80 | (c & 0x3F));
    } else {
        octet(0xF0 | c >> 18);
        octet(0x80 | (c >> 12 & 0x3F));
        octet(0x80 | (c >> 6 & 0x3F));
        octet(0x80 | (c & 0x3F));
    }
}

/// Takes one character off `utf8` (not empty); empty, with one octet taken, where it is not valid UTF-8.
std::optional<char32_t> take_character(std::string_view& utf8) {
    const auto octet = [&](std::size_t at) { return static_cast<char32_t>(static_cast<unsigned char>(utf8[at])); };
    const char32_t first = octet(0);
    const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    char32_t c = length == 1 ? first : first & (0x7Fu >> length);
    bool valid = length > 0 && length <= utf8.size();
    for (std::size_t at = 1; valid && at < length; ++at) {
        valid = (octet(at) & 0xC0) == 0x80;
        c = c << 6 | (octet(at) & 0x3F);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    valid = valid && c >= least[length] && c <= 0x10FFFF && !is_high_surrogate(c) && !is_low_surrogate(c);
    utf8.remove_prefix(valid ? length : 1);
    return valid ? std::optional(c) : std::nullopt;
}

/// Collects UTF-16 units into base64.
class Shift {
public:
    explicit Shift(std::string& out) : out_(out) { out_ += '&'; }
    void add(char32_t c) {
        if (c < 0x10000) return add_unit(c);
        add_unit(0xD800 + ((c - 0x10000) >> 10));
        add_unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
    void close() {
        if (held_ > 0) out_ += base64_digits[bits_ << (6 - held_) & 0x3F];
        out_ += '-';
    }

private:
    void add_unit(char32_t unit) {
        bits_ = bits_ << 16 | unit;
        for (held_ += 16; held_ >= 6;) {
            held_ -= 6;
            out_ += base64_digits[bits_ >> held_ & 0x3F];
        }
        bits_ &= (1u << held_) - 1;
    }
    std::string& out_;
    std::uint32_t bits_ = 0;
    unsigned held_ = 0;
};

/// The text of one run, without its `&` and `-`; false where it is not well formed.
bool append_run(std::string& out, std::string_view run) {
    std::uint32_t bits = 0;
    unsigned held = 0;
    char32_t high = 0;
    for (const char digit : run) {
        const auto value = base64_digits.find(digit);
        if (value == std::string_view::npos) return false;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 16) continue;
        held -= 16;
        const char32_t unit = bits >> held;
        bits &= (1u << held) - 1;
        if (is_low_surrogate(unit) != (high != 0)) return false;
        if (is_high_surrogate(unit)) {
            high = unit;
            continue;
        }
        const char32_t c = high == 0 ? unit : 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
        if (is_printable_ascii(c)) return false;
        append_utf8(out, c);
        high = 0;
    }
    return high == 0 && held < 6 && bits == 0;
}

}  // namespace

std::optional<std::string> utf8_from_utf7(std::string_view raw) {
    std::string out;
    while (!raw.empty()) {
        const auto c = static_cast<char32_t>(static_cast<unsigned char>(raw.front()));
        raw.remove_prefix(1);
        if (!is_printable_ascii(c)) return std::nullopt;
        if (c != '&') {
            out += static_cast<char>(c);
            continue;
        }
        const auto end = raw.find('-');
        if (end == std::string_view::npos) return std::nullopt;
        if (end == 0) out += '&';
        else if (!append_run(out, raw.substr(0, end))) return std::nullopt;
        raw.remove_prefix(end + 1);
    }
    return out;
}

std::string utf7_from_utf8(std::string_view utf8) {
    std::string out;
    std::optional<Shift> shift;
    while (!utf8.empty()) {
        const char32_t c = take_character(utf8).value_or(replacement);
        if (!is_printable_ascii(c)) {
            if (!shift) shift.emplace(out);
            shift->add(c);
            continue;
        }
        if (shift) shift->close();
        shift.reset();
        out += static_cast<char>(c);
        if (c == '&') out += '-';
    }
    if (shift) shift->close();
    return out;
}

std::string display_name(std::string_view raw) {
    const auto decoded = utf8_from_utf7(raw);
    std::string_view rest = decoded ? std::string_view(*decoded) : raw;
    std::string out;
    while (!rest.empty()) {
        const char32_t c = take_character(rest).value_or(0);
        const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
        append_utf8(out, control ? U'?' : c);
    }
    return out;
}

}  // namespace mailhaul::imap
