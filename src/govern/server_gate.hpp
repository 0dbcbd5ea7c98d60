// SPDX-License-Identifier: Apache-2.0
// ServerGate: what all accounts of one process know together of one server: how many connections it lets them have, and
// when it wants to be left in peace. One thread, so nothing locks; every question comes with the time it is asked at.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "govern/pressure.hpp"

namespace mailhaul::govern {

class ServerGate {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `first_wait`: what a server gets that asks for a pause and names no time.
    explicit ServerGate(std::chrono::milliseconds first_wait = std::chrono::seconds(30)) : pressure_(first_wait) {}

    /// One connection, from before it is dialed until it is closed.
    class Seat {
    public:
        explicit Seat(std::shared_ptr<ServerGate> gate) : gate_(std::move(gate)) {
            if (gate_) ++gate_->open_;
        }
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        ~Seat() {
            if (gate_) --gate_->open_;
        }

    private:
        std::shared_ptr<ServerGate> gate_;  // co-owned by all accounts on that server
    };

    /// An account that has no connection yet waits for one, for as long as this lives.
    class Queuing {
    public:
        explicit Queuing(ServerGate& gate) : gate_(gate) { ++gate_.waiting_; }
        Queuing(const Queuing&) = delete;
        Queuing& operator=(const Queuing&) = delete;
        ~Queuing() { --gate_.waiting_; }

    private:
        ServerGate& gate_;
    };

    /// True where one more connection may be tried.
    [[nodiscard]] bool is_open(Time now) const;
    /// Somebody has none: those who have several should do with fewer.
    [[nodiscard]] bool is_queued_for() const { return waiting_ > 0; }

    /// The first connection of an account was refused with `error`. True where it is worth waiting until is_open(): others
    /// of ours hold what there is, or the server asks for a pause that a run waits for.
    bool note_refusal(const Error& error, Time now);
    /// An account got in: the server is well.
    void note_welcome() { pressure_.note_progress(); }

    /// How long an account had to wait for an answer.
    void note_round_trip(std::chrono::microseconds took) { quickest_ = std::min(quickest_, took); }
    /// The shortest of them; without any, as long as can be.
    [[nodiscard]] std::chrono::microseconds quickest() const { return quickest_; }

private:
    std::uint32_t open_ = 0;
    std::uint32_t waiting_ = 0;
    std::optional<std::uint32_t> wall_;  // not more than those
    Time wall_ends_{};
    std::chrono::microseconds quickest_ = std::chrono::microseconds::max();
    Pressure pressure_;
};

}  // namespace mailhaul::govern
