// SPDX-License-Identifier: Apache-2.0
// Copying of one mailbox: what is carried, and how the fate of each message is remembered.
#include <algorithm>
#include <optional>
#include <utility>

#include "message/repair.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/reader_desk.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::size_t few_to_look_at = 20;  // whose dates may all be asked for

}  // namespace

TransferItem MailboxSync::item_for(imap::Uid uid) const {
    const ListedMessage& message = *from_.find(uid);
    TransferItem item;
    item.source = uid;
    item.size = message.size;
    item.flags = flags_to_give(from_.flags_of(message), to_.selected, run_.rules);
    if (run_.rules.keep_internal_date) item.date = message.internal_date();
    item.takes_served_date = run_.rules.keep_internal_date && !item.date;
    if (run_.rules.add_header && std::ranges::binary_search(matches_.source_without_identity, uid))
        item.prefix = "Message-Id: <" + std::to_string(uid.value()) + "@imapsync>\r\n";
    return item;
}

/// A streamed message's date goes out before its octets, so it cannot be learned with them.
Task<Result<void>> MailboxSync::learn_dates_of_giants() {
    imap::UidSet giants;
    for (const TransferItem& item : items_)
        if (item.takes_served_date && item.size > run_.limits.hold) giants.insert(item.source);
    if (giants.empty()) co_return Result<void>{};
    MH_CO_TRY(dates, co_await list_dates(source_, std::move(giants)));
    for (TransferItem& item : items_) {
        const auto found = dates.find(item.source);
        if (found != dates.end()) item.date = found->second;
    }
    co_return Result<void>{};
}

/// A portion at a time, each looked at on the destination before the next: what must be kept in mind of a message on its
/// way is ten times what its listing takes, and a mailbox may hold a million.
Task<Result<void>> MailboxSync::copy() {
    const std::size_t portion = run_.portion;
    std::vector<imap::Uid> order = plan_.append;
    if (run_.limits.order == CopyOrder::newest) std::ranges::reverse(order);
    if (run_.rules.rewrite.is_anything()) {
        MH_CO_TRY(rewriting, Rewriting::make(run_.rules.rewrite, work_.report.source, work_.report.destination));
        rewriting_ = std::move(rewriting);
    }
    not_looked_at_ = to_.messages.empty() ? imap::Uid{1} : imap::Uid{to_.messages.back().uid.value() + 1};
    std::optional<ReaderDesk::Expectation> more;
    if (run_.limits.desk && order.size() > portion) more.emplace(*run_.limits.desk);
    for (std::span<const imap::Uid> left = order; !left.empty(); left = left.subspan(std::min(portion, left.size()))) {
        if (left.size() <= portion) more.reset();
        MH_CO_TRY_VOID(co_await copy_portion(left.first(std::min(portion, left.size()))));
    }
    co_return Result<void>{};
}

Task<Result<void>> MailboxSync::copy_portion(std::span<const imap::Uid> uids) {
    items_.clear();
    early_look_.reset();
    intended_ = 0;
    items_.reserve(uids.size());
    for (const imap::Uid uid : uids) items_.push_back(item_for(uid));
    MH_CO_TRY_VOID(co_await repair_dates());
    if (rewriting_) {
        MH_CO_TRY_VOID(co_await copy_items(0, limits_for_rewriting()));
        co_return co_await verify();
    }
    MH_CO_TRY_VOID(co_await learn_dates_of_giants());
    MH_CO_TRY_VOID(co_await copy_items(0, run_.limits));
    MH_CO_TRY_VOID(co_await copy_giants_whole());
    co_return co_await verify();
}

/// Those of items_ from `first` on.
Task<Result<void>> MailboxSync::copy_items(std::size_t first, TransferLimits limits) {
    TransferListener listener;
    Commitment commitment(run_.allowance, source_, destination_);
    listener.is_stopping = [this] { return run_.must_stop() || work_.leave_off; };
    listener.why_stopping = [this] {
        if (run_.must_stop()) return run_.why_stopping();
        return Error{Errc::cancelled, Scope::mailbox, Retry::now, "left off, to be taken up again"};
    };
    listener.may_ask = [this, first, &commitment](std::span<const std::size_t> which) {
        std::uint64_t octets = 0;
        std::uint64_t prefixes = 0;
        for (const std::size_t item : which) {
            octets += items_[first + item].size;
            prefixes += items_[first + item].prefix.size();
        }
        return commitment.ask(which.size(), octets, prefixes);
    };
    listener.sending = [this, first](std::span<const std::size_t> items) { return on_sending(first, items); };
    listener.copied = [this, first](std::span<const Copied> copied) { return on_copied(first, copied); };
    listener.failed = [this, first, &commitment](Failed failed) {
        constexpr std::uint64_t times_asked = 2;  // the second time alone
        if (failed.why.code == Errc::message_unreadable) commitment.give_back(times_asked * items_[first + failed.item].size);
        on_failed(first, std::move(failed));
    };
    listener.left_out = [this, first](std::size_t item, std::string why) { on_left_out(first + item, std::move(why)); };
    if (first == 0 && items_.size() <= few_to_look_at)
        early_look_.emplace(to_.selected, work_.report.destination, not_looked_at_);
    TransferTarget target{work_.report.destination, to_.selected.uid_validity,
                          run_.rules.repair ? OnRefusal::repair : OnRefusal::name, early_look_ ? &*early_look_ : nullptr,
                          rewriting_};
    const std::span<const TransferItem> items = std::span(items_).subspan(first);
    TransferOrigin origin{work_.report.source, from_.selected.uid_validity};
    auto moved = co_await transfer_messages(source_, destination_, std::move(origin), std::move(target), items, limits,
                                            std::move(listener));
    if (!moved.ok()) co_return std::move(moved).error().while_doing("copying " + name());
    co_return Result<void>{};
}

