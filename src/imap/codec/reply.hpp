// SPDX-License-Identifier: Apache-2.0
// Replies: the types of imap/types/response.hpp → octets; the server's half of what parser.hpp reads.
//
// Each function gives one whole response, CRLF included. Message texts are not copied into one: FetchReply says where
// they go and the caller supplies them. Grammar: RFC 9051 section 9, `response`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/types/capability.hpp"
#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"
#include "imap/types/response.hpp"

namespace mailhaul::imap {

/// Quoted where it can be, else a literal. The empty string is `""`.
std::string string_token(std::string_view value);
/// Atom, quoted or literal, the shortest that is right; never a bare NIL.
std::string astring_token(std::string_view value);

/// `A1 OK [code] text` or `* OK ...` where `tag` is empty; `words` is the code, if any, and the text. Control octets of
/// `words` become `?`: they may quote the client.
std::string status_reply(std::string_view tag, StatusKind kind, std::string_view words);
std::string continuation_reply(std::string_view words);

std::string capability_words(const CapabilitySet& capabilities);  ///< `CAPABILITY IMAP4rev1 ...`, without CRLF
std::string capability_reply(const CapabilitySet& capabilities);
std::string enabled_reply(const CapabilitySet& capabilities);
std::string id_reply(const std::vector<std::pair<std::string, std::optional<std::string>>>& fields);
std::string namespace_reply(const Namespaces& namespaces);

/// `attributes`, `separator` and `name` of `info` are written; the flags derived from attributes are not looked at.
std::string list_reply(const ListResponse& list);
std::string mailbox_status_reply(const MailboxStatus& status);

std::string flags_reply(const FlagSet& flags);
std::string exists_reply(std::uint32_t count);
std::string recent_reply(std::uint32_t count);
std::string expunge_reply(SeqNum seq);
std::string vanished_reply(const VanishedResponse& vanished);
std::string search_reply(const SearchResponse& search);
std::string esearch_reply(const ESearchResponse& search);

std::string quota_root_reply(const QuotaRootResponse& quota);
std::string quota_reply(const QuotaResponse& quota);

/// One FETCH response, item by item, in the order asked.
class FetchReply {
public:
    explicit FetchReply(SeqNum seq);

    FetchReply& uid(Uid uid);
    FetchReply& flags(const FlagSet& flags);
    FetchReply& internal_date(const InternalDate& date);
    FetchReply& size(Octets size);
    FetchReply& mod_seq(ModSeq mod_seq);
    FetchReply& labels(const std::vector<std::string>& labels);  ///< X-GM-LABELS, all quoted as Gmail does
    /// Announces a literal of `size` octets under `label`, such as `BODY[]`. take() what is there, send it, send the
    /// octets, go on.
    FetchReply& section(std::string_view label, std::optional<std::uint64_t> origin, Octets size);

    /// What was written since the last take().
    std::string take() { return std::exchange(text_, {}); }
    /// The rest, CRLF included.
    std::string finish() &&;

private:
    FetchReply& item(std::string_view name);
    std::string text_;
    bool first_ = true;
};

}  // namespace mailhaul::imap
