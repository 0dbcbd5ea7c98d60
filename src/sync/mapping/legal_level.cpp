// SPDX-License-Identifier: Apache-2.0
#include "sync/mapping/legal_level.hpp"

#include <algorithm>

#include "imap/codec/modified_utf7.hpp"
#include "sync/mapping/unicode.hpp"

namespace mailhaul::sync {
namespace {

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// Octets of UTF-8 above ASCII are no characters of their own: `only` refuses what they spell, `without` does not.
bool is_refused(char c, const NameRules& names) {
    const bool is_control = (c >= 0 && c < ' ') || c == 0x7f;
    if ((is_control && !names.without.empty()) || names.without.contains(c)) return true;
    return !names.only.empty() && !is_letter_or_digit(c) && !names.only.contains(c);
}

}  // namespace

std::string legal_level(const std::string& level, const NameRules& names, char replacement) {
    std::string legal;
    for (const char c : level) {
        const bool is_continuation = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        const bool refused = is_refused(c, names);
        if (refused && is_continuation) continue;  // its first octet was replaced
        if (c == ' ' && names.joins_blanks && legal.ends_with(' ')) continue;
        legal += refused ? replacement : c;
    }
    if (names.trims_blanks) {
        legal.erase(0, std::min(legal.find_first_not_of(' '), legal.size()));
        legal.erase(legal.find_last_not_of(' ') + 1);
    }
    if (legal.empty()) legal += replacement;
    return legal;
}

std::string fitting_level(const std::string& level, std::size_t most) {
    if (level.size() <= most) return level;
    const auto decoded = imap::utf8_from_utf7(level);
    std::u32string text = code_points(decoded.value_or(level));
    std::string cut = level;
    while (text.size() > 1 && cut.size() > most) {
        text.pop_back();
        cut = decoded ? imap::utf7_from_utf8(utf8_from(text)) : utf8_from(text);
    }
    return cut;
}

}  // namespace mailhaul::sync
