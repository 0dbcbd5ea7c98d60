// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/fetch_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace mailhaul::sync {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t giant = 10u << 20;

class Queue {
public:
    explicit Queue(const std::vector<std::uint64_t>& sizes, std::size_t in_a_group = 2)
        : items(items_of(sizes)), limits(limits_with(in_a_group)), queue(items, limits, ready) {}

    static std::vector<TransferItem> items_of(const std::vector<std::uint64_t>& sizes) {
        std::vector<TransferItem> items;
        for (const std::uint64_t size : sizes) {
            TransferItem& item = items.emplace_back();
            item.source = imap::Uid(static_cast<std::uint32_t>(items.size()));
            item.size = size;
        }
        return items;
    }
    static TransferLimits limits_with(std::size_t in_a_group) {
        TransferLimits limits;
        limits.fetch_messages = in_a_group;
        return limits;
    }

    FetchGroup take(ReaderRole role) {
        FetchGroup group = queue.peek(role);
        if (!group.items.empty()) queue.take(group, role);
        return group;
    }
    void deliver(std::size_t item) {
        Fetched fetched;
        fetched.item = item;
        queue.deliver(std::move(fetched));
    }
    void bring(const FetchGroup& group) {
        for (const std::size_t item : group.items)
            if (!queue.is_delivered(item)) deliver(item);
        queue.close(group);
    }
    [[nodiscard]] std::vector<std::size_t> handed_over() const {
        std::vector<std::size_t> order;
        for (const Fetched& one : ready) order.push_back(one.item);
        return order;
    }

    std::vector<TransferItem> items;
    TransferLimits limits;
    std::deque<Fetched> ready;
    FetchQueue queue;
};

TEST(FetchQueue, what_arrives_early_waits_for_its_turn) {
    Queue all({1, 1, 1, 1, 1});
    const FetchGroup first = all.take(ReaderRole::own);
    const FetchGroup second = all.take(ReaderRole::assistant);
    const FetchGroup third = all.take(ReaderRole::own);
    all.bring(second);
    EXPECT_THAT(all.handed_over(), IsEmpty());
    all.bring(third);
    EXPECT_THAT(all.handed_over(), IsEmpty());
    all.deliver(first.items[0]);
    EXPECT_THAT(all.handed_over(), ElementsAre(0));
    all.deliver(first.items[1]);
    EXPECT_THAT(all.handed_over(), ElementsAre(0, 1, 2, 3, 4));
    EXPECT_TRUE(all.queue.is_finished());
}

