// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/renames.hpp"

#include <algorithm>

namespace mailhaul::sync {
namespace {

using KeyInOrder = std::pair<imap::MailboxName, imap::UidValidity>;
KeyInOrder in_order(const store::MailboxKey& mailbox) { return {mailbox.name, mailbox.uid_validity}; }

/// What the ledger and both listings say of mailboxes, to look up.
class Memory {
public:
    explicit Memory(const RenameFacts& facts) : facts_(facts) {
        for (const store::PairKey& pair : facts.pairs) known_.insert(in_order(pair.source));
        for (const store::MailboxId& one : facts.ids) ids_.emplace(in_order(one.mailbox), one.id);
    }

    [[nodiscard]] bool knows(const store::MailboxKey& mailbox) const { return known_.contains(in_order(mailbox)); }
    [[nodiscard]] std::optional<std::string> id_of(const store::MailboxKey& mailbox) const {
        const auto found = ids_.find(in_order(mailbox));
        return found == ids_.end() ? std::nullopt : std::optional(found->second);
    }

    /// The destination still has what was copied, and the source has the name no more, or gave it to another mailbox.
    [[nodiscard]] bool has_lost_its_source(const store::PairKey& pair) const {
        const auto there = facts_.destination.find(pair.destination.name);
        if (there == facts_.destination.end() || there->second != pair.destination.uid_validity) return false;
        const auto listed = facts_.listed.find(pair.source.name);
        if (listed == facts_.listed.end()) return true;
        const auto id = id_of(pair.source);
        return id && listed->second && *id != *listed->second;
    }

    /// The pair with the mailbox's MAILBOXID; where it had several UIDVALIDITYs, rather the one it has now, else the latest.
    [[nodiscard]] std::optional<store::PairKey> find_by_id(const SourceMailbox& mailbox) const {
        std::optional<store::PairKey> best;
        for (const store::PairKey& pair : facts_.pairs) {
            if (pair.source.name == mailbox.key.name || id_of(pair.source) != mailbox.id) continue;
            if (!has_lost_its_source(pair)) continue;
            if (!best || best->source.uid_validity != mailbox.key.uid_validity) best = pair;
        }
        return best;
    }

private:
    const RenameFacts& facts_;
    std::set<KeyInOrder> known_;
    std::map<KeyInOrder, std::string> ids_;
};

bool is_below(const imap::MailboxName& name, const imap::MailboxName& above, const std::optional<char>& separator) {
    return separator && name.raw().starts_with(above.raw() + *separator);
}

/// What becomes of `name` where `from` is renamed to `to`.
imap::MailboxName renamed(const imap::MailboxName& name, const imap::MailboxName& from, const imap::MailboxName& to) {
    return imap::MailboxName(to.raw() + name.raw().substr(from.raw().size()));
}

/// Finds an order by doing on a list of names what the server would do.
class Rehearsal {
public:
    Rehearsal(const RenameFacts& facts, std::span<const Rename> renames, const RenameGround& ground)
        : facts_(facts), renames_(renames), ground_(ground), names_(ground.mailboxes) {}

    RenamePlan run() {
        for (std::size_t i = 0; i < renames_.size(); ++i) {
            if (from(i) == to(i)) plan_.named.push_back(i);
            else if (auto held = forbidden(i)) plan_.held.push_back(std::move(*held));
            else waiting_.push_back(i);
        }
        std::ranges::sort(waiting_, {}, [&](std::size_t i) { return from(i); });  // parents first
        while (const auto next = first_possible()) take(*next);
        for (const std::size_t i : waiting_) plan_.held.push_back(*obstacle(i));
        return std::move(plan_);
    }

private:
    [[nodiscard]] const imap::MailboxName& from(std::size_t i) const { return renames_[i].was.destination.name; }
    [[nodiscard]] const imap::MailboxName& to(std::size_t i) const { return facts_.source[renames_[i].source].destination; }

    /// What holds whatever else is renamed.
    [[nodiscard]] std::optional<HeldRename> forbidden(std::size_t i) const {
        const store::PairKey& was = renames_[i].was;
        if (from(i).is_inbox() || to(i).is_inbox()) return HeldRename{i, Obstacle::inbox, {}};
        if (ground_.with_role.contains(from(i))) return HeldRename{i, Obstacle::role, {}};
        for (const store::PairKey& other : facts_.pairs)
            if (other.destination == was.destination && other.source.name != was.source.name &&
                facts_.listed.contains(other.source.name))
                return HeldRename{i, Obstacle::shared, other.source.name};
        for (std::size_t k = 0; k < renames_.size(); ++k)
            if (k != i && (renames_[k].was.destination == was.destination || to(k) == to(i)))
                return HeldRename{i, Obstacle::shared, facts_.source[renames_[k].source].key.name};
        return std::nullopt;
    }

