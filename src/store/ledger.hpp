// SPDX-License-Identifier: Apache-2.0
// Ledger: the durable memory of one account's copy: which source message became which destination
// message. A cache of the servers plus the proof; losing it costs a re-adoption, never a second copy.
//
// All calls are synchronous and quick (batched by the caller); errors are Errc::store_failed, store_foreign or
// store_damaged, scope account.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/rare.hpp"
#include "base/result.hpp"
#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/mailbox.hpp"
#include "message/fingerprint.hpp"
#include "message/repair.hpp"

namespace mailhaul::store {

/// Whose copy this is. Two ledgers with different keys are never mixed.
struct AccountKey {
    std::string source;  ///< `user@host:port`
    std::string destination;
    bool operator==(const AccountKey&) const = default;
};

/// One side of a mailbox pair at one UIDVALIDITY.
struct MailboxKey {
    imap::MailboxName name;
    imap::UidValidity uid_validity;
    bool operator==(const MailboxKey&) const = default;
};

/// A source mailbox and the destination mailbox it goes to.
struct PairKey {
    MailboxKey source;
    MailboxKey destination;
    bool operator==(const PairKey&) const = default;
};

/// How a pair came to be.
enum class Origin : std::uint8_t {
    copied = 1,   ///< we appended it and the server confirmed
    adopted = 2,  ///< it was there already and recognised
};

/// One message known on both sides.
struct Entry {
    imap::Uid source;
    imap::Uid destination;
    Origin origin = Origin::copied;
    std::optional<message::Sha256> sha256;    ///< of the octets as the source served them; empty where never read
    std::optional<std::uint64_t> message_id;  ///< message::message_id_digest(), to find it by; empty where never read
    imap::FlagSet flags;                      ///< the source's flags when last synchronised; the base of three-way flags
    std::int64_t at = 0;                      ///< when it was recorded, epoch seconds
    Rare<message::Repair> repair{};           ///< set where the destination took it only after it was repaired; of copied ones
};

/// A source message that could not be copied.
struct Exception {
    imap::Uid source;
    std::int64_t at = 0;  ///< when, epoch seconds
    std::string reason;   ///< for people, with the server's words
    std::string message_id;
    std::string subject;
    std::uint64_t size = 0;
    bool operator==(const Exception&) const = default;
};

/// Messages about to be sent, told before the first octet of them: after a crash only these can be on the destination
/// without an entry.
struct Intent {
    std::vector<imap::Uid> source;                  ///< ascending
    std::optional<imap::Uid> destination_uid_next;  ///< before it: what is stored for it has this UID or a larger one
    std::int64_t at = 0;                            ///< when, epoch seconds
    bool operator==(const Intent&) const = default;
};

/// State of both mailboxes when a pass over them ended with nothing left to do.
struct Settled {
    std::optional<imap::Uid> source_uid_next;
    std::optional<imap::Uid> destination_uid_next;
    std::optional<std::uint32_t> source_messages;
    std::optional<std::uint32_t> destination_messages;
    std::optional<imap::ModSeq> source_mod_seq;
    std::optional<imap::ModSeq> destination_mod_seq;
    std::uint32_t entries = 0;  ///< messages known on both sides
    bool operator==(const Settled&) const = default;
};

/// What a server calls a mailbox whatever its name (MAILBOXID, RFC 8474), as last told.
struct MailboxId {
    MailboxKey mailbox;
    std::string id;
    bool operator==(const MailboxId&) const = default;
};

/// Octets that went to or from one account within one hour of UTC.
struct HourOfTraffic {
    enum class Side : std::uint8_t {
        source = 1,       ///< received from it
        destination = 2,  ///< sent to it
    };
    Side side = Side::source;
    std::int64_t hour = 0;  ///< since the epoch
    std::int64_t last = 0;  ///< when the last of them went, epoch seconds
    std::uint64_t octets = 0;
    bool operator==(const HourOfTraffic&) const = default;
};

class Ledger {
public:
    Ledger() = default;
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;
    virtual ~Ledger() = default;

