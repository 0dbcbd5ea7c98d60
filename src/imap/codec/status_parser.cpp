// SPDX-License-Identifier: Apache-2.0
// OK, NO, BAD, BYE, PREAUTH and the response codes in brackets (RFC 9051 section 7.1).
//
// Never fails: a bracket that holds no code, and a code whose data cannot be read, are still words for people.
#include <algorithm>
#include <array>

#include "imap/codec/number_set.hpp"
#include "imap/codec/response_parsers.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

constexpr std::size_t longest_code_name = 40;

bool ends_code(std::string_view text, std::size_t bracket) {
    return text[bracket] == ']' && (bracket + 1 == text.size() || text[bracket + 1] == ' ');
}

/// Offset of the `]` that closes the code `text` begins with; npos where there is none. A `]` may stand in a quoted
/// string, in a flag list or in a URL, so the first that is outside of those and followed by a blank wins.
std::size_t end_of_code(std::string_view text) {
    bool quoted = false;
    int depth = 0;
    for (std::size_t at = 1; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted && c == '\\') ++at;
        else if (c == '"') quoted = !quoted;
        else if (!quoted && (c == '(' || c == ')')) depth += c == '(' ? 1 : -1;
        else if (!quoted && depth <= 0 && ends_code(text, at)) return at;
    }
    for (std::size_t at = 1; at < text.size(); ++at)
        if (ends_code(text, at)) return at;
    return text.find(']');
}

/// Greetings of Microsoft's servers carry bracketed base64 that is no code.
bool is_code_name(std::string_view word) {
    const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; };
    return !word.empty() && word.size() <= longest_code_name && is_letter(word.front()) && std::ranges::all_of(word, fits);
}

// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
std::optional<ResponseCode> read_append_uid(Lexer& in) {
    const auto validity = as_identifier(in.number());
    auto uids = uid_sequence_from(in.take_word());
    if (!validity || !uids) return std::nullopt;
    return AppendUidCode{UidValidity{*validity}, std::move(*uids)};
}

// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
std::optional<ResponseCode> read_copy_uid(Lexer& in) {
    const auto validity = as_identifier(in.number());
    auto source = uid_sequence_from(in.take_word());
    auto destination = uid_sequence_from(in.take_word());
    if (!validity || !source || !destination) return std::nullopt;
    return CopyUidCode{UidValidity{*validity}, std::move(*source), std::move(*destination)};
}

std::optional<ResponseCode> read_permanent_flags(Lexer& in) {
    auto flags = read_flag_list(in);
    if (!flags) return std::nullopt;
    return PermanentFlagsCode{std::move(*flags)};
}

std::optional<ResponseCode> read_uid_next(Lexer& in) {
    const auto uid = as_identifier(in.number());
    if (!uid) return std::nullopt;
    return UidNextCode{Uid{*uid}};
}

std::optional<ResponseCode> read_uid_validity(Lexer& in) {
    const auto validity = as_identifier(in.number());
    if (!validity) return std::nullopt;
    return UidValidityCode{UidValidity{*validity}};
}

std::optional<ResponseCode> read_highest_mod_seq(Lexer& in) {
    const auto mod_seq = read_mod_seq(in);
    if (!mod_seq) return std::nullopt;
    return HighestModSeqCode{*mod_seq};
}

std::optional<ResponseCode> read_capability(Lexer& in) {
    auto capabilities = read_capabilities(in);
    if (!capabilities) return std::nullopt;
    return CapabilityCode{std::move(*capabilities)};
}

std::optional<ResponseCode> read_modified(Lexer& in) {
    auto uids = uid_sequence_from(in.take_word());
    if (!uids) return std::nullopt;
    return ModifiedCode{std::move(*uids)};
}

std::optional<ResponseCode> read_mailbox_id(Lexer& in) {
    auto id = read_parenthesised_id(in);
    if (!id) return std::nullopt;
    return MailboxIdCode{std::move(*id)};
}

struct CodeReader {
    std::string_view name;
    std::optional<ResponseCode> (*read)(Lexer&);
};

constexpr std::array<CodeReader, 9> code_readers{{
    {"APPENDUID", read_append_uid},
    {"COPYUID", read_copy_uid},
    {"PERMANENTFLAGS", read_permanent_flags},
    {"UIDNEXT", read_uid_next},
    {"UIDVALIDITY", read_uid_validity},
    {"HIGHESTMODSEQ", read_highest_mod_seq},
    {"CAPABILITY", read_capability},
    {"MODIFIED", read_modified},
    {"MAILBOXID", read_mailbox_id},
}};

/// `inside`: what stands between the brackets. Empty where that is no code.
std::optional<ResponseCode> code_from(std::string_view inside) {
    Lexer in(inside);
    const std::string_view word = in.take_word("");
    if (!is_code_name(word)) return std::nullopt;
    in.skip_blanks();
    PlainCode plain{upper_from(word), std::string(in.rest())};
    for (const auto& [name, read] : code_readers) {
        if (name != plain.name) continue;
        if (auto code = read(in)) return code;
    }
    return plain;
}

}  // namespace

std::optional<StatusKind> accept_status_kind(Lexer& in) {
    if (in.accept_word("OK")) return StatusKind::ok;
    if (in.accept_word("NO")) return StatusKind::no;
    if (in.accept_word("BAD")) return StatusKind::bad;
    if (in.accept_word("BYE")) return StatusKind::bye;
    if (in.accept_word("PREAUTH")) return StatusKind::preauth;
    return std::nullopt;
}

// resp-text = ["[" resp-text-code "]" SP] [text]
StatusResponse parse_status_response(Lexer& in, StatusKind kind, std::string_view tag, std::string_view raw) {
    StatusResponse response;
    response.tag = tag;
    response.kind = kind;
    response.raw = raw;
    in.skip_blanks();
    if (in.peek() == '[') {
        const std::string_view text = in.rest();
        const auto end = end_of_code(text);
        if (end != std::string_view::npos) response.code = code_from(text.substr(1, end - 1));
        if (response.code) in.move_to(in.position() + end + 1);
    }
    in.skip_blanks();
    response.text = in.take_rest();
    return response;
}

}  // namespace mailhaul::imap
