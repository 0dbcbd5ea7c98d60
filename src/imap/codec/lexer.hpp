// SPDX-License-Identifier: Apache-2.0
// Lexer: a bounded cursor over one framed response; the words and strings every parser is made of.
//
// Each reader either takes what it names and moves on, or leaves the cursor where it was. Blanks are never
// significant to the callers, so doubled and trailing ones cost nothing. Iterative; never reserves by a number in
// the text. Knows nothing of any response. Grammar: RFC 9051 section 9, `atom`, `string`, `number`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mailhaul::imap {

class Lexer {
public:
    /// A literal whose octets went past as a streamed body has only its size.
    struct String {
        std::string text;
        std::uint64_t size = 0;
        bool streamed = false;
    };

    /// `streamed`: offsets in `text`, ascending, just after the CRLF of a literal whose octets are not there
    /// (RawResponse::streamed). `nesting`: parentheses that skip_value() follows. Both texts are borrowed.
    explicit Lexer(std::string_view text, std::span<const std::size_t> streamed = {}, int nesting = 100)
        : text_(text), streamed_(streamed), nesting_(nesting) {}

    [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }
    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }
    void move_to(std::size_t position) { position_ = position; }

    void skip_blanks();
    /// Skips blanks, then `wanted` where it is next.
    bool accept(char wanted);
    /// Skips blanks, then `word` in any case where it is next and nothing of an atom follows.
    bool accept_word(std::string_view word);
    /// Skips blanks and takes what is up to the next blank, line end or octet of `stops`; empty where that is at once.
    std::string_view take_word(std::string_view stops = "()\"");
    /// Everything left.
    std::string_view take_rest();

    /// Skips blanks and reads a number as servers write it: negative ones count as 0, fractions are cut, `1.5e+3` is
    /// understood, more than 63 bits is 2^63-1. Empty where there is none.
    std::optional<std::uint64_t> number();
    std::optional<std::uint32_t> number32();  ///< clamped to 32 bits

    /// Skips blanks and reads `"quoted"` or `{n}` literal. A quote that nothing which can follow a string follows is
    /// taken for a forgotten escape.
    std::optional<String> string();
    /// Skips blanks and reads a string, or else a word.
    std::optional<std::string> astring();
    /// Skips blanks and NIL in any case.
    bool accept_nil();

    /// Skips blanks and one value of any kind: word, string, or list with all it holds.
    bool skip_value();

    /// Remembers why the response cannot be read; the first reason stays. Returns nullopt, to be returned.
    std::nullopt_t fail(std::string_view wanted);
    [[nodiscard]] const std::string& reason() const { return reason_; }

private:
    std::optional<std::string> quoted();
    std::optional<String> literal();
    [[nodiscard]] std::optional<std::size_t> end_of_quoted() const;
    [[nodiscard]] bool can_follow_string(std::size_t position) const;

    std::string_view text_;
    std::span<const std::size_t> streamed_;
    int nesting_;
    std::size_t position_ = 0;
    std::string reason_;
};

}  // namespace mailhaul::imap
