// SPDX-License-Identifier: Apache-2.0
// Fetch stage: one reader: asks the source for bodies and hands them over. See transfer.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "client/connection.hpp"
#include "sync/executor/activity_mark.hpp"
#include "sync/executor/handover.hpp"
#include "sync/executor/held_body.hpp"

namespace mailhaul::sync {

class FetchStage : public client::DataSink {
public:
    /// `must_leave`: of an assistant, whether it should ask for nothing more.
    FetchStage(client::Connection& source, Handover& handover, ReaderRole role = ReaderRole::own,
               std::function<bool()> must_leave = nullptr);
    ~FetchStage() override;

    /// The transfer's own reader fetches every item; returns when all are handed over or told as failed, or the handover
    /// stopped. An assistant returns as soon as nothing is left to be asked for, or it cannot go on: then with the reason, and
    /// what it has not brought is given back.
    Task<Result<void>> run();

    void on_body_begin(const imap::BodyBegin& begin) override;
    [[nodiscard]] client::Space body_space(std::size_t most) override;
    void on_body_data(std::string_view octets) override;
    void on_body_end() override;
    void on_response(imap::Response&& response) override;
    void on_answer() override { handover_.wake_readers(); }
    [[nodiscard]] bool is_full() const override { return arriving_.pipe && arriving_.pipe->is_full(); }
    Task<void> room() override;

private:
    using Clock = std::chrono::steady_clock;
    struct Asked {
        FetchGroup group;
        Clock::time_point at;
        imap::CommandId command;
    };
    /// The body being received.
    struct Arriving {
        std::optional<std::size_t> item;
        std::uint64_t size = 0;
        HeldBody held;
        std::shared_ptr<BodyPipe> pipe;
        bool discard = false;  ///< too large to hold and not to be streamed: asked for again alone
    };

    [[nodiscard]] bool must_end() const;
    [[nodiscard]] bool has_answer() const;
    [[nodiscard]] bool is_enough_asked_for(const FetchGroup& next) const;
    Task<bool> wait_for_others();
    Task<void> wait_for_credit();
    void note_arrived(const Asked& asked);
    [[nodiscard]] std::optional<std::size_t> item_of(imap::Uid uid) const;
    bool request(FetchGroup group);
    Task<void> finish_oldest();
    void fail(Error why);
    void settle(const FetchGroup& group, const imap::StatusResponse& status);
    [[nodiscard]] std::optional<imap::InternalDate> date_of(std::size_t item) const;
    [[nodiscard]] bool must_learn_date(std::size_t item) const;
    [[nodiscard]] bool may_stream(std::size_t item) const;
    void hand_over_held(std::size_t item);
    void hand_over_pipe(std::size_t item, const imap::BodyBegin& begin);
    void note_delivered();

    client::Connection& source_;
    Handover& handover_;
    FetchQueue& queue_;
    ReaderRole role_;
    std::function<bool()> must_leave_;
    std::unordered_map<std::size_t, imap::InternalDate> served_dates_;  // of what is not handed over yet
    std::unordered_map<imap::Uid, std::size_t> requested_;
    std::deque<Asked> in_flight_;
    Clock::time_point last_arrived_at_;  ///< the last group that was answered
    Arriving arriving_;
    std::size_t undelivered_ = 0;  // asked for, and neither handed over nor given up
    bool waits_for_credit_ = false;
    std::optional<Error> failure_;  // of an assistant
    ActivityMark stalled_;
};

}  // namespace mailhaul::sync
