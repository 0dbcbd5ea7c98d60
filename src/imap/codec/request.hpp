// SPDX-License-Identifier: Apache-2.0
// Everything a client can ask, as types; the server's counterpart of imap/types/response.hpp.
//
// One type per command, so that a server is one function per type and the compiler lists what is missing.
// Left out: ENVELOPE, BODYSTRUCTURE, body parts by number, CATENATE, IDLE, NOTIFY: mailhaul never sends them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/secret.hpp"
#include "imap/codec/command.hpp"
#include "imap/codec/request_reader.hpp"
#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"

namespace mailhaul::imap {

/// Whether the numbers of a command are UIDs (`UID FETCH`) or positions (`FETCH`).
enum class Numbering : std::uint8_t { position, uid };

/// A sequence-set as the client wrote it; `*` gets its meaning from the mailbox.
class SequenceSet {
public:
    /// Empty: `*`.
    using Bound = std::optional<std::uint32_t>;

    void append(Bound first, Bound last) { ranges_.emplace_back(first, last); }

    /// Ascending, disjoint ranges; `largest` is what `*` stands for.
    [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> resolve(std::uint32_t largest) const;

private:
    std::vector<std::pair<Bound, Bound>> ranges_;
};

struct CapabilityRequest {};
struct NoopRequest {};
struct LogoutRequest {};
struct StartTlsRequest {};
struct CheckRequest {};
struct CloseRequest {};
struct UnselectRequest {};
struct NamespaceRequest {};

struct IdRequest {
    std::vector<std::pair<std::string, std::optional<std::string>>> fields;
};
struct LoginRequest {
    std::string user;
    Secret password;
};
struct AuthenticateRequest {
    std::string mechanism;          ///< upper case
    std::optional<Secret> initial;  ///< still base64; `=` stands for no octets (RFC 4959)
};
struct EnableRequest {
    std::vector<std::string> capabilities;
};

enum class StatusItem : std::uint8_t {
    messages,
    recent,
    uid_next,
    uid_validity,
    unseen,
    deleted,
    size,
    highest_mod_seq,
    append_limit,
    mailbox_id,
};

struct StatusRequest {
    MailboxName mailbox;
    std::vector<StatusItem> items;
};

/// LIST and LSUB; RFC 5258 and RFC 5819 for what is extended.
struct ListRequest {
    enum class Kind : std::uint8_t { list, lsub };
    Kind kind = Kind::list;
    bool extended = false;  ///< written with a selection, several patterns or RETURN
    bool select_subscribed = false;
    bool select_special_use = false;
    std::string reference;
    std::vector<std::string> patterns;
    bool return_subscribed = false;
    bool return_children = false;
    bool return_special_use = false;
    std::vector<StatusItem> return_status;
};

/// `(QRESYNC (uidvalidity modseq [known-uids [(seqs uids)]]))`; the sequence match data is read and not used.
struct QresyncParameters {
    UidValidity uid_validity;
    ModSeq mod_seq;
    std::optional<SequenceSet> known_uids;
};
struct SelectRequest {
    MailboxName mailbox;
    SelectMode mode = SelectMode::select;
    bool condstore = false;
    std::optional<QresyncParameters> qresync;
};

struct CreateRequest {
    MailboxName mailbox;
    std::vector<SpecialUse> uses;
};
struct DeleteRequest {
    MailboxName mailbox;
};
struct RenameRequest {
    MailboxName from;
    MailboxName to;
};
struct SubscribeRequest {
    MailboxName mailbox;
};
struct UnsubscribeRequest {
    MailboxName mailbox;
};

struct AppendMessage {
    FlagSet flags;
    std::optional<InternalDate> date;
    bool binary = false;  ///< came as literal8
    std::string octets;
};
struct AppendRequest {
    MailboxName mailbox;
    std::vector<AppendMessage> messages;  ///< one or more
};

struct ExpungeRequest {
    std::optional<SequenceSet> uids;  ///< UID EXPUNGE
};

/// `BODY[section]<origin.count>`.
struct SectionItem {
    enum class Part : std::uint8_t { everything, header, header_fields, header_fields_not, text };
    Part part = Part::everything;
    std::vector<std::string> fields;  ///< of header_fields and header_fields_not
    bool peek = false;                ///< does not set \Seen
    struct Partial {
        std::uint64_t origin = 0;
        std::uint64_t count = 0;
    };
    std::optional<Partial> partial;
    std::string label;  ///< how the answer names it: `BODY[HEADER.FIELDS (DATE)]`, `RFC822`
};
enum class MetaItem : std::uint8_t { uid, flags, internal_date, size, mod_seq, labels };
using FetchItem = std::variant<MetaItem, SectionItem>;

struct FetchRequest {
    Numbering numbering = Numbering::position;
    SequenceSet set;
    std::vector<FetchItem> items;
    std::optional<ModSeq> changed_since;
    bool vanished = false;
};

struct StoreRequest {
    Numbering numbering = Numbering::position;
    SequenceSet set;
    StoreMode mode = StoreMode::replace;
    bool silent = false;
    FlagSet flags;
    std::optional<std::vector<std::string>> labels;  ///< X-GM-LABELS: these instead of flags (Gmail)
    std::optional<ModSeq> unchanged_since;
};

/// One search key; `all_of` and `not_of` hold others.
struct SearchKey {
    enum class Kind : std::uint8_t {
        all_of,       ///< every one of `keys`; none: ALL
        any_of,       ///< OR
        not_of,       ///< NOT of keys[0]
        positions,    ///< `set`
        uids,         ///< `set`
        flag,         ///< has flag `text`
        header,       ///< field `field` holds `text`
        body,         ///< text after the header holds `text`
        text,         ///< anything holds `text`
        before,       ///< INTERNALDATE before `day`
        on,           //
        since,        //
        sent_before,  ///< Date: before `day`
        sent_on,      //
        sent_since,   //
        larger,       ///< more than `number` octets
        smaller,      //
        mod_seq,      ///< `number` or more
    };
    Kind kind = Kind::all_of;
    std::vector<SearchKey> keys;
    SequenceSet set;
    std::string field;
    std::string text;
    std::int64_t day = 0;  ///< days since 1970-01-01
    std::uint64_t number = 0;
};
/// RFC 4731: which items of ESEARCH are wanted.
struct SearchReturn {
    bool min = false;
    bool max = false;
    bool count = false;
    bool all = false;
};
struct SearchRequest {
    Numbering numbering = Numbering::position;
    std::optional<SearchReturn> returns;
    std::string charset;  ///< upper case; empty: US-ASCII
    SearchKey key;
};

struct CopyRequest {
    enum class Kind : std::uint8_t { copy, move };
    Kind kind = Kind::copy;
    Numbering numbering = Numbering::position;
    SequenceSet set;
    MailboxName mailbox;
};

struct GetQuotaRequest {
    std::string root;
};
struct GetQuotaRootRequest {
    MailboxName mailbox;
};

/// A verb nobody here knows.
struct UnknownRequest {};
/// Not the grammar; `reason` says what was seen and what was wanted.
struct BadRequest {
    std::string reason;
};

using RequestArguments =
    std::variant<BadRequest, UnknownRequest, CapabilityRequest, NoopRequest, LogoutRequest, StartTlsRequest, CheckRequest,
                 CloseRequest, UnselectRequest, NamespaceRequest, IdRequest, LoginRequest, AuthenticateRequest, EnableRequest,
                 StatusRequest, ListRequest, SelectRequest, CreateRequest, DeleteRequest, RenameRequest, SubscribeRequest,
                 UnsubscribeRequest, AppendRequest, ExpungeRequest, FetchRequest, StoreRequest, SearchRequest, CopyRequest,
                 GetQuotaRequest, GetQuotaRootRequest>;

struct Request {
    std::string tag;   ///< empty where not even that could be read
    std::string verb;  ///< upper case, `UID` included: `UID FETCH`
    RequestArguments arguments;
};

}  // namespace mailhaul::imap
