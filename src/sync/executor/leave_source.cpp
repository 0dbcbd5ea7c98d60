// SPDX-License-Identifier: Apache-2.0
// Deleting from the source what is on the destination. What speaks for a copy is looked at once more where it is little:
// a message recognised by its Message-ID alone, or listed with another size, goes only after both texts were read and
// compared. docs/decisions/0023-proof-before-a-move.md.
#include <algorithm>
#include <map>
#include <utility>

#include "async/task_scope.hpp"
#include "client/mailbox_commands.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/read_shapes.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::size_t batch_messages = 200;  // whose headers are held at once

std::string spell_some(const imap::UidSet& uids) {
    const std::vector<imap::UidSet> parts = uids.split(100);
    return parts.front().to_string() + (parts.size() > 1 ? " and more" : "");
}

/// Is everything of `source` in `destination`? Header lines that a server added take nothing away; those it changed are
/// its doing only where we stored the message ourselves.
bool holds_all_of(const proof::MessageShape& source, const proof::MessageShape& destination, bool is_our_copy) {
    const proof::Comparison found = proof::compare(source, destination);
    if (found.verdict != proof::Verdict::other_headers) return found.verdict != proof::Verdict::different;
    return is_our_copy ||
           std::ranges::all_of(found.header_lines, [](const std::string& line) { return line.starts_with("added "); });
}

}  // namespace

/// What the plan lets go, and what this run copied.
std::vector<MailboxSync::Leaving> MailboxSync::leaving_source() const {
    std::vector<Leaving> leaving;
    const auto may_go = [&](imap::Uid source) { return std::ranges::binary_search(plan_.delete_source, source); };
    const auto sizes_differ = [&](imap::Uid source, imap::Uid destination) {
        return from_.find(source)->size != to_.find(destination)->size;
    };
    for (const store::Entry& entry : view_.pairs) {
        if (!may_go(entry.source)) continue;
        const bool is_ours = entry.origin == store::Origin::copied;
        const bool is_proven = entry.sha256 && !sizes_differ(entry.source, entry.destination);
        leaving.push_back({entry.source, entry.destination, is_ours, is_proven});
    }
    for (const auto& [source, destination] : plan_.adopt)
        if (may_go(source)) leaving.push_back({source, destination, work_.copied_now.contains(source), false});
    const auto is_meant = [&](imap::Uid source) {
        return !run_.rules.delete_only_marked || from_.flags_of(*from_.find(source)).contains("\\Deleted");
    };
    for (const Stored& one : stored_)
        if (!one.was_repaired && is_meant(one.source)) leaving.push_back({one.source, one.destination, true, one.is_as_sent});
    return leaving;
}

Task<Result<void>> MailboxSync::remove_from_source() {
    std::vector<Leaving> leaving = leaving_source();
    if (!run_.rules.delete_unproven) MH_CO_TRY_VOID(co_await prove(leaving));
    std::vector<imap::Uid> gone;
    std::vector<imap::Uid> stay;
    for (const Leaving& one : leaving) (one.is_proven || run_.rules.delete_unproven ? gone : stay).push_back(one.source);
    if (!stay.empty())
        run_.warn(spell_messages(stay.size()) + " of " + name() +
                  " stay on the source: what the destination holds under the same identity is not the same message (UID " +
                  spell_some(uid_set(stay)) +
                  "). Compare the two by hand; mailhaul deletes only what is the same on both sides");
    const auto repaired = std::ranges::count_if(stored_, &Stored::was_repaired);
    if (const std::size_t kept = plan_.keep_repaired.size() + static_cast<std::size_t>(repaired); kept > 0)
        run_.warn(spell_messages(kept) + " of " + name() +
                  " stay on the source: repaired for the destination, only the source has them as they were");
    MH_CO_TRY_VOID(remember_marks(gone));
    MH_CO_TRY(removed, co_await client::remove_messages(source_, uid_set(gone)));
    if (removed) work_.report.deleted_on_source = static_cast<std::uint32_t>(gone.size());
    else warn_of_others_marks("source");
    co_return Result<void>{};
}

/// Reads both texts of what is not proven yet.
Task<Result<void>> MailboxSync::prove(std::vector<Leaving>& leaving) {
    std::vector<Leaving*> doubtful;
    for (Leaving& one : leaving)
        if (!one.is_proven) doubtful.push_back(&one);
    for (std::size_t begin = 0; begin < doubtful.size(); begin += batch_messages) {
        const std::size_t end = std::min(begin + batch_messages, doubtful.size());
        imap::UidSet on_source;
        imap::UidSet on_destination;
        for (std::size_t i = begin; i < end; ++i) {
            on_source.insert(doubtful[i]->source);
            on_destination.insert(doubtful[i]->destination);
        }
        auto read =
            co_await both(read_shapes(source_, wire_sets(on_source)), read_shapes(destination_, wire_sets(on_destination)));
        MH_CO_TRY(from, std::move(read.first));
        MH_CO_TRY(to, std::move(read.second));
        for (std::size_t i = begin; i < end; ++i) {
            Leaving& one = *doubtful[i];
            const auto here = from.find(one.source);
            const auto there = to.find(one.destination);
            one.is_proven =
                here != from.end() && there != to.end() && holds_all_of(here->second, there->second, one.is_our_copy);
        }
    }
    co_return Result<void>{};
}

/// Before the source's messages are marked \\Deleted: the mark is then no flag that somebody set since the last pass, and
/// is not carried to the copies if this run breaks before it expunges.
Result<void> MailboxSync::remember_marks(const std::vector<imap::Uid>& gone) {
    if (!pair_ || gone.empty()) return {};
    std::vector<std::pair<imap::Uid, imap::FlagSet>> marked;
    for (const imap::Uid uid : gone) {
        imap::FlagSet flags = from_.flags_of(*from_.find(uid));
        flags.insert("\\Deleted");
        marked.emplace_back(uid, std::move(flags));
    }
    return run_.ledger.record_flags(*pair_, marked);
}

}  // namespace mailhaul::sync
