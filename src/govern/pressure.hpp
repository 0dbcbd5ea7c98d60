// SPDX-License-Identifier: Apache-2.0
// Pressure: what a server that asks for a pause gets. One for each account on a server; whoever uses it looks here first.
#pragma once

#include <chrono>
#include <optional>

namespace mailhaul::govern {

class Pressure {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `first_wait`: what a server gets that names no time.
    explicit Pressure(std::chrono::milliseconds first_wait = std::chrono::seconds(30)) : first_wait_(first_wait) {}

    /// The server refused, and asked for `asked` or named no time; then it gets `first_wait`, and twice as long each time
    /// until something is carried again. Returns until when; empty where that is longer than a run waits (a quarter of an
    /// hour), or was asked for too often in a row.
    std::optional<Time> note_refusal(std::optional<std::chrono::milliseconds> asked, Time now);

    /// Something was carried: the server is well again.
    void note_progress() { in_a_row_ = 0; }

    /// Nothing may be asked of it before.
    [[nodiscard]] Time closed_until() const { return closed_until_; }
    [[nodiscard]] std::chrono::milliseconds waited() const { return waited_; }

private:
    std::chrono::milliseconds first_wait_;
    int in_a_row_ = 0;
    Time closed_until_{};
    std::chrono::milliseconds waited_{0};
};

}  // namespace mailhaul::govern
