// SPDX-License-Identifier: Apache-2.0
// Renames: which mailboxes the source has renamed since they were copied, and how the destination can follow. Pure.
//
// A renamed mailbox looks like one that is gone and one that is new, and would be copied a second time. It is known again
// by its MAILBOXID (RFC 8474), else by its messages. Decides nothing about messages: those are recognised afterwards, by
// the ledger where their UIDs are the same. docs/decisions/0019-renamed-mailboxes.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imap/types/mailbox.hpp"
#include "store/ledger.hpp"

namespace mailhaul::sync {

/// A mailbox of the source that is to be copied.
struct SourceMailbox {
    store::MailboxKey key;
    std::optional<std::string> id;  ///< MAILBOXID
    std::uint32_t messages = 0;
    imap::MailboxName destination;  ///< where it is mapped to
};

struct RenameFacts {
    std::vector<SourceMailbox> source;
    /// Every mailbox of the source that holds messages, wanted or not, and its MAILBOXID.
    std::map<imap::MailboxName, std::optional<std::string>> listed;
    std::map<imap::MailboxName, imap::UidValidity> destination;
    std::vector<store::PairKey> pairs;  ///< of the ledger
    std::vector<store::MailboxId> ids;  ///< of the ledger
};

/// Whether UIDs are those recorded, so that the ledger's entries go on being true.
enum class Uids : std::uint8_t { other, same };

struct Rename {
    std::size_t source;  ///< index into RenameFacts::source
    store::PairKey was;  ///< as the ledger has it; its destination mailbox is still there
    Uids uids = Uids::other;
};

struct RenameCandidates {
    std::vector<Rename> certain;       ///< by MAILBOXID
    std::vector<std::size_t> unknown;  ///< indices of RenameFacts::source: hold messages, and the ledger knows nothing of them
    std::vector<store::PairKey> gone;  ///< no longer on the source, but still on the destination
};
RenameCandidates find_renames(const RenameFacts& facts);

/// False where both have a MAILBOXID: then find_renames() has said all there is to say.
bool needs_look_at_messages(const RenameFacts& facts, std::size_t unknown, const store::PairKey& gone);

/// One of the oldest messages of a mailbox.
struct SampledMessage {
    imap::Uid uid;
    std::optional<std::uint64_t> message_id;  ///< message::message_id_digest()
};

enum class Likeness : std::uint8_t {
    other,
    alike,          ///< some evidence, not enough to act on
    same_messages,  ///< holds the same messages under other UIDs
    same_uids,      ///< and under the same ones
};
/// Whether a mailbox with these oldest messages, and `messages` in all, is the one that `entries` (ascending by source UID)
/// were copied from. `is_same_validity` is of the two UIDVALIDITYs.
Likeness judge_likeness(std::span<const SampledMessage> oldest, std::uint32_t messages, std::span<const store::Entry> entries,
                        bool is_same_validity);

/// The destination as listed, as far as renaming there matters.
struct RenameGround {
    std::optional<char> separator;
    std::map<imap::MailboxName, bool> mailboxes;  ///< every name; false: holds no messages, a name above others
    std::set<imap::MailboxName> with_role;        ///< special use
};

struct RenameStep {
    std::size_t rename;        ///< index of what was given
    bool comes_along = false;  ///< by an earlier step, which renames a mailbox above it
};
/// Why the destination cannot follow.
enum class Obstacle : std::uint8_t {
    inbox,   ///< it would take the name of the destination's INBOX, or give it another
    role,    ///< the destination mailbox has a special use
    shared,  ///< another source mailbox, HeldRename::by, goes or went to the same destination mailbox
    taken,   ///< the destination has a mailbox of the new name, HeldRename::by
    below_itself,
    child,  ///< HeldRename::by, below it on the destination, would be renamed with it and is not to be
};
struct HeldRename {
    std::size_t rename;
    Obstacle why;
    imap::MailboxName by;
};
struct RenamePlan {
    std::vector<RenameStep> steps;   ///< in the order they can be carried out
    std::vector<std::size_t> named;  ///< nothing to do: the destination mailbox has the right name
    std::vector<HeldRename> held;    ///< cannot be followed without touching what is not ours
};
RenamePlan plan_renames(const RenameFacts& facts, std::span<const Rename> renames, const RenameGround& ground);

}  // namespace mailhaul::sync
