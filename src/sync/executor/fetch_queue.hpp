// SPDX-License-Identifier: Apache-2.0
// FetchQueue: what of a transfer is still to be asked for, in groups; and the order in which what arrives is handed over,
// which is the order it was asked for, however many connections read (docs/decisions/0050-several-readers.md).
//
// One reader is the transfer's own and ends it; others may join and leave. What one that is lost has not brought is asked for
// by the own one again. Holds no clock and asks nobody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <unordered_set>
#include <vector>

#include "sync/executor/fetched.hpp"
#include "sync/executor/transfer.hpp"

namespace mailhaul::sync {

constexpr std::size_t groups_in_flight = 3;  // of one reader: the one being received, and the next already on its way

/// Items asked for by one UID FETCH.
struct FetchGroup {
    std::vector<std::size_t> items;
    std::uint64_t credit = 0;     ///< octets of memory it may need, as those of it not delivered do
    std::size_t turn = 0;         ///< its place among all groups
    bool is_alone = false;        ///< one item that did not come among others
    bool holds_credit = false;    ///< given back by a reader that was lost
};

enum class ReaderRole : std::uint8_t {
    own,
    assistant,  ///< takes no giants and nothing twice: what streams by must not wait for others
};

/// Octets of memory a message may need on its way.
std::uint64_t cost_of(const TransferItem& item, const TransferLimits& limits);

class FetchQueue {
public:
    /// All outlive the queue. What is delivered goes to `ready`.
    FetchQueue(std::span<const TransferItem> items, const TransferLimits& limits, std::deque<Fetched>& ready);

    /// What this reader should ask for next; without items: nothing now.
    [[nodiscard]] FetchGroup peek(ReaderRole role) const;
    /// It does; `group` is what peek() told just now. Gives the group its turn.
    void take(FetchGroup& group, ReaderRole role);
    /// An assistant will not bring what of it is not delivered.
    void give_back(FetchGroup group);
    /// Its reader is done with it: what is not delivered was given up, or is to be asked for again.
    void close(const FetchGroup& group);

    void deliver(Fetched fetched);
    /// To be asked for once more, alone.
    void ask_again(std::size_t item);
    /// There is nothing to be handed over: its fate is told.
    void give_up(std::size_t item) { delivered_[item] = 1; }

    [[nodiscard]] bool is_delivered(std::size_t item) const { return delivered_[item] != 0; }
    [[nodiscard]] bool was_asked_alone(std::size_t item) const { return asked_alone_.contains(item); }
    /// No reader has anything to do, nor will have.
    [[nodiscard]] bool is_finished() const;
    /// Whether assistants may yet find something.
    [[nodiscard]] bool is_any_left() const { return next_item_ < items_.size(); }
    /// It may be streamed by the transfer's own reader: nothing that must be handed over before it depends on another one.
    [[nodiscard]] bool may_stream(std::size_t item) const { return is_all_our_own(turn_of_[item]); }
    /// Octets that nobody asked for yet, and what their messages cost besides.
    [[nodiscard]] std::uint64_t octets_left() const { return octets_left_; }

private:
    struct Turn {
        std::size_t missing = 0;     // items
        bool is_assistants = false;  // asked for by one, or given back by one and asked for by nobody yet
        std::deque<Fetched> early;   // until its turn comes
    };

    [[nodiscard]] bool is_giant(std::size_t item) const;
    /// Of the groups before `turn`, that something is missing of.
    [[nodiscard]] bool is_all_our_own(std::size_t turn) const;
    [[nodiscard]] std::uint64_t group_octets() const;
    [[nodiscard]] FetchGroup peek_alone(std::size_t item) const;
    [[nodiscard]] FetchGroup peek_in_order() const;
    void hand_over_in_turn();

    std::span<const TransferItem> items_;
    const TransferLimits& limits_;
    std::deque<Fetched>& ready_;
    std::size_t next_item_ = 0;
    std::deque<FetchGroup> returned_;
    std::deque<std::size_t> again_;
    std::unordered_set<std::size_t> asked_alone_;
    std::vector<std::uint8_t> delivered_;  // per item
    std::vector<std::size_t> turn_of_;     // per item
    std::map<std::size_t, Turn> turns_;    // those with something missing, and what stands behind them
    std::size_t next_turn_ = 0;
    std::uint64_t octets_left_ = 0;
};

}  // namespace mailhaul::sync
