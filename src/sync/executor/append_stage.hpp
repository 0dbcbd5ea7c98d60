// SPDX-License-Identifier: Apache-2.0
// Append stage: stores what the fetch stage hands over, in order, and tells the fate of each message. See transfer.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "client/connection.hpp"
#include "sync/executor/activity_mark.hpp"
#include "sync/executor/early_look.hpp"
#include "sync/executor/handover.hpp"

namespace mailhaul::sync {

class AppendStage {
public:
    AppendStage(client::Connection& destination, TransferTarget target, Handover& handover);

    /// Appends until the fetch stage is done and everything is confirmed, or the handover stopped.
    Task<void> run();

private:
    /// Wakes the stage when the destination answers, or is gone: nobody else would look while a giant is under way.
    class AnswerBell : public client::DataSink {
    public:
        AnswerBell(Handover& handover, EarlyLook* look) : handover_(handover), look_(look) {}
        void on_answer() override { handover_.changed.notify(); }
        void on_response(imap::Response&& response) override {
            if (look_ != nullptr) look_->hear(std::move(response));
        }

    private:
        Handover& handover_;
        EarlyLook* look_;
    };
    using Clock = std::chrono::steady_clock;
    struct Batch {
        std::vector<Fetched> messages;
        std::uint64_t octets = 0;
        Clock::time_point begun;
        imap::CommandId command;
        bool is_held = false;  ///< sent but for its end, which waits for the answer to what was sent before it
    };

    Task<Batch> next_batch();
    Task<bool> rewrite(Fetched& message);
    Task<void> keep_pace(Pace& pace, std::size_t messages);
    [[nodiscard]] bool keeps_order() const { return handover_.limits.order != CopyOrder::any; }
    [[nodiscard]] bool holds_several_in_flight() const;
    [[nodiscard]] bool can_be_held(const Batch& batch) const;
    [[nodiscard]] bool may_send(const Batch& batch) const;
    [[nodiscard]] bool is_full(const Batch& batch) const;
    [[nodiscard]] bool waited_long_enough(const Batch& batch) const;
    void send(Batch batch);
    [[nodiscard]] imap::Command command_for(const Batch& batch, std::shared_ptr<BodyPipe>& pipe) const;
    Task<void> settle_all();
    Task<void> settle_oldest();
    void release_next();
    Task<std::optional<Batch>> take_back_next();
    void confirm(Batch batch, const imap::StatusResponse& status);
    Task<void> refused(Batch batch, imap::StatusResponse status);
    Task<void> refused_alone(Batch batch, Error refusal);
    Task<void> send_repaired(Batch batch, Failed failed);
    void give_up(const Batch& batch, Failed failed);
    Task<void> isolate(std::vector<Batch> parts);
    void forget(const Batch& batch);

    client::Connection& destination_;
    TransferTarget target_;
    Handover& handover_;
    bool batches_;           // MULTIAPPEND
    int batches_alone_ = 0;  // so many more are sent only once nothing is under way
    std::deque<Batch> in_flight_;
    ActivityMark starved_;
    ActivityMark resting_;
};

}  // namespace mailhaul::sync
