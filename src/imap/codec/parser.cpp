// SPDX-License-Identifier: Apache-2.0
// The first words of a response decide which parser reads the rest.
#include "imap/codec/parser.hpp"

#include <algorithm>
#include <array>

#include "imap/codec/response_parsers.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

constexpr std::size_t shown_of_unreadable = 200;

struct NamedParser {
    std::string_view name;
    std::optional<Response> (*parse)(Lexer&);
};

constexpr std::array<NamedParser, 14> named_parsers{{
    {"LIST", parse_list},
    {"STATUS", parse_mailbox_status},
    {"SEARCH", parse_search},
    {"ESEARCH", parse_esearch},
    {"VANISHED", parse_vanished},
    {"FLAGS", parse_flags},
    {"CAPABILITY", parse_capability},
    {"ENABLED", parse_enabled},
    {"NAMESPACE", parse_namespace},
    {"LSUB", parse_lsub},
    {"XLIST", parse_xlist},
    {"ID", parse_id},
    {"QUOTA", parse_quota},
    {"QUOTAROOT", parse_quota_root},
}};

// continue-req = "+" SP (resp-text / base64) CRLF; the blank is often missing.
Response parse_continuation(std::string_view text) {
    text.remove_prefix(text.starts_with("+ ") ? 2 : 1);
    return ContinuationRequest{std::string(text)};
}

// message-data = nz-number SP ("EXPUNGE" / ("FETCH" SP msg-att)) / number SP ("EXISTS" / "RECENT")
std::optional<Response> parse_numbered(Lexer& in, std::string_view whole) {
    const auto number = in.number32();
    if (!number) return in.fail("a number");
    if (in.accept_word("FETCH")) return parse_fetch(in, SeqNum{*number}, std::nullopt);
    if (in.accept_word("EXISTS")) return ExistsResponse{*number};
    if (in.accept_word("EXPUNGE")) return ExpungeResponse{SeqNum{*number}};
    if (in.accept_word("RECENT")) return RecentResponse{*number};
    if (in.accept_word("UIDFETCH")) return parse_fetch(in, SeqNum{}, Uid{*number});  // RFC 9586
    const std::string_view name = in.take_word();
    if (name.empty()) return in.fail("EXISTS, EXPUNGE, FETCH or RECENT");
    return UnknownResponse{upper_from(name), std::string(whole)};
}

std::optional<Response> parse_untagged(Lexer& in, std::string_view whole) {
    in.skip_blanks();
    const std::string_view raw = in.rest();
    if (in.peek() == '[') return parse_status_response(in, StatusKind::ok, {}, raw);
    if (is_digit(in.peek())) return parse_numbered(in, whole);
    if (const auto kind = accept_status_kind(in)) return parse_status_response(in, *kind, {}, raw);
    for (const auto& [name, parse] : named_parsers)
        if (in.accept_word(name)) return parse(in);
    const std::string_view name = in.take_word("()[]\"");
    if (name.empty()) return in.fail("the name of a response");
    return UnknownResponse{upper_from(name), std::string(whole)};
}

// response-tagged = tag SP resp-cond-state CRLF
std::optional<Response> parse_tagged(Lexer& in) {
    const std::string_view tag = in.take_word();
    in.skip_blanks();
    const std::string_view raw = in.rest();
    const auto kind = tag.empty() ? std::nullopt : accept_status_kind(in);
    if (!kind) return in.fail("`*`, `+`, or a tag and then OK, NO or BAD");
    return parse_status_response(in, *kind, tag, raw);
}

std::optional<Response> parse_any(Lexer& in, std::string_view text) {
    if (text.starts_with('+')) return parse_continuation(text);
    return in.accept('*') ? parse_untagged(in, text) : parse_tagged(in);
}

}  // namespace

Response parse_response(const RawResponse& raw, const Limits& limits) {
    const auto unreadable = [&](const std::string& reason) {
        return UnreadableResponse{std::string(raw.text.substr(0, shown_of_unreadable)), reason};
    };
    if (raw.unusable) return unreadable(*raw.unusable);
    Lexer in(raw.text, raw.streamed, limits.nesting);
    auto response = parse_any(in, raw.text);
    if (!response) return unreadable(in.reason());
    return std::move(*response);
}

}  // namespace mailhaul::imap
