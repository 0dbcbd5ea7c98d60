// SPDX-License-Identifier: Apache-2.0
// Everything a server can say, as types (RFC 9051 section 7).
//
// Untagged data may leave out what was asked for and bring what was not, so every item is optional:
// empty means "not in this response", never zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "imap/types/capability.hpp"
#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::imap {

/// Response codes that carry data (RFC 9051 section 7.1, RFC 5530, 4315, 7162 ...).
struct AppendUidCode {
    UidValidity uid_validity;
    UidSequence uids;
};
struct CopyUidCode {
    UidValidity uid_validity;
    UidSequence source;
    UidSequence destination;
};
struct PermanentFlagsCode {
    FlagSet flags;
};
struct UidNextCode {
    Uid uid;
};
struct UidValidityCode {
    UidValidity uid_validity;
};
struct HighestModSeqCode {
    ModSeq mod_seq;
};
struct CapabilityCode {
    CapabilitySet capabilities;
};
struct ModifiedCode {
    UidSequence uids;
};
struct MailboxIdCode {
    std::string id;
};
/// Every other code: `name` in upper case (`OVERQUOTA`, `TRYCREATE`, `ALERT`, `READ-ONLY` ...), the rest as it came.
struct PlainCode {
    std::string name;
    std::string arguments;
};
using ResponseCode = std::variant<PlainCode, AppendUidCode, CopyUidCode, PermanentFlagsCode, UidNextCode, UidValidityCode,
                                  HighestModSeqCode, CapabilityCode, ModifiedCode, MailboxIdCode>;

enum class StatusKind : std::uint8_t { ok, no, bad, bye, preauth };

/// OK, NO, BAD, BYE, PREAUTH; tagged where `tag` is not empty.
struct StatusResponse {
    std::string tag;
    StatusKind kind = StatusKind::ok;
    std::optional<ResponseCode> code;
    std::string text;  ///< human words after the code
    std::string raw;   ///< the line without its tag or `*`, for error messages

    /// Upper-case name of the code, `APPENDUID` included; empty where there is none.
    [[nodiscard]] std::string code_name() const;
};

struct ContinuationRequest {
    std::string text;
};  ///< after `+`, one blank removed
struct CapabilityResponse {
    CapabilitySet capabilities;
};
struct EnabledResponse {
    CapabilitySet capabilities;
};
struct ListResponse {
    enum class Kind : std::uint8_t { list, lsub, xlist };
    Kind kind = Kind::list;
    MailboxInfo info;
};
struct NamespaceResponse {
    Namespaces namespaces;
};
struct MailboxStatusResponse {
    MailboxStatus status;
};
struct FlagsResponse {
    FlagSet flags;
};
struct ExistsResponse {
    std::uint32_t count = 0;
};
struct RecentResponse {
    std::uint32_t count = 0;
};
struct ExpungeResponse {
    SeqNum seq;
};
struct VanishedResponse {
    bool earlier = false;
    UidSet uids;
};
struct SearchResponse {
    std::vector<std::uint32_t> numbers;
    std::optional<ModSeq> mod_seq;
};
struct ESearchResponse {
    std::string tag;  ///< of the command it answers; empty where absent
    bool uid = false;
    std::optional<std::uint32_t> min, max, count;
    UidSet all;
    std::optional<ModSeq> mod_seq;
};

/// One BODY[section] item. A body streamed past (section empty) has its octets reported as events and
/// leaves `text` empty with `streamed` set.
struct BodySection {
    std::string section;                  ///< upper case, blanks single: ``, `HEADER`, `HEADER.FIELDS (MESSAGE-ID)`
    std::optional<std::uint64_t> origin;  ///< of a partial fetch
    bool nil = false;                     ///< NIL: the server has no such text, which is not empty text
    bool streamed = false;
    Octets size;
    std::string text;
};

/// RFC 9051 section 7.5.2.
struct FetchResponse {
    SeqNum seq;
    std::optional<Uid> uid;
    std::optional<FlagSet> flags;
    std::optional<InternalDate> internal_date;
    std::optional<Octets> size;  ///< RFC822.SIZE; advisory, some servers guess
    std::optional<ModSeq> mod_seq;
    std::optional<std::string> email_id;  ///< OBJECTID
    /// X-GM-LABELS (Gmail): raw mailbox names, but for the opened one; `\Inbox` and its like for those with a role.
    std::optional<std::vector<std::string>> labels;
    std::vector<BodySection> sections;
};

struct IdResponse {
    std::vector<std::pair<std::string, std::optional<std::string>>> fields;
};
struct QuotaResource {
    std::string name;  ///< `STORAGE` (units of 1024 octets), `MESSAGE`
    std::uint64_t used = 0;
    std::uint64_t limit = 0;
};
struct QuotaResponse {
    std::string root;
    std::vector<QuotaResource> resources;
};
struct QuotaRootResponse {
    MailboxName mailbox;
    std::vector<std::string> roots;
};

/// Well-formed, but of a kind nobody asked for; `name` in upper case.
struct UnknownResponse {
    std::string name;
    std::string raw;
};
/// Could not be read. Costs this response, not the connection.
struct UnreadableResponse {
    std::string raw;     ///< at most 200 octets of it
    std::string reason;  ///< what was seen, where, what was wanted
};

using Response = std::variant<StatusResponse, ContinuationRequest, CapabilityResponse, EnabledResponse, ListResponse,
                              NamespaceResponse, MailboxStatusResponse, FlagsResponse, ExistsResponse, RecentResponse,
                              ExpungeResponse, VanishedResponse, SearchResponse, ESearchResponse, FetchResponse, IdResponse,
                              QuotaResponse, QuotaRootResponse, UnknownResponse, UnreadableResponse>;

}  // namespace mailhaul::imap
