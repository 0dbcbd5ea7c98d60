// SPDX-License-Identifier: Apache-2.0
// Fetch stage: asks the source for bodies and hands them over in order. See transfer.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "client/connection.hpp"
#include "sync/executor/handover.hpp"

namespace mailhaul::sync {

class FetchStage : public client::DataSink {
public:
    FetchStage(client::Connection& source, Handover& handover);
    ~FetchStage() override;

    /// Fetches every item; returns when all are handed over or told as failed, or the handover stopped.
    Task<void> run();

    void on_body_begin(const imap::BodyBegin& begin) override;
    void on_body_data(std::string_view octets) override;
    void on_body_end() override;
    void on_response(imap::Response&& response) override;
    [[nodiscard]] bool is_full() const override { return arriving_.pipe && arriving_.pipe->is_full(); }
    Task<void> room() override;

private:
    using Clock = std::chrono::steady_clock;
    /// One UID FETCH: items [first, first + count).
    struct Group {
        std::vector<std::size_t> items;
        std::uint64_t credit = 0;
        Clock::time_point asked_at;
        bool is_second_try = false;  ///< one message alone
        imap::CommandId command;
    };
    /// The body being received.
    struct Arriving {
        std::optional<std::size_t> item;
        std::uint64_t size = 0;
        std::string octets;
        std::optional<message::Sha256Stream> digest;  ///< of `octets`, taken while they are still near
        bool has_nul = false;
        std::shared_ptr<BodyPipe> pipe;
        bool discard = false;  ///< too large to hold and not known whose it is: asked for again alone
    };

    [[nodiscard]] Group next_group();
    [[nodiscard]] std::uint64_t group_octets() const;
    [[nodiscard]] bool is_enough_asked_for(const Group& next) const;
    void note_arrived(const Group& group);
    [[nodiscard]] std::uint64_t cost_of(const TransferItem& item) const;
    [[nodiscard]] std::optional<std::size_t> item_of(imap::Uid uid) const;
    Task<bool> request(Group group);
    Task<void> finish_oldest();
    [[nodiscard]] std::optional<imap::InternalDate> date_of(std::size_t item) const;
    [[nodiscard]] bool must_learn_date(std::size_t item) const;
    void keep(std::string_view octets);
    void hand_over_held(std::size_t item);
    void hand_over_pipe(std::size_t item, const imap::BodyBegin& begin);
    void note_delivered();

    client::Connection& source_;
    Handover& handover_;
    std::size_t next_item_ = 0;
    std::vector<std::size_t> again_;       // to be asked for alone, once
    std::unordered_set<std::size_t> asked_alone_;
    std::unordered_map<std::size_t, imap::InternalDate> served_dates_;  // of what is not handed over yet
    std::vector<std::uint8_t> delivered_;  // per item
    std::unordered_map<imap::Uid, std::size_t> requested_;
    std::deque<Group> in_flight_;
    Clock::time_point last_arrived_at_;  ///< the last group that was answered
    Arriving arriving_;
    std::size_t undelivered_ = 0;  // asked for, and neither handed over nor given up
    ActivityMark stalled_;
};

}  // namespace mailhaul::sync
