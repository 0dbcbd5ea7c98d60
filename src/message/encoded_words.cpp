// SPDX-License-Identifier: Apache-2.0
// Encoded-words are gathered in runs: neighbours of one charset are put together as octets before the charset is
// decoded, so that a character split between them is whole again.
#include "message/encoded_words.hpp"

#include <algorithm>
#include <optional>

#include "base/base64.hpp"
#include "message/charset.hpp"
#include "message/header_scan.hpp"

namespace mailhaul::message {
namespace {

struct EncodedWord {
    std::string_view charset;
    std::string octets;       ///< what the word says, still in its charset
    std::string_view source;  ///< the word as it stands
};

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    return std::nullopt;
}

/// RFC 2047 section 4.2. A `=` without two digits after it stands for itself.
std::string octets_from_q(std::string_view text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool room = text[i] == '=' && i + 2 < text.size();
        const auto high = room ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = room ? hex_digit(text[i + 2]) : std::nullopt;
        if (high && low) {
            octets += static_cast<char>(*high << 4U | *low);
            i += 2;
        } else {
            octets += text[i] == '_' ? ' ' : text[i];
        }
    }
    return octets;
}

/// encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="
///
/// The word at the front of `text`; empty where there is none.
std::optional<EncodedWord> first_word(std::string_view text) {
    if (!text.starts_with("=?")) return std::nullopt;
    const std::size_t charset_end = text.find('?', 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?')
        return std::nullopt;
    const std::size_t start = charset_end + 3;
    const std::size_t end = text.find("?=", start);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view charset = text.substr(2, charset_end - 2);
    charset = charset.substr(0, charset.find('*'));
    const std::string_view encoded = text.substr(start, end - start);
    const char encoding = text[charset_end + 1];
    std::optional<std::string> octets;
    if (encoding == 'Q' || encoding == 'q') octets = octets_from_q(encoded);
    if (encoding == 'B' || encoding == 'b') octets = octets_from_base64(encoded);
    if (!octets) return std::nullopt;
    return EncodedWord{charset, std::move(*octets), text.substr(0, end + 2)};
}

/// The text being put together: what is plain, and a run of words not yet decoded.
class Decoder {
public:
    void add_plain(std::string_view text) {
        flush();
        out_ += utf8_from_undeclared(text);
    }

    void add_word(const EncodedWord& word) {
        if (!same_name(charset_, word.charset)) flush();
        charset_ = word.charset;
        octets_ += word.octets;
        run_source_ += word.source;
    }

    std::string take() && {
        flush();
        return std::move(out_);
    }

private:
    void flush() {
        if (run_source_.empty()) return;
        const auto text = utf8_from_charset(charset_, octets_);
        out_ += text ? *text : utf8_from_undeclared(run_source_);
        octets_.clear();
        run_source_.clear();
    }

    std::string out_;
    std::string_view charset_;
    std::string octets_;
    std::string run_source_;
};

}  // namespace

std::string utf8_from_encoded_words(std::string_view text) {
    Decoder decoder;
    bool after_word = false;
    while (!text.empty()) {
        const std::size_t begin = std::min(text.find("=?"), text.size());
        const auto word = first_word(text.substr(begin));
        if (!word) {  // plain up to the next place where a word may begin
            const std::size_t length = std::min(text.find("=?", begin + 2), text.size());
            decoder.add_plain(text.substr(0, length));
            text.remove_prefix(length);
            after_word = false;
            continue;
        }
        const std::string_view plain = text.substr(0, begin);
        if (!after_word || !trimmed(plain).empty()) {  // whitespace between two words belongs to neither
            if (!plain.empty()) decoder.add_plain(plain);
        }
        decoder.add_word(*word);
        text.remove_prefix(begin + word->source.size());
        after_word = true;
    }
    return std::move(decoder).take();
}

}  // namespace mailhaul::message
