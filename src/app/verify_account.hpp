// SPDX-License-Identifier: Apache-2.0
// Use case: prove that the destination holds what the ledger says was brought there. Reads; changes nothing on either side,
// and nothing in the ledger.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "async/task.hpp"
#include "client/access.hpp"
#include "proof/verification.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::app {

struct VerifyRequest {
    VerifyRequest() = default;
    client::Access source;  ///< names the ledger, even where it is not connected to
    client::Access destination;
    proof::Level level = proof::Level::listed;
    proof::Share sample = proof::everything;
    std::uint64_t seed = 0;                       ///< chooses the sample
    bool ask_source = true;                       ///< false: never connect to it; not with `counted` or `headers`
    std::string ledger_path;                      ///< empty: default_ledger_path()
    std::chrono::milliseconds first_pause{1000};  ///< before a mailbox that failed is tried again; doubles with every try
    bool protocol_log = false;                    ///< print the dialogue to standard error, secrets redacted
    std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
};

struct VerifyReport {
    sync::SideReport source;  ///< `server` is empty where it was not connected to
    sync::SideReport destination;
    proof::Verification found;
    std::chrono::milliseconds elapsed{0};
    std::optional<Error> error;  ///< what ended the run early: `found` is then not complete, and nothing is proven
    std::optional<sync::SideName> error_side;
    [[nodiscard]] bool holds() const { return !error && found.holds(); }
};

/// Told of each mailbox when it is done with, and of what is not as it should be in it.
class VerifyObserver : public sync::Observer {
public:
    virtual void on_verified(const proof::MailboxResult& /*mailbox*/, std::span<const proof::Finding> /*findings*/) {}
};

/// True where the level cannot do without the source.
bool needs_source(proof::Level level);

/// Never throws, never fails: what went wrong stands in the report.
Task<VerifyReport> verify_account(VerifyRequest request, VerifyObserver& observer);

/// Runs it on an event loop of its own; SIGINT and SIGTERM abandon it, as nothing is under way that could be finished.
VerifyReport run_verify(VerifyRequest request, VerifyObserver& observer);

/// Exit status for `report`; documented in docs/exit-codes.md.
int exit_status(const VerifyReport& report);

}  // namespace mailhaul::app
