// SPDX-License-Identifier: Apache-2.0
// The search program of SEARCH (RFC 9051 section 6.4.4), read into a tree.
//
// Nesting is bounded, so the recursion is. KEYWORD and the named flags become one kind of key, so does every header word.
#include <array>
#include <string_view>
#include <utility>

#include "imap/codec/request_cursor.hpp"

namespace mailhaul::imap {
namespace {

constexpr int deepest = 32;

Result<SearchKey> parse_key(RequestCursor& cursor, int depth);

SearchKey key_of(SearchKey::Kind kind) {
    SearchKey key;
    key.kind = kind;
    return key;
}

SearchKey negated(SearchKey inner) {
    SearchKey key = key_of(SearchKey::Kind::not_of);
    key.keys.push_back(std::move(inner));
    return key;
}

SearchKey flag_key(std::string_view flag) {
    SearchKey key = key_of(SearchKey::Kind::flag);
    key.text = flag;
    return key;
}

// search-key *(SP search-key), to the closing parenthesis or the end.
Result<SearchKey> parse_keys(RequestCursor& cursor, int depth) {
    SearchKey all = key_of(SearchKey::Kind::all_of);
    do {
        MH_TRY(key, parse_key(cursor, depth));
        all.keys.push_back(std::move(key));
    } while (cursor.skip(' '));
    return all;
}

Result<SearchKey> parse_word_argument(RequestCursor& cursor, SearchKey::Kind kind, std::string_view field) {
    SearchKey key = key_of(kind);
    key.field = field;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(text, cursor.astring());
    key.text = std::move(text);
    return key;
}

Result<SearchKey> parse_date_argument(RequestCursor& cursor, SearchKey::Kind kind) {
    SearchKey key = key_of(kind);
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(day, cursor.date());
    key.day = day;
    return key;
}

Result<SearchKey> parse_number_argument(RequestCursor& cursor, SearchKey::Kind kind) {
    SearchKey key = key_of(kind);
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(number, cursor.number(0x7FFFFFFFFFFFFFFF));
    key.number = number;
    return key;
}

Result<SearchKey> parse_set_argument(RequestCursor& cursor, SearchKey::Kind kind) {
    SearchKey key = key_of(kind);
    MH_TRY(set, cursor.sequence_set());
    key.set = std::move(set);
    return key;
}

Result<SearchKey> parse_nested(RequestCursor& cursor, const std::string& word, int depth) {
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(first, parse_key(cursor, depth + 1));
    if (word == "NOT") return negated(std::move(first));
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(second, parse_key(cursor, depth + 1));
    SearchKey any = key_of(SearchKey::Kind::any_of);
    any.keys.push_back(std::move(first));
    any.keys.push_back(std::move(second));
    return any;
}

Result<SearchKey> parse_header(RequestCursor& cursor) {
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(field, cursor.astring());
    return parse_word_argument(cursor, SearchKey::Kind::header, field);
}

struct FlagWord {
    std::string_view word;
    std::string_view flag;
};
constexpr std::array flag_words{FlagWord{"ANSWERED", "\\Answered"}, FlagWord{"DELETED", "\\Deleted"},
                                FlagWord{"DRAFT", "\\Draft"}, FlagWord{"FLAGGED", "\\Flagged"}, FlagWord{"SEEN", "\\Seen"}};

struct KindWord {
    std::string_view word;
    SearchKey::Kind kind;
};
constexpr std::array text_words{KindWord{"BODY", SearchKey::Kind::body}, KindWord{"TEXT", SearchKey::Kind::text}};
constexpr std::array header_words{"BCC", "CC", "FROM", "SUBJECT", "TO"};
constexpr std::array date_words{
    KindWord{"BEFORE", SearchKey::Kind::before},          KindWord{"ON", SearchKey::Kind::on},
    KindWord{"SENTBEFORE", SearchKey::Kind::sent_before}, KindWord{"SENTON", SearchKey::Kind::sent_on},
    KindWord{"SENTSINCE", SearchKey::Kind::sent_since},   KindWord{"SINCE", SearchKey::Kind::since}};
constexpr std::array number_words{KindWord{"LARGER", SearchKey::Kind::larger}, KindWord{"MODSEQ", SearchKey::Kind::mod_seq},
                                  KindWord{"SMALLER", SearchKey::Kind::smaller}};

Result<SearchKey> parse_key(RequestCursor& cursor, int depth) {
    if (depth > deepest) return cursor.wanted("fewer nested search keys");
    if (cursor.skip('(')) {
        MH_TRY(keys, parse_keys(cursor, depth + 1));
        MH_TRY_VOID(cursor.expect(')'));
        return std::move(keys);
    }
    if (cursor.peek() == '*' || (cursor.peek() >= '0' && cursor.peek() <= '9'))
        return parse_set_argument(cursor, SearchKey::Kind::positions);

    MH_TRY(word, cursor.upper_atom());
    if (word == "ALL" || word == "OLD") return key_of(SearchKey::Kind::all_of);  // nothing is \Recent here
    if (word == "NEW" || word == "RECENT") return negated(key_of(SearchKey::Kind::all_of));
    if (word == "NOT" || word == "OR") return parse_nested(cursor, word, depth);
    if (word == "HEADER") return parse_header(cursor);
    if (word == "UID") {
        MH_TRY_VOID(cursor.expect(' '));
        return parse_set_argument(cursor, SearchKey::Kind::uids);
    }
    if (word == "KEYWORD" || word == "UNKEYWORD") {
        MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(flag, cursor.flag());
        return word == "KEYWORD" ? flag_key(flag) : negated(flag_key(flag));
    }
    for (const auto& [name, flag] : flag_words) {
        if (word == name) return flag_key(flag);
        if (word == "UN" + std::string(name)) return negated(flag_key(flag));
    }
    for (const auto& [name, kind] : text_words)
        if (word == name) return parse_word_argument(cursor, kind, {});
    for (const std::string_view name : header_words)
        if (word == name) return parse_word_argument(cursor, SearchKey::Kind::header, name);
    for (const auto& [name, kind] : date_words)
        if (word == name) return parse_date_argument(cursor, kind);
    for (const auto& [name, kind] : number_words)
        if (word == name) return parse_number_argument(cursor, kind);
    return cursor.wanted("a search key instead of " + word);
}

}  // namespace

Result<SearchKey> parse_search_program(RequestCursor& cursor) { return parse_keys(cursor, 0); }

}  // namespace mailhaul::imap
