// SPDX-License-Identifier: Apache-2.0
// Use case: move a sample account between two servers inside this program, and prove what arrived.
//
// The proof does not ask mailhaul: it compares what both stores hold, message by message. A second pass must then find
// nothing to do. Everything lives in memory and in a temporary folder that is removed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/octets.hpp"
#include "base/result.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::app {

struct DemoOptions {
    DemoOptions() = default;
    std::uint64_t seed = 1;         ///< of the sample mail
    bool protocol_log = false;      ///< print the dialogue to standard error
    std::uint32_t connections = 4;  ///< at most, per server
};

/// What two stores hold, compared by octets, flags, internal date and mailbox.
struct DemoProof {
    std::uint32_t mailboxes = 0;           ///< of the source, compared
    std::uint64_t messages = 0;            ///< equal on both sides
    Octets octets;                         ///< of those
    std::vector<std::string> differences;  ///< words for people; empty: both sides are equal
};

struct DemoOutcome {
    sync::Report first;                      ///< the pass that copied
    sync::Report second;                     ///< the pass that must find nothing to do
    DemoProof proof;                         ///< taken after both
    std::uint64_t second_pass_commands = 0;  ///< both servers together
    std::uint64_t second_pass_appends = 0;

    [[nodiscard]] bool holds() const { return proof.differences.empty() && proof.messages > 0 && second_pass_appends == 0; }
};

/// Error: connect_failed or store_failed where the stage cannot be set. What the passes met stands in their reports.
Task<Result<DemoOutcome>> demo_outcome(DemoOptions options, sync::Observer& observer);

/// Runs it on an event loop of its own.
Result<DemoOutcome> run_demo(DemoOptions options, sync::Observer& observer);

/// Where one of the demo's servers listens, and who may log in. Not secret: it is sample mail.
struct DemoServer {
    std::string style;  ///< `old: "." between levels, all below INBOX., no LITERAL+`
    std::string host;
    std::uint16_t port = 0;
    std::string user;
    std::string password;
};

struct ServeOptions {
    ServeOptions() = default;
    std::uint64_t seed = 1;
    /// Called once both listen: the old server, full of mail, and the new one, empty.
    std::function<void(const DemoServer& source, const DemoServer& destination)> on_ready;
};

/// Keeps both servers up until SIGINT or SIGTERM. Error: as demo_outcome().
Result<void> serve_demo(ServeOptions options);

}  // namespace mailhaul::app
