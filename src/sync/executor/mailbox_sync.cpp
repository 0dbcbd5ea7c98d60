// SPDX-License-Identifier: Apache-2.0
// The pass itself. What is there before stands in recognise.cpp, carrying messages over in copy_messages.cpp, looking at the
// result afterwards in verify.cpp, who is named in name_messages.cpp.
#include "sync/executor/mailbox_sync.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "async/task_scope.hpp"
#include "client/mailbox_commands.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/observe.hpp"

namespace mailhaul::sync {

Task<Result<void>> MailboxSync::run() {
    run_.observer.on_mailbox_started(work_.report);
    MH_CO_TRY_VOID(co_await open_both());  // counters, UIDVALIDITY and what flags may be kept
    MH_CO_TRY_VOID(remember());            // what the ledger knows of this pair
    MH_CO_TRY_VOID(co_await list_both());  // every UID with its flags and size, or what changed since
    MH_CO_TRY_VOID(co_await choose());     // what a search of the operator's finds
    add_up_sizes();                        // of what is left to look at
    if (run_.only_sizes) co_return Result<void>{};
    MH_CO_TRY_VOID(co_await recognise_messages());  // the ledger first, evidence for the rest
    MH_CO_TRY_VOID(decide());                       // the plan, less what the guard rails refuse
    MH_CO_TRY_VOID(co_await leave_crossed());       // and what another mailbox brought already
    MH_CO_TRY_VOID(co_await plan_duplicates());     // second copies on the destination, where they are to go
    add_up_rest();                                  // for the report
    if (run_.dry_run && run_.rules.rehearse) co_return co_await rehearse();
    if (run_.dry_run) co_return Result<void>{};
    run_.enter(Progress::Phase::copying);
    MH_CO_TRY_VOID(adopt());               // remember what was there already
    MH_CO_TRY_VOID(co_await carry_out());  // bodies, from socket to socket, and a look at them; flags of those there
    note_biggest();
    MH_CO_TRY_VOID(co_await give_labels());    // where both sides have them
    tell_carried();                            // to the mailboxes after this one
    MH_CO_TRY_VOID(co_await remove());         // only what the rules allow, only after the look
    MH_CO_TRY_VOID(co_await name_messages());  // who exactly is missing or was repaired, for the report
    co_return settle();
}

std::string MailboxSync::name() const { return "\"" + imap::display_name(work_.report.source.raw()) + "\""; }

Task<Result<void>> MailboxSync::open_both() {
    const auto source_mode = run_.rules.delete_source && !run_.dry_run ? imap::SelectMode::select : imap::SelectMode::examine;
    const auto destination_mode = run_.dry_run ? imap::SelectMode::examine : imap::SelectMode::select;
    auto opening_source = open_source(source_mode);
    if (!work_.destination_exists) {
        auto opened = co_await std::move(opening_source);
        if (!opened.ok()) co_return std::move(opened).error().while_doing("opening " + name() + " on the source");
        from_ = std::move(opened).value();
        co_return Result<void>{};
    }
    const imap::MailboxName there = work_.still_under ? work_.still_under->destination.name : work_.report.destination;
    auto opened = co_await both(std::move(opening_source), open(destination_, there, destination_mode));
    if (!opened.first.ok()) co_return std::move(opened.first).error().while_doing("opening " + name() + " on the source");
    if (!opened.second.ok())
        co_return std::move(opened.second)
            .error()
            .while_doing("opening \"" + imap::display_name(there.raw()) + "\" on the destination");
    from_ = std::move(opened.first).value();
    to_ = std::move(opened.second).value();
    if (to_.selected.read_only && !run_.dry_run)
        co_return Error{Errc::no_permission, Scope::mailbox, Retry::never,
                        "the destination opens this mailbox read-only: nothing can be stored there"};
    if (from_.selected.uid_validity && to_.selected.uid_validity && !from_.selected.uid_not_sticky &&
        !to_.selected.uid_not_sticky)
        pair_ = store::PairKey{{work_.report.source, *from_.selected.uid_validity},
                               {work_.report.destination, *to_.selected.uid_validity}};
    if (pair_ && work_.still_under) pair_ = work_.still_under;
    const bool is_as_listed = work_.known_until && pair_ == work_.known_until->first;
    if (!is_as_listed) changes_.reset();
    co_return Result<void>{};
}

/// Where the ledger knows nothing everything must be listed, so it is asked for at once.
Task<Result<Snapshot>> MailboxSync::open(client::Connection& connection, imap::MailboxName mailbox, imap::SelectMode mode) {
    if (work_.is_new) co_return co_await open_and_list_messages(connection, std::move(mailbox), mode, dates_wanted());
    auto opened = co_await client::open_mailbox(connection, std::move(mailbox), mode);
    if (!opened.ok()) co_return std::move(opened).error();
    Snapshot unlisted;
    unlisted.selected = std::move(opened).value();
    co_return unlisted;
}

/// Where the ledger knows it up to some point, what changed since is asked for at once.
Task<Result<Snapshot>> MailboxSync::open_source(imap::SelectMode mode) {
    if (!work_.known_until) co_return co_await open(source_, work_.report.source, mode);
    auto opened = co_await open_and_list_changes(source_, work_.report.source, mode, work_.known_until->second);
    if (!opened.ok()) co_return std::move(opened).error();
    changes_ = std::move(opened.value().changes);
    Snapshot unlisted;
    unlisted.selected = std::move(opened.value().selected);
    co_return unlisted;
}

Result<void> MailboxSync::decide() {
    plan_ = make_plan(from_, to_, view_, matches_, run_.rules);
    if (work_.shares_destination && !plan_.delete_destination.empty()) {
        plan_.delete_destination.clear();
        run_.warn("nothing is deleted from \"" + imap::display_name(work_.report.destination.raw()) +
                  "\" on the destination: several source folders go there, and what one does not hold may be another's");
    }
    MH_TRY_VOID(guard_deletions());
    note_dropped_flags();
    std::erase_if(plan_.append, [&](imap::Uid uid) {
        const std::uint64_t size = from_.find(uid)->size;
        auto why = too_large(size);
        if (!why) why = run_.allowance.too_big(size);
        if (why) failures_.push_back({uid, std::move(*why)});
        return why.has_value();
    });
    for (const auto& [keyword, messages] : plan_.keywords_not_kept)
        run_.warn("the destination cannot keep the flag " + keyword + " in " + name() + ": left out of " +
                  spell_messages(messages));
    count_plan();
    return {};
}

/// Known before it is read from the source: by the destination's own word, else by what is known of its kind; and by what it
/// refused in this run.
std::optional<Error> MailboxSync::too_large(std::uint64_t size) const {
    const auto error = [](std::string words) { return Error{Errc::too_big, Scope::message, Retry::never, std::move(words)}; };
    const DestinationKnowledge& there = run_.rules.of_destination;
    if (run_.append_limit && size > run_.append_limit->value())
        return error("larger than the destination takes (" + spell(*run_.append_limit) + ")");
    if (!run_.append_limit && there.takes && size > there.takes->value())
        return error("larger than " + there.server + " takes (" + spell(*there.takes) + ")");
    if (run_.refused_size && size >= run_.refused_size->value())
        return error("the destination refused one of " + spell(*run_.refused_size) +
                     " as too large already, so this was not tried");
    return std::nullopt;
}

void MailboxSync::note_dropped_flags() {
    for (const imap::Uid uid : plan_.append) {
        const std::uint32_t flags = from_.find(uid)->flags;
        if (flags >= dropped_flags_.size()) continue;
        for (const std::string& flag : dropped_flags_[flags]) ++plan_.keywords_not_kept[flag];
    }
}

void MailboxSync::count_plan() {
    MailboxReport& report = work_.report;
    Progress& progress = run_.progress;
    progress.messages_done -= work_.counted_done;
    progress.messages_to_copy -= work_.counted_to_copy;
    progress.octets_to_copy = Octets{progress.octets_to_copy.value() - work_.counted_octets};

    report.already = report.adopted = report.filtered = report.unselected = report.crossed = report.duplicates =
        report.withheld = 0;
    for (const store::Entry& entry : view_.pairs)
        if (!work_.copied_now.contains(entry.source)) ++report.already;
    for (const auto& [source, destination] : plan_.adopt)
        if (!work_.copied_now.contains(source)) ++report.adopted;
    for (const auto& [uid, reason] : plan_.leave) {
        if (reason == LeaveReason::duplicate) {
            ++report.duplicates;
        } else if (reason == LeaveReason::removed) {
            ++report.withheld;
        } else {
            ++report.filtered;
            if (reason == LeaveReason::crossed) ++report.crossed;
            const bool by_choice =
                reason == LeaveReason::not_chosen || reason == LeaveReason::too_old || reason == LeaveReason::too_new;
            if (by_choice) ++report.unselected;
        }
    }
    std::uint64_t octets = 0;
    for (const imap::Uid uid : plan_.append) octets += from_.find(uid)->size;
    work_.counted_done =
        report.already + report.adopted + report.filtered + report.duplicates + report.withheld + failures_.size();
    work_.counted_to_copy = plan_.append.size();
    work_.counted_octets = octets;
    progress.messages_done += work_.counted_done;
    progress.messages_to_copy += work_.counted_to_copy;
    progress.octets_to_copy += Octets{octets};
    if (run_.dry_run) {
        report.copied = static_cast<std::uint32_t>(plan_.append.size());
        report.copied_octets = Octets{octets};
        report.flags_changed = static_cast<std::uint32_t>(plan_.flags.size());
        report.deleted_on_destination = static_cast<std::uint32_t>(plan_.delete_destination.size());
        const auto would_leave = std::ranges::count_if(plan_.append, [this](imap::Uid uid) {
            return !run_.rules.delete_only_marked || from_.flags_of(*from_.find(uid)).contains("\\Deleted");
        });
        report.deleted_on_source = run_.rules.delete_source ? static_cast<std::uint32_t>(plan_.delete_source.size()) +
                                                                  static_cast<std::uint32_t>(would_leave)
                                                            : 0;
        report.failed = static_cast<std::uint32_t>(failures_.size());
    }
    run_.show_progress();
}

imap::FlagSet MailboxSync::flags_in_common(imap::Uid source, imap::Uid destination) const {
    return from_.flags_of(*from_.find(source)).intersected(to_.flags_of(*to_.find(destination)));
}

Result<void> MailboxSync::adopt() {
    if (!pair_) return {};
    std::vector<store::Entry> entries;
    for (const auto& [source, destination] : plan_.adopt) {
        store::Entry entry;
        entry.source = source;
        entry.destination = destination;
        entry.origin = work_.copied_now.contains(source) ? store::Origin::copied : store::Origin::adopted;
        entry.flags = flags_in_common(source, destination);  // what is missing there is still to be set
        entry.at = run_.now();
        entries.push_back(std::move(entry));
    }
    if (!plan_.forget.empty()) MH_TRY_VOID(run_.ledger.forget(*pair_, plan_.forget));
    if (!entries.empty()) MH_TRY_VOID(run_.ledger.record(*pair_, entries));
    return {};
}

/// Both at once: changed flags need not wait until everything new is stored.
Task<Result<void>> MailboxSync::carry_out() {
    auto done = co_await both(change_flags(), copy());
    if (!done.second.ok()) co_return std::move(done.second).error();
    co_return std::move(done.first);
}

Task<Result<void>> MailboxSync::change_flags() {
    // Messages that need the same change share a command.
    std::map<std::pair<bool, std::string>, std::pair<imap::FlagSet, imap::UidSet>> groups;
    for (const FlagChange& change : plan_.flags) {
        for (const bool adding : {true, false}) {
            const imap::FlagSet& flags = adding ? change.add : change.remove;
            if (flags.empty()) continue;
            auto& [group_flags, uids] = groups[{adding, flags.to_string()}];
            group_flags = flags;
            uids.insert(change.destination);
        }
    }
    std::vector<client::StoreRequest> requests;
    for (auto& [key, group] : groups)
        requests.push_back(
            {key.first ? imap::StoreMode::add : imap::StoreMode::remove, std::move(group.first), std::move(group.second)});
    auto stored = co_await client::store_flags(destination_, std::move(requests));
    if (!stored.ok() && stored.error().scope >= Scope::account) co_return std::move(stored).error();
    if (!stored.ok()) {
        flags_refused_ = true;
        run_.warn("flags in " + name() + " could not be changed: " + stored.error().describe());
        co_return Result<void>{};
    }
    work_.report.flags_changed += static_cast<std::uint32_t>(plan_.flags.size());
    co_return remember_flags();
}

/// What the source's flags are now, for the next pass to compare with.
Result<void> MailboxSync::remember_flags() {
    if (!pair_) return {};
    std::vector<std::pair<imap::Uid, imap::FlagSet>> remembered;
    for (const store::Entry& entry : view_.pairs) {
        const imap::FlagSet& now = from_.flags_of(*from_.find(entry.source));
        if (!(now == entry.flags)) remembered.emplace_back(entry.source, now);
    }
    for (const auto& [source, destination] : plan_.adopt) {
        const imap::FlagSet& now = from_.flags_of(*from_.find(source));
        if (!(now == flags_in_common(source, destination))) remembered.emplace_back(source, now);
    }
    return remembered.empty() ? Result<void>{} : run_.ledger.record_flags(*pair_, remembered);
}

/// Remembers that nothing is left to do, so that the next pass need not open these mailboxes. Where this pass changed the
/// destination its counters are asked for later, for all mailboxes at once.
Result<void> MailboxSync::settle() {
    work_.report.verified = true;
    work_.to_settle.reset();
    if (!pair_) return {};
    if (!intents_.empty() || !plan_.append.empty()) MH_TRY_VOID(run_.ledger.close_intents(*pair_));
    store::Settled state;
    state.source_uid_next = from_.selected.uid_next;
    state.source_messages = from_.selected.exists;
    state.source_mod_seq = from_.selected.highest_mod_seq;
    state.entries = static_cast<std::uint32_t>(view_.pairs.size() + plan_.adopt.size() + stored_.size());
    const bool is_all_there =
        !flags_refused_ && state.entries == from_.messages.size() && state.entries == from_.selected.exists;
    if (!is_all_there || work_.report.deleted_on_source > 0) return {};
    const std::size_t held = to_.messages.size() + stored_.size() - work_.report.deleted_on_destination;
    state.destination_messages = static_cast<std::uint32_t>(held);
    const bool was_touched = !stored_.empty() || !plan_.flags.empty() || work_.report.deleted_on_destination > 0;
    if (was_touched) {
        imap::Uid last = to_.messages.empty() ? imap::Uid{} : to_.messages.back().uid;
        for (const Stored& one : stored_) last = std::max(last, one.destination);
        state.destination_uid_next = imap::Uid{last.value() + 1};
        work_.to_settle.emplace(*pair_, state);
        return {};
    }
    if (to_.selected.exists != held) return {};
    state.destination_uid_next = to_.selected.uid_next;
    state.destination_mod_seq = to_.selected.highest_mod_seq;
    return then_ == state ? Result<void>{} : run_.ledger.record_settled(*pair_, state);
}

}  // namespace mailhaul::sync
