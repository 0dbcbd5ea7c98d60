// SPDX-License-Identifier: Apache-2.0
// What a run says: progress while it goes, events as they happen, a report at the end. One truth for the terminal,
// --json and exit codes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/octets.hpp"
#include "govern/activity.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/mailbox.hpp"
#include "message/repair.hpp"
#include "sync/mapping/map_mailboxes.hpp"

namespace mailhaul::sync {

enum class SideName : std::uint8_t { source, destination };
std::string_view to_string(SideName side);

/// A message that the destination took only after it was repaired.
struct RepairedMessage {
    imap::MailboxName mailbox;  ///< source
    imap::Uid uid;              ///< source
    Octets size;                ///< on the source
    std::string message_id;     ///< as written; empty where unknown or absent
    std::string subject;        ///< decoded; empty where unknown
    message::Defects mended;
};

/// A message that is not on the destination, or not as it should be, and why.
struct MessageException {
    imap::MailboxName mailbox;  ///< source
    imap::Uid uid;              ///< source
    Octets size;
    std::string message_id;  ///< as written; empty where unknown or absent
    std::string subject;     ///< decoded; empty where unknown
    Errc code = Errc::message_refused;
    std::string reason;  ///< words for people, the server's included
};

/// A message that stays behind for what is in it, as the operator wants it.
struct LeftOutMessage {
    imap::MailboxName mailbox;  ///< source
    imap::Uid uid;              ///< source
    Octets size;
    std::string reason;  ///< half a sentence
};

/// What a mailbox holds, where sizes were asked for.
struct MailboxSizes {
    std::uint32_t messages = 0;
    Octets octets;
    Octets biggest;
    MailboxSizes& operator+=(const MailboxSizes& more);
};

/// Counts of a pair. Every source message is in exactly one of already, adopted, copied, filtered, duplicates, withheld,
/// failed.
struct MailboxReport {
    imap::MailboxName source;
    imap::MailboxName destination;
    MappingRule rule = MappingRule::translated;
    bool created = false;  ///< or would be, in a dry run
    std::uint32_t source_messages = 0;
    std::uint32_t already = 0;  ///< in the ledger, and still there
    std::uint32_t adopted = 0;  ///< found on the destination by fingerprint
    std::uint32_t copied = 0;   ///< or would be, in a dry run
    Octets copied_octets;
    std::uint32_t repaired = 0;    ///< of `copied`; named in Report::repaired
    std::uint32_t filtered = 0;    ///< left out by size, age, search or what is in them
    std::uint32_t unselected = 0;  ///< of `filtered`: by age or search
    std::uint32_t crossed = 0;     ///< of `filtered`: copied from another mailbox already
    std::uint32_t duplicates = 0;  ///< left out because the source holds the same message again (imapsync mode)
    std::uint32_t withheld = 0;    ///< copied by an earlier run and removed on the destination since: left away
    std::uint32_t failed = 0;      ///< named in Report::exceptions
    std::uint32_t flags_changed = 0;
    std::uint32_t labelled = 0;  ///< messages on the destination that were given labels
    std::uint32_t deleted_on_source = 0;
    std::uint32_t deleted_on_destination = 0;
    std::uint32_t deletions_refused = 0;  ///< on the destination, by a guard rail that a warning names
    bool verified = false;                ///< the destination's listing holds everything above, looked at after the copy
    /// Of messages that were there already, or are left out but for duplicates. Empty where not all sizes were asked for.
    std::optional<Octets> left_octets;
    Octets biggest_copied;  ///< on the source
    /// On the destination, of what the rules choose, without a counterpart on the source; what was deleted too. Empty where
    /// the mailbox was not opened, or takes mail of several.
    std::optional<std::uint32_t> strangers;
    std::optional<MailboxSizes> source_sizes,
        destination_sizes;       ///< of what the rules choose, as found; empty: not opened, or not there
    std::optional<Error> error;  ///< set where this mailbox ended early
};

/// A mailbox that has another name on the source than when it was copied, and got it on the destination too.
struct RenamedMailbox {
    imap::MailboxName source_before;
    imap::MailboxName source;
    imap::MailboxName destination_before;
    imap::MailboxName destination;
};

/// A mailbox of the destination that the source has no more.
struct RemovedMailbox {
    imap::MailboxName mailbox;
    std::uint64_t messages = 0;
    std::optional<imap::MailboxName> now;  ///< its name in the folder for removed mail; empty: it is gone, or would be
};

/// Why a run ended before its end, or waits: something the operator limited (docs/decisions/0024-limits-a-day.md).
struct Pause {
    enum class Cause : std::uint8_t { daily_limit, quiet_hours, total };
    Cause cause = Cause::daily_limit;
    std::string reason;                                ///< half a sentence for people, lower case, no full stop
    std::optional<std::chrono::sys_seconds> until;     ///< when it may go on; empty: by no passing of time
    std::optional<Octets> left;                        ///< still to be copied, about; empty where nothing is known
    std::optional<std::chrono::sys_seconds> finished;  ///< when all is copied, if what a day allows is used each day
};

std::string_view to_string(Pause::Cause cause);

/// Everything that ends a run, in order of how good it is.
enum class Ending : std::uint8_t {
    complete,                  ///< every message is there, and was looked at
    complete_with_exceptions,  ///< all but the messages named
    paused,                    ///< throttled or out of budget: run again later
    needs_person,              ///< credentials, quota, refused deletions: somebody must act
    failed,                    ///< run again; nothing is lost
};
std::string_view to_string(Ending ending);

struct SideReport {
    std::string label;      ///< user@host:port
    std::string server;     ///< ID or greeting
    std::string transport;  ///< TLSv1.3 ..., plaintext
    std::string mechanism;
    std::vector<std::string> capabilities;
    std::uint32_t connections = 0;    ///< most at once
    std::uint32_t reconnections = 0;  ///< in place of connections that were lost
    Octets received;
    Octets sent;
};

struct Report {
    SideReport source;
    SideReport destination;
    bool dry_run = false;
    std::optional<imap::MailboxName> removed_mail;  ///< on the destination: where what was deleted there is now
    std::vector<MailboxReport> mailboxes;
    std::vector<LeftOut> left_out;
    std::vector<imap::MailboxName> source_mailboxes, destination_mailboxes;  ///< as listed
    std::vector<RenamedMailbox> renamed;                                     ///< or would be, in a dry run
    std::vector<RemovedMailbox> removed_mailboxes;                           ///< or would be, in a dry run
    std::vector<imap::MailboxName> removed_from_source;                      ///< empty ones; or would be, in a dry run
    std::uint32_t mailboxes_refused = 0;  ///< to be removed from the destination, and kept: a warning says why
    std::vector<MessageException> exceptions;
    std::vector<RepairedMessage> repaired;
    std::vector<std::string> notes;     ///< how it went with the servers: what was waited for, how many connections they allow
    govern::Verdict verdict;            ///< what kept it from being faster
    std::vector<std::string> warnings;  ///< keywords the destination cannot hold, renamed mailboxes ...
    std::chrono::milliseconds elapsed{0};
    Ending ending = Ending::failed;
    std::optional<int> stopped_by;       ///< the signal that did
    std::optional<Pause> pause;          ///< set where a limit of the operator ended it; `error` says so too
    std::optional<Error> error;          ///< what ended the run early, or the first mailbox's error
    std::optional<SideName> error_side;  ///< whose server `error` came from, where known

