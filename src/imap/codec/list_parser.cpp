// SPDX-License-Identifier: Apache-2.0
// LIST, LSUB and XLIST (RFC 9051 section 7.3.1).
//
// The name stands last on the line, and that is what helps with servers that do not quote it, or do not escape the
// quotes in it: what is left of the line is the name. Extended data after the name (RFC 5258) is recognised by
// its shape and skipped.
#include <algorithm>

#include "imap/codec/response_parsers.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

// mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"
// mbox-list-extended-item = astring SP tagged-ext-val; the values in use (OLDNAME, CHILDINFO) are lists.
bool looks_like_extended_data(std::string_view rest) {
    if (!rest.starts_with('(') || !rest.ends_with("))")) return false;
    Lexer in(rest.substr(1));
    const auto tag = in.astring();
    in.skip_blanks();
    return tag && in.peek() == '(' && std::ranges::all_of(*tag, [](char c) { return is_letter(c) || c == '-'; });
}

bool ends_name(Lexer& in) {
    in.skip_blanks();
    return in.at_end() || looks_like_extended_data(in.rest());
}

std::string_view without_trailing_blanks(std::string_view text) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

std::optional<std::string> read_quoted_name(Lexer& in) {
    const std::string_view rest = in.rest();
    auto name = in.string();
    if (name && ends_name(in)) return std::move(name->text);
    in.take_rest();  // quotes inside that nobody escaped: the last one on the line closes
    const auto last = rest.rfind('"');
    return std::string(last == 0 ? rest.substr(1) : rest.substr(1, last - 1));
}

std::optional<std::string> read_unquoted_name(Lexer& in) {
    const std::string_view rest = in.rest();
    const std::string_view word = in.take_word("");
    if (ends_name(in)) {
        if (equal_ignoring_case(word, "NIL")) return std::nullopt;
        return std::string(word);
    }
    in.take_rest();
    return std::string(without_trailing_blanks(rest));
}

std::optional<std::string> read_name(Lexer& in) {
    in.skip_blanks();
    if (in.rest().starts_with("*\"")) in.accept('*');
    if (in.peek() == '"') return read_quoted_name(in);
    if (auto literal = in.string()) return std::move(literal->text);
    return in.at_end() ? std::nullopt : read_unquoted_name(in);
}

void note_attribute(MailboxInfo& info, std::string_view attribute) {
    info.attributes.emplace_back(attribute);
    const auto is = [&](std::string_view name) { return equal_ignoring_case(attribute, name); };
    if (is("\\Noselect")) info.no_select = true;
    if (is("\\NonExistent")) info.no_select = info.non_existent = true;
    if (is("\\Noinferiors")) info.no_inferiors = true;
    if (is("\\Subscribed")) info.subscribed = true;
    if (is("\\HasChildren")) info.has_children = true;
    if (is("\\HasNoChildren")) info.has_children = false;
    const auto use = special_use_from(attribute);
    if (use && std::ranges::count(info.special_uses, *use) == 0) info.special_uses.push_back(*use);
}

bool read_attributes(Lexer& in, MailboxInfo& info) {
    if (in.accept_nil() || !in.accept('(')) return true;  // a missing list says nothing
    while (!in.accept(')')) {
        const std::string_view attribute = in.take_word();
        if (attribute.empty() || info.attributes.size() == most_list_words) return false;
        if (attribute != "\\") note_attribute(info, attribute);
    }
    return true;
}

/// The separator, or where the server has swapped the two, the name.
struct Separator {
    std::optional<char> separator;
    std::optional<std::string> swapped_name;
};

// (DQUOTE QUOTED-CHAR DQUOTE / nil)
std::optional<Separator> read_separator(Lexer& in) {
    if (in.accept_nil()) return Separator{};
    in.skip_blanks();
    if (in.rest().starts_with("\"\\\" ")) {  // a backslash that should have been doubled
        in.move_to(in.position() + 3);
        return Separator{'\\', std::nullopt};
    }
    auto text = in.astring();
    if (!text) return std::nullopt;
    if (text->size() > 1) return Separator{std::nullopt, std::move(text)};
    return Separator{text->empty() ? std::nullopt : std::optional(text->front()), std::nullopt};
}

std::optional<Response> parse_list_of(Lexer& in, ListResponse::Kind kind) {
    ListResponse response{kind, {}};
    if (!read_attributes(in, response.info)) return in.fail("an attribute or `)`");
    auto separator = read_separator(in);
    if (!separator) return in.fail("a quoted separator or NIL");
    const std::size_t name_at = in.position();
    auto name = read_name(in);
    if (separator->swapped_name && name && name->size() == 1) {
        separator->separator = name->front();
        name = std::move(separator->swapped_name);
    } else if (separator->swapped_name) {
        in.move_to(name_at);
        return in.fail("a separator of one character before the mailbox name");
    }
    if (!name || !is_usable_mailbox_name(*name)) {
        in.move_to(name_at);
        return in.fail("a mailbox name");
    }
    response.info.separator = separator->separator;
    response.info.name = MailboxName(std::move(*name));
    if (kind == ListResponse::Kind::lsub) response.info.subscribed = true;
    return response;
}

}  // namespace

std::optional<Response> parse_list(Lexer& in) { return parse_list_of(in, ListResponse::Kind::list); }
std::optional<Response> parse_lsub(Lexer& in) { return parse_list_of(in, ListResponse::Kind::lsub); }
std::optional<Response> parse_xlist(Lexer& in) { return parse_list_of(in, ListResponse::Kind::xlist); }

bool is_usable_mailbox_name(std::string_view name) {
    return std::ranges::none_of(name, [](char c) { return c == '\0' || c == '\r' || c == '\n'; });
}

}  // namespace mailhaul::imap
