// SPDX-License-Identifier: Apache-2.0
// LaneGovernor: how many lanes an account has, when they rest, and whether their connections are compressed. It puts what is
// seen of the lanes to the rules of src/govern and remembers what they answer; AccountSync does it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "client/connection.hpp"
#include "govern/compression_trial.hpp"
#include "govern/pressure.hpp"
#include "govern/server_gate.hpp"
#include "govern/width.hpp"
#include "sync/executor/run_state.hpp"

namespace mailhaul::sync {

struct SideFlags {
    bool source = false;
    bool destination = false;
    bool operator==(const SideFlags&) const = default;
};

class LaneGovernor {
public:
    /// `source` and `destination` are logged in. `lanes`: what the operator wants; empty: it is found out.
    LaneGovernor(RunState& run, const client::Connection& source, const client::Connection& destination,
                 std::optional<std::uint32_t> lanes);

    [[nodiscard]] std::uint32_t wanted() const;
    /// Which connections are to be compressed, from the next one opened on.
    [[nodiscard]] SideFlags compress() const { return compress_; }

    /// After every message group: `connected` lanes are at work, with connections as compress() says where they are
    /// `are_alike`. True where connections are to be opened anew, as compress() says now.
    [[nodiscard]] bool note_progress(std::uint32_t connected, bool are_alike);
    /// Both servers are as far as this process knows ready for one more connection.
    [[nodiscard]] bool has_room() const;
    /// One more lane can be tried: nothing else is, or who knows what helped.
    [[nodiscard]] bool may_grow() const;

    /// True where an error is only a server's wish for fewer connections or for a pause, and it is granted. `others` are the
    /// lanes that stay connected.
    bool grants(const Error& error, std::uint32_t others);
    /// Until no server wants to be left in peace, or `is_over`.
    Task<void> wait_until_welcome(std::function<bool()> is_over);

private:
    using Clock = std::chrono::steady_clock;
    void look_at_others(Clock::time_point now);
    [[nodiscard]] bool consider_compression(std::uint64_t done, bool are_alike);
    [[nodiscard]] std::string_view compressed_sides() const;

    RunState& run_;
    SideFlags compress_;
    SideFlags first_compress_;                                  // as the operator wants it
    std::array<std::shared_ptr<govern::ServerGate>, 2> gates_;  // co-owned by all accounts on those servers; may be empty
    SideFlags may_try_;
    govern::Width width_;
    std::optional<std::uint32_t> most_;  // were this account alone; empty where the operator says how many
    std::uint32_t first_ = 1;            // likewise, to begin with
    std::uint32_t share_ = 1;            // of that, when last looked at
    Distance distance_ = Distance::near_by;
    std::optional<govern::CompressionTrial> trial_;  // as long as there is something to try
    govern::Pressure pressure_;
    std::uint64_t done_before_ = 0;  // octets and messages, as note_progress() weighs them
};

}  // namespace mailhaul::sync
