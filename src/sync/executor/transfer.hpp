// SPDX-License-Identifier: Apache-2.0
// Transfer: carries messages of one mailbox from an open source connection to an open destination connection.
//
// Two stages run side by side, joined by a handover bounded in octets: bodies are fetched by ranges of UIDs with the
// next range always asked for, by one connection or several (reader_desk.hpp), and appended in batches (MULTIAPPEND) or
// pipelined singly. Messages above the hold limit flow through a BodyPipe. A refused batch is bisected until the guilty message
// stands alone and is named.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "async/pace.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "govern/activity.hpp"
#include "govern/line_rate.hpp"
#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"
#include "message/fingerprint.hpp"
#include "message/repair.hpp"
#include "sync/executor/rewriting.hpp"
#include "sync/executor/shared_limits.hpp"

namespace mailhaul::sync {

class EarlyLook;
class ReaderDesk;

/// One message to carry.
struct TransferItem {
    imap::Uid source;
    std::uint64_t size = 0;                  ///< as listed; what the server sends counts
    imap::FlagSet flags;                     ///< as the destination shall have them
    std::optional<imap::InternalDate> date;  ///< to be given; empty: none, or the one served with the body
    bool takes_served_date = false;          ///< where `date` is empty, ask for INTERNALDATE with the body and give that
    std::string prefix;                      ///< header line to put in front (--addheader); empty: none
};

/// One message the destination confirmed.
struct Copied {
    std::size_t item = 0;                     ///< index into the items
    std::optional<imap::Uid> destination;     ///< empty where the server does not tell (no UIDPLUS)
    message::Sha256 sha256{};                 ///< of the octets the source served
    std::uint64_t size = 0;                   ///< octets the source served
    std::uint64_t sent = 0;                   ///< octets the destination was given
    std::optional<imap::InternalDate> date;   ///< it was given; empty: none
    std::optional<std::uint64_t> message_id;  ///< message::message_id_digest()
    std::optional<message::Repair> repair;    ///< set where it was taken only after it was repaired
};

/// One message that is not copied.
struct Failed {
    Failed(std::size_t which, Error cause) : item(which), why(std::move(cause)) {}
    std::size_t item;  ///< index into the items
    Error why;
    message::Defects defects;   ///< what could be mended, of a message refused for its content
    bool was_streamed = false;  ///< so it could not be repaired: `defects` are what was seen passing by
    bool was_repaired = false;  ///< refused even then
};

/// In which order a mailbox is copied.
enum class CopyOrder : std::uint8_t {
    kept,    ///< as on the source, whatever is refused
    any,     ///< as it comes: where a batch is refused, its messages stand behind the next one's
    newest,  ///< the last messages first, INBOX before all others
};

/// How large things may get.
struct TransferLimits {
    TransferLimits() = default;
    std::uint64_t in_memory = 10u << 20;    ///< octets asked for or held by one lane, not yet confirmed
    std::uint64_t hold = 2u << 20;          ///< a larger message is streamed
    std::uint64_t fetch_octets = 2u << 20;  ///< asked for by one UID FETCH
    std::size_t fetch_messages = 200;
    std::uint64_t batch_octets = 4u << 20;  ///< stored by one MULTIAPPEND
    std::size_t batch_messages = 1000;
    std::size_t appends_in_flight = 16;  ///< of one message each
    CopyOrder order = CopyOrder::kept;
    std::uint64_t window = 1u << 20;       ///< of a streamed message, between the sockets
    std::shared_ptr<SharedLimits> shared;  ///< what all lanes of all accounts may hold; empty: no bound but `in_memory`
    std::shared_ptr<Pace> message_pace;    ///< messages stored a second, over all lanes; empty: as many as go
    std::shared_ptr<govern::LineRate> source_line;  ///< bounds what one lane asks for ahead; empty: groups_in_flight does
    std::shared_ptr<govern::Activity> activity;     ///< told what this lane is doing; may be empty
    std::chrono::milliseconds help_above{2000};     ///< of reading left for each, before one more connection reads as well
    std::shared_ptr<ReaderDesk> desk;  ///< where other connections to the source are lent to this transfer; empty: nowhere
};

/// Where the messages come from, for those who help; without a UIDVALIDITY nobody can.
struct TransferOrigin {
    imap::MailboxName mailbox;
    std::optional<imap::UidValidity> uid_validity;
};

/// What is done about a message that the destination refuses for its content.
enum class OnRefusal : std::uint8_t {
    name,
    repair,  ///< where message::repaired() can, send it once more, mended; with its long lines broken only where that is
             ///< refused
};

/// Where the messages go. An APPENDUID of another UIDVALIDITY is not believed.
struct TransferTarget {
    imap::MailboxName mailbox;
    std::optional<imap::UidValidity> uid_validity;
    OnRefusal on_refusal = OnRefusal::name;
    EarlyLook* look = nullptr;                     ///< to be asked behind what is stored last; may be empty
    std::shared_ptr<const Rewriting> rewriting{};  ///< co-owned by the mailbox; empty: messages go as they come
};

/// Told what is about to be sent, and the fate of each item, exactly once. `sending` and `copied` must make it durable;
/// their Error stops the transfer.
struct TransferListener {
    TransferListener() = default;
    /// True: ask for nothing more, finish what is under way.
    std::function<bool()> is_stopping;
    /// What the transfer then ends with.
    std::function<Error()> why_stopping;
    /// Before these are asked for. False: not these and nothing after them; is_stopping() is true from then on.
    std::function<bool(std::span<const std::size_t> items)> may_ask;
    /// Before any octet of these reaches the destination; not all of them may.
    std::function<Result<void>(std::span<const std::size_t> items)> sending;
    std::function<Result<void>(std::span<const Copied>)> copied;
    std::function<void(Failed)> failed;
    /// Not copied, as the operator wants it; and why. Only where there is a Rewriting.
    std::function<void(std::size_t item, std::string why)> left_out;
};

/// `items` in the order to keep; source and destination mailboxes are selected (the destination's for speed only).
/// Returns when every item's fate is told, or the first Error wider than one message; then the rest is untold and
/// connections may be dead. All arguments outlive the call.
Task<Result<void>> transfer_messages(client::Connection& source, client::Connection& destination, TransferOrigin origin,
                                     TransferTarget target, std::span<const TransferItem> items, TransferLimits limits,
                                     TransferListener listener);

}  // namespace mailhaul::sync