    /// What holds as things stand now.
    [[nodiscard]] std::optional<HeldRename> obstacle(std::size_t i) const {
        const auto taken = names_.find(to(i));
        if (taken != names_.end() && taken->second) return HeldRename{i, Obstacle::taken, to(i)};
        if (is_below(to(i), from(i), ground_.separator)) return HeldRename{i, Obstacle::below_itself, {}};
        for (const auto& [name, holds_messages] : names_)
            if (holds_messages && is_below(name, from(i), ground_.separator) && !wants(name, renamed(name, from(i), to(i))))
                return HeldRename{i, Obstacle::child, name};
        return std::nullopt;
    }

    [[nodiscard]] bool wants(const imap::MailboxName& name, const imap::MailboxName& becomes) const {
        return std::ranges::any_of(waiting_, [&](std::size_t i) { return from(i) == name && to(i) == becomes; });
    }

    [[nodiscard]] std::optional<std::size_t> first_possible() const {
        const auto found = std::ranges::find_if(waiting_, [&](std::size_t i) { return !obstacle(i).has_value(); });
        return found == waiting_.end() ? std::nullopt : std::optional(*found);
    }

    void take(std::size_t taken) {
        plan_.steps.push_back({taken, false});
        std::erase(waiting_, taken);
        std::erase_if(waiting_, [&](std::size_t i) {
            if (!is_below(from(i), from(taken), ground_.separator)) return false;
            plan_.steps.push_back({i, true});
            return true;
        });
        std::map<imap::MailboxName, bool> after;
        for (const auto& [name, holds_messages] : names_) {
            const bool moves = name == from(taken) || is_below(name, from(taken), ground_.separator);
            after[moves ? renamed(name, from(taken), to(taken)) : name] |= holds_messages;
        }
        names_ = std::move(after);
    }

    const RenameFacts& facts_;
    std::span<const Rename> renames_;
    const RenameGround& ground_;
    std::map<imap::MailboxName, bool> names_;
    std::vector<std::size_t> waiting_;
    RenamePlan plan_;
};

}  // namespace

RenameCandidates find_renames(const RenameFacts& facts) {
    const Memory memory(facts);
    RenameCandidates found;
    for (std::size_t i = 0; i < facts.source.size(); ++i) {
        const SourceMailbox& mailbox = facts.source[i];
        if (memory.knows(mailbox.key)) continue;
        const auto was = mailbox.id ? memory.find_by_id(mailbox) : std::nullopt;
        if (was) {
            const bool same = was->source.uid_validity == mailbox.key.uid_validity;
            found.certain.push_back({i, *was, same ? Uids::same : Uids::other});
        } else if (mailbox.messages > 0 && !mailbox.key.name.is_inbox()) {
            found.unknown.push_back(i);
        }
    }
    for (const store::PairKey& pair : facts.pairs) {
        const auto is_it = [&](const Rename& one) { return one.was.source.name == pair.source.name; };
        if (std::ranges::any_of(found.certain, is_it) || facts.listed.contains(pair.source.name)) continue;
        if (memory.has_lost_its_source(pair)) found.gone.push_back(pair);
    }
    return found;
}

bool needs_look_at_messages(const RenameFacts& facts, std::size_t unknown, const store::PairKey& gone) {
    return !facts.source[unknown].id || !Memory(facts).id_of(gone.source);
}

Likeness judge_likeness(std::span<const SampledMessage> oldest, std::uint32_t messages, std::span<const store::Entry> entries,
                        bool is_same_validity) {
    std::vector<std::uint64_t> known;
    for (const store::Entry& entry : entries)
        if (entry.message_id) known.push_back(*entry.message_id);
    std::ranges::sort(known);
    std::size_t at_their_uid = 0;  // with the Message-ID recorded for it
    std::size_t elsewhere = 0;     // recorded under another UID
    std::size_t unsure = 0;        // one side has no Message-ID to compare
    std::size_t until_last = 0;    // how many there are up to the last that is recorded: what follows came later
    for (std::size_t i = 0; i < oldest.size(); ++i) {
        const SampledMessage& message = oldest[i];
        const auto entry = std::ranges::lower_bound(entries, message.uid, {}, &store::Entry::source);
        const bool is_here = is_same_validity && entry != entries.end() && entry->source == message.uid;
        if (is_here && (!entry->message_id || !message.message_id)) ++unsure;
        else if (is_here && *entry->message_id == *message.message_id) ++at_their_uid;
        else if (message.message_id && std::ranges::binary_search(known, *message.message_id)) ++elsewhere;
        else continue;
        until_last = i + 1;
    }
    const std::size_t seen = at_their_uid + elsewhere + unsure;
    const bool may_have_more = until_last == oldest.size();
    const bool holds_most = (may_have_more ? std::size_t{messages} : seen) * 2 >= entries.size();
    if (seen == until_last && holds_most && at_their_uid > 0 && elsewhere == 0) return Likeness::same_uids;
    if (elsewhere == until_last && holds_most && elsewhere > 0) return Likeness::same_messages;
    return seen > 0 && seen * 2 >= oldest.size() ? Likeness::alike : Likeness::other;
}

RenamePlan plan_renames(const RenameFacts& facts, std::span<const Rename> renames, const RenameGround& ground) {
    return Rehearsal(facts, renames, ground).run();
}

}  // namespace mailhaul::sync