/// A message can be repaired only while it is held whole. One at a time, so that with its repaired copy it takes no more
/// memory than this lane may.
TransferLimits MailboxSync::limits_for_giants() const {
    TransferLimits limits = run_.limits;
    limits.in_memory = limits.hold = limits.window = run_.limits.in_memory / 2;
    limits.batch_messages = 1;
    limits.desk = nullptr;
    return limits;
}

/// What is to be changed is held whole, beside what is made of it: nothing streams by.
TransferLimits MailboxSync::limits_for_rewriting() const {
    TransferLimits limits = run_.limits;
    constexpr std::uint64_t waiting = 16U << 20;  // octets ahead of a slow command; a larger message is asked for alone
    limits.hold = limits.window = run_.limits.in_memory / 2;
    limits.in_memory = std::min(limits.in_memory, waiting);
    return limits;
}

/// Those that streamed by, were refused and may be repaired: once more, held.
Task<Result<void>> MailboxSync::copy_giants_whole() {
    if (giants_to_repair_.empty()) co_return Result<void>{};
    const std::size_t first = items_.size();
    for (const std::size_t item : giants_to_repair_) items_.push_back(TransferItem(items_[item]));
    giants_to_repair_.clear();
    co_return co_await copy_items(first, limits_for_giants());
}

/// Told for more than is asked for now: a write for each small group would cost more than looking at some hundred messages
/// once more does after a crash.
Result<void> MailboxSync::on_sending(std::size_t first, std::span<const std::size_t> items) {
    constexpr std::size_t intended_ahead = 500;
    const std::size_t last = first + *std::ranges::max_element(items);
    if (!pair_ || last < intended_) return {};
    const std::size_t end = std::min(items_.size(), last + intended_ahead);
    store::Intent intent;
    for (std::size_t item = intended_; item < end; ++item) intent.source.push_back(items_[item].source);
    intent.destination_uid_next = to_.selected.uid_next;
    intent.at = run_.now();
    intended_ = end;
    return run_.ledger.record_intent(*pair_, intent);
}

store::Entry MailboxSync::entry_for(const Copied& copied, imap::Uid destination) const {
    store::Entry entry;
    entry.source = items_[copied.item].source;
    entry.destination = destination;
    entry.sha256 = copied.sha256;
    entry.message_id = copied.message_id;
    entry.flags = from_.flags_of(*from_.find(entry.source));
    entry.at = run_.now();
    if (copied.repair) entry.repair = *copied.repair;
    return entry;
}

Result<void> MailboxSync::on_copied(std::size_t first, std::span<const Copied> copied) {
    std::vector<store::Entry> entries;
    for (Copied one : copied) {
        one.item += first;
        const TransferItem& item = items_[one.item];
        work_.copied_now.insert(item.source);
        ++work_.report.copied;
        if (one.repair && work_.repaired_now.emplace(item.source, one.repair->mended).second) ++work_.report.repaired;
        work_.report.copied_octets += Octets{one.size};
        run_.progress.octets_copied += Octets{one.size};
        if (!one.destination) {
            unmapped_.push_back(one);
            continue;
        }
        confirmed_.push_back(
            {item.source, *one.destination, one.item, one.sent, one.date, one.repair && !one.repair->is_as_asked()});
        entries.push_back(entry_for(one, *one.destination));
    }
    run_.progress.messages_copied += copied.size();
    run_.progress.messages_done += copied.size();
    work_.counted_done += copied.size();
    run_.show_progress();
    if (!pair_ || entries.empty()) return {};
    return run_.ledger.record(*pair_, entries);
}

void MailboxSync::on_left_out(std::size_t item, std::string why) {
    ++run_.progress.messages_done;
    ++work_.counted_done;
    ++work_.report.filtered;
    run_.observer.on_left_out({work_.report.source, items_[item].source, Octets{items_[item].size}, std::move(why)});
}

void MailboxSync::on_failed(std::size_t first, Failed failed) {
    failed.item += first;
    const bool is_second_time = first > 0;  // whatever its size turned out to be
    if (run_.rules.repair && !is_second_time && can_be_held(failed)) {
        giants_to_repair_.push_back(failed.item);
        return;
    }
    ++run_.progress.messages_done;
    ++work_.counted_done;
    failed.why.message += advice_on(failed);
    failures_.push_back({items_[failed.item].source, std::move(failed.why)});
}

bool MailboxSync::can_be_held(const Failed& failed) const {
    return failed.was_streamed && !failed.defects.empty() && items_[failed.item].size <= limits_for_giants().hold;
}

/// What repairing did, or would have done, about a message that is refused.
std::string MailboxSync::advice_on(const Failed& failed) const {
    if (failed.defects.empty()) return {};
    const std::string has = " (it has " + message::spell(failed.defects) + ": ";
    if (failed.was_repaired) return has + "refused after that was mended as well)";
    if (!run_.rules.repair) return has + "mailhaul sync --repair mends that and sends it again)";
    const std::uint64_t most = limits_for_giants().hold;
    if (items_[failed.item].size <= most) return has + "that cannot be mended)";
    return has + "above " + spell(Octets{most}) + ", so it cannot be repaired: give a larger --budget or fewer --connections)";
}

}  // namespace mailhaul::sync
