// SPDX-License-Identifier: Apache-2.0
#include "imap/codec/request_cursor.hpp"

#include "imap/types/ascii.hpp"

#include <charconv>
#include <utility>

namespace mailhaul::imap {
namespace {

bool is_one_of(char c, std::string_view wanted) { return wanted.find(c) != std::string_view::npos; }

}  // namespace

Error RequestCursor::wanted(std::string_view what) const {
    const std::string seen = at_end() ? "the end" : "\"" + text_.substr(place_, 20) + "\"";
    return Error(Errc::command_rejected, Scope::run, Retry::never,
                 "wanted " + std::string(what) + " at octet " + std::to_string(place_) + ", seen " + seen);
}

bool RequestCursor::skip(char wanted) {
    if (peek() != wanted || at_end()) return false;
    ++place_;
    return true;
}

bool RequestCursor::skip_word(std::string_view upper_word) {
    const std::size_t end = place_ + upper_word.size();
    if (end > text_.size() || !starts_with_ignoring_case(std::string_view(text_).substr(place_), upper_word)) return false;
    if (end < text_.size() && is_atom_char(text_[end])) return false;
    place_ = end;
    return true;
}

Result<void> RequestCursor::expect(char wanted_char) {
    if (skip(wanted_char)) return {};
    return wanted(wanted_char == ' ' ? "one blank" : std::string("`") + wanted_char + "`");
}

Result<void> RequestCursor::expect_end() {
    if (at_end()) return {};
    return wanted("the end of the command");
}

Result<std::string> RequestCursor::atom(std::string_view extra) {
    const std::size_t begin = place_;
    while (!at_end() && (is_atom_char(text_[place_]) || is_one_of(text_[place_], extra))) ++place_;
    if (place_ == begin) return wanted("an atom");
    return text_.substr(begin, place_ - begin);
}

Result<std::string> RequestCursor::upper_atom(std::string_view extra) {
    MH_TRY(word, atom(extra));
    return upper_from(word);
}

Result<std::string> RequestCursor::upper_word_before(std::string_view stops) {
    const std::size_t begin = place_;
    while (!at_end() && !is_one_of(text_[place_], stops)) ++place_;
    if (place_ == begin) return wanted("a word");
    return upper_from(std::string_view(text_).substr(begin, place_ - begin));
}

// quoted = DQUOTE *QUOTED-CHAR DQUOTE; `\` only before `"` and `\`.
Result<std::string> RequestCursor::quoted() {
    std::string value;
    MH_TRY_VOID(expect('"'));
    while (!at_end() && peek() != '"') {
        if (skip('\\') && peek() != '"' && peek() != '\\') return wanted("`\"` or `\\` after a backslash");
        if (peek() == '\r' || peek() == '\n') return wanted("a closing quote");
        value += peek();
        ++place_;
    }
    MH_TRY_VOID(expect('"'));
    return value;
}

Result<RequestCursor::LiteralToken> RequestCursor::literal() {
    LiteralToken token;
    token.binary = skip('~');
    const auto end = text_.find_first_not_of("0123456789+", place_ + 1);  // the reader has read the number
    const bool is_announced = peek() == '{' && end != std::string::npos && text_.substr(end, 3) == "}\r\n";
    if (!is_announced || next_literal_ == literals_.size()) return wanted("a literal");
    place_ = end + 3;
    token.octets = std::move(literals_[next_literal_++]);
    return token;
}

Result<std::string> RequestCursor::string() {
    if (peek() == '"') return quoted();
    MH_TRY(token, literal());
    if (token.octets.find('\0') != std::string::npos) return wanted("a literal without NUL");
    return std::move(token.octets);
}

Result<std::string> RequestCursor::astring() {
    if (peek() == '"' || peek() == '{') return string();
    return atom("]");
}

Result<std::string> RequestCursor::list_pattern() {
    if (peek() == '"' || peek() == '{') return string();
    return atom("]%*");
}

Result<MailboxName> RequestCursor::mailbox() {
    MH_TRY(name, astring());
    if (name.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
        return wanted("a mailbox name without NUL, CR and LF");
    return MailboxName(std::move(name));
}

Result<std::uint64_t> RequestCursor::number(std::uint64_t largest) {
    std::uint64_t value = 0;
    const char* begin = text_.data() + place_;
    const auto parsed = std::from_chars(begin, text_.data() + text_.size(), value);
    if (parsed.ec != std::errc{} || value > largest) return wanted("a number up to " + std::to_string(largest));
    place_ += static_cast<std::size_t>(parsed.ptr - begin);
    return value;
}

Result<ModSeq> RequestCursor::mod_seq() {
    MH_TRY(value, number(0x7FFFFFFFFFFFFFFF));
    return ModSeq(value);
}

Result<std::uint32_t> RequestCursor::set_number() {
    MH_TRY(value, number());
    if (value == 0) return wanted("a number above 0 in a set");
    return static_cast<std::uint32_t>(value);
}

// sequence-set = (seq-number / seq-range) ["," sequence-set]; seq-number = nz-number / "*"
Result<SequenceSet> RequestCursor::sequence_set() {
    SequenceSet set;
    do {
        SequenceSet::Bound first;
        if (!skip('*')) {
            MH_TRY(value, set_number());
            first = value;
        }
        SequenceSet::Bound last = first;
        if (skip(':')) {
            last.reset();
            if (!skip('*')) {
                MH_TRY(value, set_number());
                last = value;
            }
        }
        set.append(first, last);
    } while (skip(','));
    return set;
}

Result<std::string> RequestCursor::flag() {
    const bool system = skip('\\');
    MH_TRY(name, atom());
    return system ? "\\" + name : std::move(name);
}

Result<FlagSet> RequestCursor::flag_list() {
    FlagSet flags;
    MH_TRY_VOID(expect('('));
    while (!skip(')')) {
        if (!flags.empty()) MH_TRY_VOID(expect(' '));
        MH_TRY(name, flag());
        if (name == "\\Recent") return wanted("a flag a client may set");
        flags.insert(name);
    }
    return flags;
}

Result<std::int64_t> RequestCursor::date() {
    constexpr std::int64_t day = 86'400;
    std::string text;
    if (peek() == '"') {
        MH_TRY(value, quoted());
        text = std::move(value);
    } else {
        MH_TRY(value, atom());
        text = std::move(value);
    }
    const auto instant = parse_internal_date(text + " 00:00:00 +0000");
    if (!instant) return wanted("a date such as 1-Feb-2021");
    return (instant->epoch_seconds - (instant->epoch_seconds < 0 ? day - 1 : 0)) / day;
}

}  // namespace mailhaul::imap
