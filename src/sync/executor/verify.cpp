// SPDX-License-Identifier: Apache-2.0
// The look afterwards: does the destination hold what it confirmed, with the flags and dates it was given? Also finds
// the UIDs of messages stored on a server that does not tell them.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::size_t date_sample = 20;  // in each mailbox
constexpr std::int64_t one_day = 86'400;

/// Adds those of `uids` that are there: a server that answers for a thousand messages a command left some out of `n:*`.
Task<Result<void>> list_by_name(client::Connection& connection, imap::UidSet uids, Snapshot& listed) {
    if (uids.empty()) co_return Result<void>{};
    auto add = [&](imap::FetchResponse&& fetch) {
        if (!fetch.size || !uids.contains(*fetch.uid)) return;
        listed.add(*fetch.uid, fetch.flags.value_or(imap::FlagSet{}), fetch.internal_date, *fetch.size);
    };
    auto read = co_await client::fetch_items(connection, wire_sets(uids), "(UID FLAGS RFC822.SIZE)", add);
    if (!read.ok()) co_return std::move(read).error().while_doing("listing what was stored");
    listed.finish();
    co_return Result<void>{};
}

}  // namespace

Task<Result<void>> MailboxSync::verify() {
    if (confirmed_.empty() && unmapped_.empty()) co_return Result<void>{};
    if (run_.progress.messages_done >= run_.progress.messages_total) run_.enter(Progress::Phase::verifying);
    MH_CO_TRY(stored, co_await list_stored());
    if (!unmapped_.empty()) MH_CO_TRY_VOID(co_await pair_unmapped(stored));
    MH_CO_TRY_VOID(co_await check_copies(stored));
    if (!stored.messages.empty()) not_looked_at_ = imap::Uid{stored.messages.back().uid.value() + 1};
    for (const Confirmed& one : confirmed_) stored_.push_back({one.source, one.destination, one.was_repaired, one.is_as_sent});
    confirmed_.clear();
    co_return Result<void>{};
}

Task<Result<Snapshot>> MailboxSync::list_stored() {
    std::optional<Snapshot> seen = early_look_ ? early_look_->take() : std::nullopt;
    if (seen && shows_all(*seen)) co_return std::move(*seen);
    imap::Uid first = not_looked_at_;
    for (const Confirmed& one : confirmed_) first = std::min(first, one.destination);
    MH_CO_TRY(listed, co_await list_new_messages(destination_, to_.selected, first, dates_to_look_at()));
    imap::UidSet hidden;
    for (const Confirmed& one : confirmed_)
        if (listed.find(one.destination) == nullptr) hidden.insert(one.destination);
    MH_CO_TRY_VOID(co_await list_by_name(destination_, std::move(hidden), listed));
    co_return std::move(listed);
}

bool MailboxSync::shows_all(const Snapshot& stored) const {
    return stored.messages.size() >= confirmed_.size() + unmapped_.size() &&
           std::ranges::all_of(confirmed_, [&](const Confirmed& one) { return stored.find(one.destination) != nullptr; });
}

/// True where the new messages are as many and as large as those sent, one after the other.
bool MailboxSync::stand_in_order(const Snapshot& stored, const std::vector<imap::Uid>& candidates) const {
    return std::ranges::equal(candidates, unmapped_,
                              [&](imap::Uid uid, const Copied& sent) { return stored.find(uid)->size == sent.sent; });
}

/// The server did not say which UIDs it gave. Stored one after the other into a mailbox nobody else writes to, the new
/// UIDs are in our order; where counts or sizes differ somebody else delivered meanwhile, or the server rewrote what it
/// stored, and the headers decide.
Task<Result<void>> MailboxSync::pair_unmapped(Snapshot& stored) {
    std::vector<imap::Uid> told;
    for (const Confirmed& one : confirmed_) told.push_back(one.destination);
    std::ranges::sort(told);
    std::vector<imap::Uid> candidates;
    for (const ListedMessage& message : stored.messages) {
        const bool known = std::ranges::binary_search(told, message.uid);
        if (!known && to_.find(message.uid) == nullptr) candidates.push_back(message.uid);
    }
    std::vector<std::pair<std::size_t, imap::Uid>> found;  // index into unmapped_, destination
    if (stand_in_order(stored, candidates)) {
        for (std::size_t i = 0; i < candidates.size(); ++i) found.emplace_back(i, candidates[i]);
    } else {
        std::map<imap::Uid, std::size_t> index;
        for (std::size_t i = 0; i < unmapped_.size(); ++i) index.emplace(items_[unmapped_[i].item].source, i);
        std::vector<imap::Uid> sources;
        for (const auto& [uid, i] : index) sources.push_back(uid);
        MatcherOptions options;
        options.identity = run_.rules.identity;
        Matcher matcher(std::move(sources), std::move(candidates), std::move(options));
        MH_CO_TRY_VOID(co_await recognise(source_, destination_, run_.rules.identity, matcher));
        for (const auto& [from, to] : matcher.matches().pairs) found.emplace_back(index.at(from), to);
        for (const imap::Uid lost : matcher.matches().only_source)
            failures_.push_back({lost, Error{Errc::verification_failed, Scope::message, Retry::now,
                                             "the destination confirmed this message and does not list it: run again"}});
    }
    std::vector<store::Entry> entries;
    for (const auto& [i, uid] : found) {
        const TransferItem& item = items_[unmapped_[i].item];
        const Copied& sent = unmapped_[i];
        confirmed_.push_back({item.source, uid, sent.item, sent.sent, sent.date, sent.repair && !sent.repair->is_as_asked()});
        entries.push_back(entry_for(unmapped_[i], uid));
    }
    unmapped_.clear();
    if (pair_ && !entries.empty()) MH_CO_TRY_VOID(run_.ledger.record(*pair_, entries));
    co_return Result<void>{};
}

