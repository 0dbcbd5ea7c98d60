// SPDX-License-Identifier: Apache-2.0
// FETCH (RFC 9051 section 7.5.2): the items a migration asks for; every other item is skipped whatever it holds.
#include <algorithm>

#include "imap/codec/response_parsers.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

std::size_t end_of_section(std::string_view text) {
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"') quoted = !quoted;
        if (text[at] == ']' && !quoted) return at;
    }
    return text.find(']');
}

/// Upper case, blanks single, no quotes: servers echo the field names of HEADER.FIELDS as they please.
std::string canonical_section(std::string_view text) {
    std::string section;
    for (const char c : text) {
        if (c == '"') continue;
        const char last = section.empty() ? '(' : section.back();
        if (c == ' ' && (last == '(' || last == ' ')) continue;
        if (c == ')' && last == ' ') section.pop_back();
        section += ascii_upper(c);
    }
    while (section.ends_with(' ')) section.pop_back();
    return section;
}

// section = "[" [section-spec] "]", then ["<" number ">"]
bool read_section(Lexer& in, BodySection& body) {
    if (!in.accept('[')) return false;
    const auto end = end_of_section(in.rest());
    if (end == std::string_view::npos) return false;
    body.section = canonical_section(in.rest().substr(0, end));
    in.move_to(in.position() + end + 1);
    if (in.peek() != '<') return true;
    in.accept('<');
    body.origin = in.number();
    return in.accept('>');
}

// msg-att-static =/ "BODY" section ["<" number ">"] SP nstring
bool read_body_section(Lexer& in, FetchResponse& response) {
    BodySection body;
    if (!read_section(in, body)) return false;
    if (in.accept_nil()) {
        body.nil = true;
    } else {
        auto text = in.string();
        if (!text) return false;
        body.size = Octets{text->size};
        body.streamed = text->streamed;
        body.text = std::move(text->text);
    }
    response.sections.push_back(std::move(body));
    return true;
}

/// Any item that is not read: with a section or without, any value.
bool skip_item(Lexer& in) {
    BodySection ignored;
    if (in.peek() == '[' && !read_section(in, ignored)) return false;
    return in.skip_value();
}

bool read_flags(Lexer& in, FetchResponse& response) {
    auto flags = read_flag_list(in);
    if (flags) response.flags = std::move(*flags);
    return flags.has_value();
}

bool read_uid(Lexer& in, FetchResponse& response) {
    const auto number = in.number();
    if (const auto uid = as_identifier(number)) response.uid = Uid{*uid};
    return number.has_value();
}

bool read_size(Lexer& in, FetchResponse& response) {
    const auto size = in.number();
    if (size) response.size = Octets{*size};
    return size || in.accept_nil();
}

bool read_internal_date(Lexer& in, FetchResponse& response) {
    if (in.accept_nil()) return true;
    const auto date = in.string();
    if (date) response.internal_date = parse_internal_date(date->text);
    return date.has_value();
}

bool read_fetched_mod_seq(Lexer& in, FetchResponse& response) {
    response.mod_seq = read_mod_seq(in);
    return true;
}

bool read_email_id(Lexer& in, FetchResponse& response) {
    if (in.accept_nil()) return true;
    response.email_id = read_parenthesised_id(in);
    return response.email_id.has_value();
}

// "X-GM-LABELS" SP ("(" [astring *(SP astring)] ")" / nil)
bool read_labels(Lexer& in, FetchResponse& response) {
    std::vector<std::string> labels;
    if (!in.accept_nil()) {
        if (!in.accept('(')) return false;
        while (!in.accept(')')) {
            auto label = in.astring();
            if (!label || label->empty()) return false;
            labels.push_back(std::move(*label));
        }
    }
    response.labels = std::move(labels);
    return true;
}

bool read_item(Lexer& in, std::string_view name, FetchResponse& response) {
    const auto is = [&](std::string_view item) { return equal_ignoring_case(name, item); };
    const bool has_section = in.peek() == '[';
    if (has_section && (is("BODY") || is("BODY.PEEK"))) return read_body_section(in, response);
    if (is("FLAGS")) return read_flags(in, response);
    if (is("UID")) return read_uid(in, response);
    if (is("RFC822.SIZE")) return read_size(in, response);
    if (is("INTERNALDATE")) return read_internal_date(in, response);
    if (is("MODSEQ")) return read_fetched_mod_seq(in, response);
    if (is("EMAILID")) return read_email_id(in, response);
    if (is("X-GM-LABELS")) return read_labels(in, response);
    return skip_item(in);
}

}  // namespace

// msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
std::optional<Response> parse_fetch(Lexer& in, SeqNum seq, std::optional<Uid> uid) {
    FetchResponse response;
    response.seq = seq;
    response.uid = uid;
    const bool parenthesised = in.accept('(');
    in.skip_blanks();
    while (!in.at_end() && !(parenthesised && in.accept(')'))) {
        const std::size_t item_at = in.position();
        const std::string_view name = in.take_word("()[]<>\"");
        if (name.empty()) return in.fail("a FETCH item or `)`");
        if (!read_item(in, name, response)) {
            in.move_to(item_at);
            return in.fail("a FETCH item with its value");
        }
        in.skip_blanks();
    }
    return response;
}

}  // namespace mailhaul::imap