    /// Every entry of the pair, ascending by source UID. A pair never seen gives none.
    virtual Result<std::vector<Entry>> entries(const PairKey& pair) = 0;

    /// Adds or replaces entries by source UID, and removes their exceptions; durable when it returns. All or nothing.
    virtual Result<void> record(const PairKey& pair, std::span<const Entry> entries) = 0;

    /// Changes the remembered flags of entries already there; others are ignored.
    virtual Result<void> record_flags(const PairKey& pair, std::span<const std::pair<imap::Uid, imap::FlagSet>> flags) = 0;

    /// Removes entries and exceptions by source UID.
    virtual Result<void> forget(const PairKey& pair, std::span<const imap::Uid> source) = 0;

    /// Every intent since they were last closed, oldest first.
    virtual Result<std::vector<Intent>> intents(const PairKey& pair) = 0;
    virtual Result<void> record_intent(const PairKey& pair, const Intent& intent) = 0;
    /// Everything sent has its entry, its exception, or was looked for on the destination.
    virtual Result<void> close_intents(const PairKey& pair) = 0;

    /// Every exception of the pair, ascending by source UID.
    virtual Result<std::vector<Exception>> exceptions(const PairKey& pair) = 0;
    /// Adds or replaces exceptions by source UID.
    virtual Result<void> record_exceptions(const PairKey& pair, std::span<const Exception> exceptions) = 0;

    virtual Result<std::optional<Settled>> settled(const PairKey& pair) = 0;
    virtual Result<void> record_settled(const PairKey& pair, const Settled& state) = 0;

    /// MAILBOXID of a source mailbox when it was last opened; empty where the server has none.
    virtual Result<std::optional<std::string>> mailbox_id(const MailboxKey& mailbox) = 0;
    /// Of source mailboxes, in no order.
    virtual Result<std::vector<MailboxId>> mailbox_ids() = 0;
    /// Adds or replaces by mailbox.
    virtual Result<void> record_mailbox_ids(std::span<const MailboxId> ids) = 0;

    /// All that is known of `from` is from now on known of `to`: both mailboxes, or one of them, have new names and the
    /// same messages. False where `to` is a pair already; nothing is changed then.
    virtual Result<bool> rename_pair(const PairKey& from, const PairKey& to) = 0;

    /// By side and hour, ascending: at most 25 hours of each side.
    virtual Result<std::vector<HourOfTraffic>> traffic() = 0;
    /// Adds or replaces by side and hour; of a side, what lies more than 24 hours before the last hour given is forgotten.
    virtual Result<void> record_traffic(std::span<const HourOfTraffic> hours) = 0;

    /// Pairs ever recorded, for reports.
    virtual Result<std::vector<PairKey>> pairs() = 0;
    /// Entries in all.
    virtual Result<std::uint64_t> size() = 0;
};

/// Who chose the name of a ledger's file: where it was us, what lies there was a ledger whatever is left of it.
enum class NamedBy : std::uint8_t { user, account };

/// Opens or creates the SQLite ledger at `path` (`:memory:` allowed). The file is created with mode 0600, its folder
/// with 0700. Errors: store_foreign where the file is not a ledger, of another account, or of a newer version (the
/// message says which and what to do); store_damaged where it is ours and cannot be read; store_failed where it cannot be
/// opened, or another run holds it. Whatever the error, the file stays as it is.
Result<std::unique_ptr<Ledger>> open_sqlite_ledger(const std::string& path, const AccountKey& account,
                                                   NamedBy named_by = NamedBy::user);

/// Renames a damaged ledger that nobody holds, with the files SQLite keeps beside it, to `<path>.damaged-<UTC time>` and
/// gives that name. Nothing is overwritten. `now` in epoch seconds. store_failed where that cannot be done.
Result<std::string> set_ledger_aside(const std::string& path, std::int64_t now);

/// Where the ledger of an account lives unless told: `$XDG_STATE_HOME/mailhaul/<name>.ledger`
/// (`~/.local/state`), the name made of both users, hosts and a digest of the key.
std::string default_ledger_path(const AccountKey& account);

}  // namespace mailhaul::store
