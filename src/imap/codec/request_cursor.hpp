// SPDX-License-Identifier: Apache-2.0
// RequestCursor: the tokens of a command, read one after another. Only the request parser's files include this.
//
// Each function takes one token of RFC 9051 section 9 or says what it saw instead; none looks ahead further than the
// next octet, so an error names the place it stands at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "imap/codec/request.hpp"

namespace mailhaul::imap {

class RequestCursor {
public:
    RequestCursor(std::string text, std::vector<std::string> literals)
        : text_(std::move(text)), literals_(std::move(literals)) {}

    [[nodiscard]] bool at_end() const { return place_ == text_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[place_]; }  ///< NUL at the end
    bool skip(char wanted);                                                      ///< true where it stood there
    bool skip_word(std::string_view upper_word);                                 ///< any case; only where the word ends there
    Result<void> expect(char wanted);
    Result<void> expect_end();

    /// Octets up to a blank, parenthesis or other special: `atom`, and `extra` besides.
    Result<std::string> atom(std::string_view extra = {});
    Result<std::string> upper_atom(std::string_view extra = {});
    /// Octets, whatever they are, up to one of `stops` or the end; FETCH items end at a bracket that atoms may hold.
    Result<std::string> upper_word_before(std::string_view stops);
    Result<std::string> string();        ///< quoted or literal
    Result<std::string> astring();       ///< atom, quoted or literal
    Result<std::string> list_pattern();  ///< `list-mailbox`: as astring, wildcards allowed
    Result<MailboxName> mailbox();
    /// A literal or literal8, its octets moved out; `binary` is told which.
    struct LiteralToken {
        bool binary = false;
        std::string octets;
    };
    Result<LiteralToken> literal();

    Result<std::uint64_t> number(std::uint64_t largest = 0xFFFFFFFF);
    Result<ModSeq> mod_seq();  ///< 63 bits
    Result<SequenceSet> sequence_set();
    Result<FlagSet> flag_list();  ///< in parentheses
    Result<std::string> flag();
    Result<std::int64_t> date();  ///< `1-Feb-2021`, quoted or not: days since 1970-01-01

    /// "wanted <what> at octet <n>, seen <text>", Errc::command_rejected.
    [[nodiscard]] Error wanted(std::string_view what) const;

private:
    Result<std::string> quoted();
    Result<std::uint32_t> set_number();

    std::string text_;
    std::vector<std::string> literals_;
    std::size_t place_ = 0;
    std::size_t next_literal_ = 0;
};

/// The program of SEARCH, after its return options and charset. RFC 9051 section 6.4.4.
Result<SearchKey> parse_search_program(RequestCursor& cursor);

}  // namespace mailhaul::imap
