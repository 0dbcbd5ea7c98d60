// SPDX-License-Identifier: Apache-2.0
// What is on both sides, and which of it is the same: the ledger first, then what a cut run may have sent, then evidence.
#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "async/task_scope.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/observe_changes.hpp"

namespace mailhaul::sync {

Result<void> MailboxSync::remember() {
    if (!pair_) return {};
    MH_TRY(is_known, forget_another_mailbox());
    if (!is_known) return {};
    MH_TRY(entries, run_.ledger.entries(*pair_));
    entries_ = std::move(entries);
    MH_TRY(intents, run_.ledger.intents(*pair_));
    intents_ = std::move(intents);
    distrust_unverified();
    MH_TRY(then, run_.ledger.settled(*pair_));
    then_ = then;
    return {};
}

/// A server may give two mailboxes one name and one UIDVALIDITY in turn: Cyrus does within one second, and a rename does
/// the rest. By MAILBOXID (RFC 8474) they are told apart, and what the ledger holds is of the other. False where it was.
Result<bool> MailboxSync::forget_another_mailbox() {
    if (!from_.selected.mailbox_id) return true;
    MH_TRY(known, run_.ledger.mailbox_id(pair_->source));
    const bool is_another = known && known != from_.selected.mailbox_id;
    if (run_.dry_run || known == from_.selected.mailbox_id) return !is_another;
    if (is_another) {
        MH_TRY(pairs, run_.ledger.pairs());
        for (const store::PairKey& pair : pairs) {
            if (!(pair.source == pair_->source)) continue;
            MH_TRY(entries, run_.ledger.entries(pair));
            std::vector<imap::Uid> all;
            for (const store::Entry& entry : entries) all.push_back(entry.source);
            MH_TRY_VOID(run_.ledger.forget(pair, all));
            MH_TRY_VOID(run_.ledger.close_intents(pair));
            MH_TRY_VOID(run_.ledger.record_settled(pair, {}));
        }
    }
    const store::MailboxId now{pair_->source, *from_.selected.mailbox_id};
    MH_TRY_VOID(run_.ledger.record_mailbox_ids({&now, 1}));
    return !is_another;
}

/// A copy whose run broke before it looked at the destination may lack flags that APPEND did not keep: none is taken to
/// have arrived, so what is missing is set now. But for our own mark on what is to leave the source (remember_marks()).
void MailboxSync::distrust_unverified() {
    imap::UidSet sent;
    for (const store::Intent& intent : intents_)
        for (const imap::Uid uid : intent.source) sent.insert(uid);
    for (store::Entry& entry : entries_)
        if (sent.contains(entry.source)) entry.flags = entry.flags.intersected({"\\Deleted"});
}

/// One after the other: which flags of the destination matter is known from the source.
Task<Result<void>> MailboxSync::list_changes() {
    auto source = co_await list_source_changes(source_, std::move(from_.selected), entries_, *then_->source_mod_seq,
                                               std::exchange(changes_, std::nullopt));
    if (!source.ok()) co_return std::move(source).error().while_doing(name() + " on the source");
    from_ = std::move(source).value();
    auto destination = co_await list_destination_changes(destination_, std::move(to_.selected), entries_, *then_, from_);
    if (!destination.ok()) co_return std::move(destination).error().while_doing(name() + " on the destination");
    to_ = std::move(destination).value();
    co_return Result<void>{};
}

ListDates MailboxSync::dates_wanted() const {
    return run_.rules.newer_than || run_.rules.older_than ? ListDates::yes : ListDates::no;
}

Task<Result<void>> MailboxSync::list_both() {
    if (!run_.only_sizes && intents_.empty() && can_observe_changes(from_.selected, then_, run_.rules)) {
        knows_sizes_ = false;
        MH_CO_TRY_VOID(co_await list_changes());
        work_.report.source_messages = static_cast<std::uint32_t>(from_.messages.size());
        co_return Result<void>{};
    }
    work_.report.source_messages = static_cast<std::uint32_t>(from_.messages.size());
    if (work_.is_new) co_return Result<void>{};  // listed when they were opened
    const ListDates dates = dates_wanted();
    auto listed =
        co_await both(list_messages(source_, from_.selected, dates), list_messages(destination_, to_.selected, dates));
    if (!listed.first.ok()) co_return std::move(listed.first).error().while_doing(name() + " on the source");
    if (!listed.second.ok()) co_return std::move(listed.second).error().while_doing(name() + " on the destination");
    from_ = std::move(listed.first).value();
    to_ = std::move(listed.second).value();
    work_.report.source_messages = static_cast<std::uint32_t>(from_.messages.size());
    co_return Result<void>{};
}

Task<Result<void>> MailboxSync::recognise_messages() {
    view_ = compare_with_ledger(from_, to_, std::move(entries_));
    MatcherOptions options;
    options.identity = run_.rules.identity;
    options.add_header = run_.rules.add_header;
    options.find_source_duplicates = !run_.rules.copy_source_duplicates;
    if (run_.rules.identity_has_size) {
        options.source_size = [this](imap::Uid uid) { return from_.find(uid)->size; };
        options.destination_size = [this](imap::Uid uid) { return to_.find(uid)->size; };
    }
    const bool own_identity = options.source_size || options.add_header || options.find_source_duplicates ||
                              options.identity.message_id_without_domain || options.identity.is_ignored ||
                              options.identity.headers != message::IdentityRules{}.headers;
    options.message_id_first = !own_identity;
    const bool are_changed = run_.rules.rewrite.is_anything() && !intents_.empty();
    if (are_changed) MH_CO_TRY_VOID(co_await reconcile_rewritten());
    if (!own_identity && !are_changed) MH_CO_TRY_VOID(co_await reconcile_intents(options));
    MH_CO_TRY_VOID(co_await confirm_claims());
    const std::vector<std::pair<imap::Uid, imap::Uid>> reconciled = std::move(matches_.pairs);
    Matcher matcher(view_.unknown_source, view_.unknown_destination, options);
    MH_CO_TRY_VOID(co_await recognise(source_, destination_, run_.rules.identity, matcher));
    matches_ = matcher.matches();
    matches_.pairs.insert(matches_.pairs.end(), reconciled.begin(), reconciled.end());
    std::ranges::sort(matches_.pairs);
    if (!options.find_source_duplicates) co_return Result<void>{};
    co_return co_await find_duplicates_of_copied(std::move(options));
}

/// What is matched is not unknown any more.
void MailboxSync::leave_out_matched() {
    std::vector<imap::Uid> found;
    for (const auto& [from, to] : matches_.pairs) found.push_back(to);
    std::ranges::sort(found);
    std::erase_if(view_.unknown_source, [&](imap::Uid uid) {
        return std::ranges::binary_search(matches_.pairs, uid, {}, &std::pair<imap::Uid, imap::Uid>::first);
    });
    std::erase_if(view_.unknown_destination, [&](imap::Uid uid) { return std::ranges::binary_search(found, uid); });
}

/// What a run that was cut short may have stored without its record: few messages, which are looked for first, so that
/// the many it never sent need not be read to be told apart from them.
Task<Result<void>> MailboxSync::reconcile_intents(const MatcherOptions& options) {
    imap::UidSet sent;
    imap::Uid first{std::numeric_limits<std::uint32_t>::max()};
    for (const store::Intent& intent : intents_) {
        for (const imap::Uid uid : intent.source) sent.insert(uid);
        first = std::min(first, intent.destination_uid_next.value_or(imap::Uid{1}));
    }
    std::vector<imap::Uid> sources;
    std::vector<imap::Uid> strangers;
    std::ranges::copy_if(view_.unknown_source, std::back_inserter(sources), [&](imap::Uid uid) { return sent.contains(uid); });
    std::ranges::copy_if(view_.unknown_destination, std::back_inserter(strangers), [&](imap::Uid uid) { return uid >= first; });
    if (sources.empty() || strangers.empty()) co_return Result<void>{};
    Matcher matcher(std::move(sources), std::move(strangers), options);
    MH_CO_TRY_VOID(co_await recognise(source_, destination_, run_.rules.identity, matcher));
    matches_.pairs = matcher.matches().pairs;
    leave_out_matched();
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