    [[nodiscard]] MailboxReport totals() const;  ///< sums; names empty; verified only where all are
};

/// Where the run stands. Monotonic, but begun anew where the run begins again: with a new ledger, or after it waited.
struct Progress {
    enum class Phase : std::uint8_t { connecting, listing, planning, copying, verifying, done, waiting };
    Phase phase = Phase::connecting;
    std::uint32_t mailboxes_total = 0;
    std::uint32_t mailboxes_done = 0;
    std::uint64_t messages_total = 0;    ///< on the source, of the mailboxes taken
    std::uint64_t messages_done = 0;     ///< settled one way or another
    std::uint64_t messages_to_copy = 0;  ///< known so far; grows while mailboxes are planned
    std::uint64_t messages_copied = 0;
    Octets octets_to_copy;  ///< known so far; estimated from STATUS for mailboxes not planned yet
    Octets octets_copied;
    std::uint64_t failed = 0;
    govern::Limit limit = govern::Limit::nothing;  ///< what keeps it from being faster, as far as it is known by now
};
std::string_view to_string(Progress::Phase phase);

/// Told what happens while it happens. Called on the run's own thread; must be quick and must not throw.
class Observer {
public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;
    virtual void on_progress(const Progress& /*progress*/) {}
    virtual void on_connected(SideName /*side*/, const SideReport& /*server*/) {}
    virtual void on_mailbox_started(const MailboxReport& /*mailbox*/) {}
    virtual void on_mailbox_done(const MailboxReport& /*mailbox*/) {}
    virtual void on_exception(const MessageException& /*exception*/) {}
    virtual void on_left_out(const LeftOutMessage& /*message*/) {}
    virtual void on_repaired(const RepairedMessage& /*message*/) {}
    virtual void on_note(const std::string& /*words*/) {}
    /// Connections are closed until then.
    virtual void on_waiting(const Pause& /*pause*/) {}
    virtual void on_warning(const std::string& /*words*/) {}
};

}  // namespace mailhaul::sync