TEST(FetchQueue, what_a_lost_assistant_has_not_brought_is_the_own_readers_next_and_keeps_its_turn_and_its_credit) {
    Queue all({1, 1, 1, 1, 1, 1});
    FetchGroup lost = all.take(ReaderRole::assistant);
    const FetchGroup later = all.take(ReaderRole::own);
    all.deliver(lost.items[0]);
    all.bring(later);
    all.queue.give_back(lost);
    EXPECT_FALSE(all.queue.is_finished());
    const FetchGroup again = all.take(ReaderRole::own);
    EXPECT_THAT(again.items, ElementsAre(1));
    EXPECT_TRUE(again.holds_credit);
    EXPECT_EQ(again.credit, cost_of(all.items[1], all.limits));
    all.bring(again);
    EXPECT_THAT(all.handed_over(), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(all.take(ReaderRole::assistant).items, ElementsAre(4, 5));
}

TEST(FetchQueue, a_group_given_back_whole_is_asked_for_whole) {
    Queue all({1, 1});
    all.queue.give_back(all.take(ReaderRole::assistant));
    EXPECT_THAT(all.queue.peek(ReaderRole::assistant).items, IsEmpty());
    EXPECT_THAT(all.take(ReaderRole::own).items, ElementsAre(0, 1));
}

TEST(FetchQueue, a_giant_is_the_own_readers_and_waits_for_what_others_still_bring) {
    Queue all({1, 1, giant, 1});
    const FetchGroup small = all.take(ReaderRole::assistant);
    EXPECT_THAT(all.queue.peek(ReaderRole::own).items, IsEmpty());
    EXPECT_THAT(all.queue.peek(ReaderRole::assistant).items, IsEmpty());
    EXPECT_TRUE(all.queue.is_any_left());
    all.bring(small);
    EXPECT_THAT(all.queue.peek(ReaderRole::assistant).items, IsEmpty());
    const FetchGroup alone = all.take(ReaderRole::own);
    EXPECT_THAT(alone.items, ElementsAre(2));
    const FetchGroup behind = all.take(ReaderRole::assistant);
    EXPECT_TRUE(all.queue.may_stream(2));
    EXPECT_THAT(behind.items, ElementsAre(3));
}

TEST(FetchQueue, a_giant_does_not_wait_for_what_comes_over_the_same_connection) {
    Queue all({1, 1, giant});
    const FetchGroup small = all.take(ReaderRole::own);
    EXPECT_THAT(small.items, ElementsAre(0, 1));
    EXPECT_THAT(all.take(ReaderRole::own).items, ElementsAre(2));
}

TEST(FetchQueue, an_item_that_did_not_come_is_asked_for_alone_after_all_others) {
    Queue all({1, 1, 1, 1});
    const FetchGroup first = all.take(ReaderRole::own);
    all.deliver(1);
    all.queue.ask_again(0);
    all.queue.close(first);
    EXPECT_THAT(all.handed_over(), ElementsAre(1));
    const FetchGroup others = all.take(ReaderRole::assistant);
    EXPECT_THAT(all.queue.peek(ReaderRole::own).items, IsEmpty()) << "it may turn out to be a giant";
    all.bring(others);
    const FetchGroup alone = all.take(ReaderRole::own);
    EXPECT_TRUE(alone.is_alone);
    EXPECT_THAT(alone.items, ElementsAre(0));
    EXPECT_TRUE(all.queue.was_asked_alone(0));
    all.queue.give_up(0);
    all.queue.close(alone);
    EXPECT_TRUE(all.queue.is_finished());
}

/// Readers join, bring part of what they took, lose their connection or do not find a message, in any order.
RC_GTEST_PROP(FetchQueue, everything_is_handed_over_once_and_in_order_but_for_what_did_not_come, ()) {
    const auto sizes = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(
        rc::gen::weightedElement<std::uint64_t>({{8, 100}, {2, 30'000}, {1, giant}})));
    Queue all(std::vector<std::uint64_t>(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(sizes.size(), 60))), 3);
    std::vector<std::pair<ReaderRole, FetchGroup>> open;
    std::vector<std::size_t> late;
    const auto bring_one = [&](std::size_t which, bool is_lost, bool finds_all) {
        const auto [role, group] = open[which];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
        for (const std::size_t item : group.items) {
            if (all.queue.is_delivered(item)) continue;
            if (is_lost && role == ReaderRole::assistant) break;
            if (!finds_all && !group.is_alone) {
                all.queue.ask_again(item);
                late.push_back(item);
                finds_all = true;
                continue;
            }
            all.deliver(item);
        }
        if (is_lost && role == ReaderRole::assistant) all.queue.give_back(group);
        else all.queue.close(group);
    };
    for (int steps = 0; !all.queue.is_finished() || !open.empty(); ++steps) {
        RC_ASSERT(steps < 5000);
        const ReaderRole role = *rc::gen::element(ReaderRole::own, ReaderRole::assistant);
        const FetchGroup taken = steps % 2 == 0 ? all.take(role) : FetchGroup();
        if (!taken.items.empty()) open.emplace_back(role, taken);
        else if (!open.empty())
            bring_one(*rc::gen::inRange<std::size_t>(0, open.size()), *rc::gen::weightedElement<bool>({{3, false}, {1, true}}),
                      *rc::gen::weightedElement<bool>({{9, true}, {1, false}}));
    }
    std::vector<std::size_t> in_order = all.handed_over();
    RC_ASSERT(in_order.size() == all.items.size());
    std::erase_if(in_order, [&](std::size_t item) { return std::ranges::find(late, item) != late.end(); });
    RC_ASSERT(std::ranges::is_sorted(in_order));
    RC_ASSERT(all.queue.octets_left() == 0U);
}

}  // namespace
}  // namespace mailhaul::sync
