// SPDX-License-Identifier: Apache-2.0
#include "oauth/form.hpp"

#include <algorithm>
#include <cstddef>

#include "base/base64.hpp"

namespace mailhaul::oauth {
namespace {

/// unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~" (RFC 3986 section 2.3)
bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        out += '%';
        out += "0123456789ABCDEF"[octet >> 4];
        out += "0123456789ABCDEF"[octet & 15];
    }
}

std::optional<unsigned> digit_from(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (text.size() - i < 3) return std::nullopt;
            const auto high = digit_from(text[i + 1]);
            const auto low = digit_from(text[i + 2]);
            if (!high || !low) return std::nullopt;
            out += static_cast<char>(*high << 4 | *low);
            i += 2;
        }
    }
    return out;
}

}  // namespace

std::string form_from(const Fields& fields) {
    std::string form;
    for (const auto& [name, value] : fields) {
        if (!form.empty()) form += '&';
        append_encoded(form, name);
        form += '=';
        append_encoded(form, value);
    }
    return form;
}

std::optional<std::string> field_in(std::string_view form, std::string_view name) {
    while (!form.empty()) {
        const std::string_view pair = form.substr(0, form.find('&'));
        form.remove_prefix(std::min(form.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (decoded(pair.substr(0, equals)) != name) continue;
        return equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1));
    }
    return std::nullopt;
}

std::string url_base64_from(std::string_view octets) {
    std::string text = base64_from(octets);
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::optional<std::string> octets_from_url_base64(std::string_view text) {
    std::string padded(text);
    if (padded.find_first_of("+/=") != std::string::npos) return std::nullopt;
    std::ranges::replace(padded, '-', '+');
    std::ranges::replace(padded, '_', '/');
    padded.append((4 - padded.size() % 4) % 4, '=');
    return octets_from_base64(padded);
}

}  // namespace mailhaul::oauth