/// A server keeps dates or it does not, so a sample tells; single dates go wrong at the ends of time, so those are all
/// looked at. For a Maildir a date costs several looks at the file, and there may be a hundred thousand.
imap::UidSet MailboxSync::dates_to_look_at() const {
    const std::int64_t now = run_.now();
    imap::UidSet uids;
    std::size_t left = date_sample;
    for (const Confirmed& one : confirmed_) {
        if (!one.date) continue;
        const bool is_ordinary = one.date->epoch_seconds > one_day && one.date->epoch_seconds < now - one_day;
        if (is_ordinary && left == 0) continue;
        if (is_ordinary) --left;
        uids.insert(one.destination);
    }
    return uids;
}

Task<Result<void>> MailboxSync::check_dates(Snapshot& stored) {
    const auto is_another = [&](const Confirmed& one) {
        const ListedMessage* message = stored.find(one.destination);
        return one.date && message != nullptr && message->has_date && message->date != one.date->epoch_seconds;
    };
    if (std::ranges::none_of(confirmed_, is_another)) co_return Result<void>{};
    imap::UidSet not_seen;
    for (const Confirmed& one : confirmed_) {
        const ListedMessage* message = stored.find(one.destination);
        if (one.date && message != nullptr && !message->has_date) not_seen.insert(one.destination);
    }
    if (!not_seen.empty()) {
        MH_CO_TRY(dates, co_await list_dates(destination_, std::move(not_seen)));
        for (const auto& [uid, date] : dates) stored.set_date(uid, date);
    }
    run_.warn("the destination gave " +
              spell_messages(static_cast<std::uint64_t>(std::ranges::count_if(confirmed_, is_another))) + " in " + name() +
              " another arrival date than asked for");
    co_return Result<void>{};
}

Task<Result<void>> MailboxSync::check_copies(Snapshot& stored) {
    std::uint32_t other_sizes = 0;
    std::vector<imap::Uid> lost;
    std::map<std::string, std::pair<imap::FlagSet, imap::UidSet>> missing_flags;
    for (Confirmed& one : confirmed_) {
        const ListedMessage* message = stored.find(one.destination);
        if (message == nullptr) {
            lost.push_back(one.source);
            failures_.push_back({one.source, Error{Errc::verification_failed, Scope::message, Retry::now,
                                                   "the destination confirmed this message and does not list it: run again"}});
            continue;
        }
        const TransferItem& item = items_[one.item];
        one.is_as_sent = message->size == one.size;
        if (!one.is_as_sent) ++other_sizes;
        const imap::FlagSet missing = item.flags.minus(stored.flags_of(*message));
        if (missing.empty()) continue;
        auto& [flags, uids] = missing_flags[missing.to_string()];
        flags = missing;
        uids.insert(one.destination);
    }
    if (!lost.empty()) {
        std::erase_if(confirmed_, [&](const Confirmed& one) { return std::ranges::find(lost, one.source) != lost.end(); });
        for (const imap::Uid uid : lost) {
            work_.copied_now.erase(uid);
            work_.report.repaired -= static_cast<std::uint32_t>(work_.repaired_now.erase(uid));
        }
        work_.report.copied -= static_cast<std::uint32_t>(lost.size());
        if (pair_) MH_CO_TRY_VOID(run_.ledger.forget(*pair_, lost));
    }
    for (auto& [text, group] : missing_flags) {  // some servers take flags by STORE only
        auto set = co_await client::store_flags(destination_, group.second, imap::StoreMode::add, group.first);
        if (set.ok()) continue;
        if (set.error().scope >= Scope::account) co_return std::move(set).error();
        flags_refused_ = true;
        run_.warn("the destination did not keep the flags " + text + " of " + std::to_string(group.second.size()) +
                  " messages in " + name() + ": " + set.error().describe());
    }
    if (other_sizes > 0)
        run_.warn("the destination lists " + spell_messages(other_sizes) + " in " + name() +
                  " with another size than was sent: it rewrites line ends or headers when it stores");
    co_return co_await check_dates(stored);
}

}  // namespace mailhaul::sync
