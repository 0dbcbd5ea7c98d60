// SPDX-License-Identifier: Apache-2.0
// The parsers behind parse_response(), one per kind of response; nobody else includes this.
//
// Each begins just after the word that chose it and returns empty, with the reason left in the Lexer, where the
// response cannot be read.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "imap/codec/lexer.hpp"
#include "imap/types/response.hpp"

namespace mailhaul::imap {

/// More flags or capabilities than this in one list are refused: both are kept sorted, one by one.
inline constexpr std::size_t most_list_words = 4096;

// status_parser.cpp
std::optional<StatusKind> accept_status_kind(Lexer& in);
/// `raw`: the line without its tag or `*`. Cannot fail: what is no code is text.
StatusResponse parse_status_response(Lexer& in, StatusKind kind, std::string_view tag, std::string_view raw);

// list_parser.cpp
std::optional<Response> parse_list(Lexer& in);
std::optional<Response> parse_lsub(Lexer& in);
std::optional<Response> parse_xlist(Lexer& in);

// mailbox_parser.cpp
std::optional<Response> parse_mailbox_status(Lexer& in);
std::optional<Response> parse_namespace(Lexer& in);
std::optional<Response> parse_flags(Lexer& in);
std::optional<Response> parse_quota(Lexer& in);
std::optional<Response> parse_quota_root(Lexer& in);

// fetch_parser.cpp
std::optional<Response> parse_fetch(Lexer& in, SeqNum seq, std::optional<Uid> uid);

// search_parser.cpp
std::optional<Response> parse_search(Lexer& in);
std::optional<Response> parse_esearch(Lexer& in);
std::optional<Response> parse_vanished(Lexer& in);

// capability_parser.cpp
std::optional<Response> parse_capability(Lexer& in);
std::optional<Response> parse_enabled(Lexer& in);
std::optional<Response> parse_id(Lexer& in);

// Parts that several responses share.
/// Empty for 0 and for more than 32 bits: unlike a count, a UID may not be clamped, it would name another message.
std::optional<std::uint32_t> as_identifier(std::optional<std::uint64_t> number);
std::optional<FlagSet> read_flag_list(Lexer& in);             ///< `(\Seen ...)` or NIL
std::optional<CapabilitySet> read_capabilities(Lexer& in);    ///< words to the end
std::optional<std::string> read_parenthesised_id(Lexer& in);  ///< `(id)`, OBJECTID; empty for NIL or anything else
std::optional<ModSeq> read_mod_seq(Lexer& in);                ///< `(n)` or `n`; empty for 0 or less
bool is_usable_mailbox_name(std::string_view name);           ///< no NUL, CR or LF

}  // namespace mailhaul::imap
