// SPDX-License-Identifier: Apache-2.0
// Append stage: stores what the fetch stage hands over, in order, and tells the fate of each message. See transfer.hpp.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "client/connection.hpp"
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
        explicit AnswerBell(Handover& handover) : handover_(handover) {}
        void on_answer() override { handover_.changed.notify(); }

    private:
        Handover& handover_;
    };
    struct Batch {
        std::vector<Fetched> messages;
        std::uint64_t octets = 0;
        imap::CommandId command;
    };

    Task<Batch> next_batch();
    Task<void> keep_pace(Pace& pace, std::size_t messages);
    [[nodiscard]] bool must_settle() const;
    [[nodiscard]] bool is_full(const Batch& batch) const;
    void send(Batch batch);
    [[nodiscard]] imap::Command command_for(const Batch& batch, std::shared_ptr<BodyPipe>& pipe) const;
    Task<void> settle_oldest();
    void confirm(Batch batch, const imap::StatusResponse& status);
    Task<void> refused(Batch batch, imap::StatusResponse status);
    Task<void> refused_alone(Batch batch, Error refusal);
    Task<void> send_repaired(Batch batch, Failed failed);
    void give_up(const Batch& batch, Failed failed);
    Task<void> isolate(Batch batch);
    void forget(const Batch& batch);

    client::Connection& destination_;
    TransferTarget target_;
    Handover& handover_;
    bool batches_;  // MULTIAPPEND
    std::deque<Batch> in_flight_;
};

}  // namespace mailhaul::sync
