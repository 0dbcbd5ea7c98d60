// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/fetch_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "imap/types/uid_set.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::size_t set_octets = 900;  // one command stays under 1000 octets, which every server takes
constexpr std::uint64_t message_overhead = 512;

}  // namespace

std::uint64_t cost_of(const TransferItem& item, const TransferLimits& limits) {
    return std::min(item.size, limits.window) + message_overhead;
}

FetchQueue::FetchQueue(std::span<const TransferItem> items, const TransferLimits& limits, std::deque<Fetched>& ready)
    : items_(items), limits_(limits), ready_(ready), delivered_(items.size(), 0), turn_of_(items.size(), 0) {
    for (const TransferItem& item : items) octets_left_ += item.size + message_overhead;
}

bool FetchQueue::is_giant(std::size_t item) const { return items_[item].size > limits_.hold; }

bool FetchQueue::is_all_our_own(std::size_t turn) const {
    return std::ranges::none_of(turns_.begin(), turns_.lower_bound(turn), [](const auto& one) { return one.second.is_assistants; });
}

/// So that several are under way within what may be asked for ahead.
std::uint64_t FetchQueue::group_octets() const {
    if (!limits_.source_line) return limits_.fetch_octets;
    return std::min(limits_.fetch_octets, limits_.source_line->ahead() / groups_in_flight);
}

FetchGroup FetchQueue::peek(ReaderRole role) const {
    if (role == ReaderRole::own && !returned_.empty()) return returned_.front();
    if (next_item_ < items_.size()) {
        if (is_giant(next_item_) && (role == ReaderRole::assistant || !is_all_our_own(next_turn_))) return {};
        return peek_in_order();
    }
    // What comes alone may turn out to be a giant.
    if (role == ReaderRole::own && !again_.empty() && is_all_our_own(next_turn_)) return peek_alone(again_.front());
    return {};
}

FetchGroup FetchQueue::peek_alone(std::size_t item) const {
    FetchGroup group;
    group.is_alone = true;
    group.items.push_back(item);
    group.credit = cost_of(items_[item], limits_);
    return group;
}

FetchGroup FetchQueue::peek_in_order() const {
    FetchGroup group;
    const std::uint64_t most_octets = group_octets();
    imap::UidSet set;
    for (std::size_t item = next_item_; item < items_.size() && group.items.size() < limits_.fetch_messages; ++item) {
        const bool is_enough = group.credit + items_[item].size > most_octets || is_giant(item);
        if (!group.items.empty() && is_enough) break;
        set.insert(items_[item].source);
        if (group.items.size() % 16 == 15 && set.to_string().size() > set_octets - 200) break;
        group.items.push_back(item);
        group.credit += cost_of(items_[item], limits_);
        if (is_giant(item)) break;
    }
    return group;
}

void FetchQueue::take(FetchGroup& group, ReaderRole role) {
    if (group.holds_credit) {  // its turn is what it was
        returned_.pop_front();
        turns_.at(group.turn).is_assistants = false;
        return;
    }
    if (group.is_alone) {
        again_.pop_front();
        asked_alone_.insert(group.items.front());
    } else {
        next_item_ += group.items.size();
        for (const std::size_t item : group.items) octets_left_ -= items_[item].size + message_overhead;
    }
    group.turn = next_turn_++;
    for (const std::size_t item : group.items) turn_of_[item] = group.turn;
    turns_[group.turn] = {group.items.size(), role == ReaderRole::assistant, {}};
}

/// With the credit of what is not delivered: what came after it holds the rest, and waits for it.
void FetchQueue::give_back(FetchGroup group) {
    std::erase_if(group.items, [this](std::size_t item) { return is_delivered(item); });
    if (group.items.empty()) return;
    group.credit = 0;
    for (const std::size_t item : group.items) group.credit += cost_of(items_[item], limits_);
    group.holds_credit = true;
    returned_.push_back(std::move(group));
}

void FetchQueue::close(const FetchGroup& group) {
    const auto turn = turns_.find(group.turn);
    if (turn == turns_.end()) return;  // all of it has come
    turn->second.missing = 0;
    hand_over_in_turn();
}

void FetchQueue::deliver(Fetched fetched) {
    delivered_[fetched.item] = 1;
    const auto turn = turns_.find(turn_of_[fetched.item]);
    if (turn == turns_.begin()) ready_.push_back(std::move(fetched));
    else turn->second.early.push_back(std::move(fetched));
    --turn->second.missing;
    hand_over_in_turn();
}

void FetchQueue::hand_over_in_turn() {
    while (!turns_.empty() && turns_.begin()->second.missing == 0) {
        turns_.erase(turns_.begin());
        if (turns_.empty()) return;
        std::ranges::move(turns_.begin()->second.early, std::back_inserter(ready_));
        turns_.begin()->second.early.clear();
    }
}

void FetchQueue::ask_again(std::size_t item) { again_.push_back(item); }

bool FetchQueue::is_finished() const {
    return next_item_ >= items_.size() && again_.empty() && is_all_our_own(next_turn_);
}

}  // namespace mailhaul::sync
