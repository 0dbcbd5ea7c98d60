// SPDX-License-Identifier: Apache-2.0
// MailboxProof: does the destination hold what the ledger says of one mailbox pair? Looks, and changes nothing.
//
// The destination's octets are digested as they stream by and compared with the ledger's SHA-256 of the source's. Only where
// they differ, or the ledger has none, the source is asked for the same message, to say what differs. Works in batches, so
// memory is flat, and what a lost connection costs is one batch. Leaves out flags and dates.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "proof/compare_message.hpp"
#include "proof/verification.hpp"
#include "sync/executor/read_shapes.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

/// How to look, and where to find the source.
struct ProofOptions {
    ProofOptions() = default;
    proof::Level level = proof::Level::listed;  ///< not `counted`, which is a question about accounts: count_mailboxes.hpp
    proof::Share sample = proof::everything;
    std::uint64_t seed = 0;
    /// The source's connection, opened when it is first needed; empty: it is not to be asked.
    std::function<Task<Result<client::Connection*>>()> source;
    /// Messages looked at since the last call, whatever was found.
    std::function<void(std::uint64_t)> progress;
};

class MailboxProof {
public:
    /// `entries` ascending by source UID. `index` is the mailbox's, for its findings.
    MailboxProof(ProofOptions options, store::PairKey pair, std::vector<store::Entry> entries, std::size_t index);

    /// Looks at what is not yet looked at. After an Error it may be called again, on another connection as well.
    Task<Result<void>> run(client::Connection& destination);

    /// What was found; of messages not looked at, that. Once.
    proof::MailboxResult result() &&;
    [[nodiscard]] const std::vector<proof::Finding>& findings() const { return findings_; }

private:
    using Batch = std::vector<store::Entry>;

    Task<Result<bool>> open_and_list(client::Connection& destination);
    Task<Result<client::Connection*>> open_source();
    Task<Result<void>> compare_headers(client::Connection& destination, const Batch& batch);
    Task<Result<void>> compare_bodies(client::Connection& destination, const Batch& batch);
    void judge_bodies(const Batch& doubtful, const Shapes& from, const Shapes& to, bool source_was_read);
    void judge_without_source();
    void name(const store::Entry& entry, proof::Verdict verdict, std::string words, std::vector<std::string> header_lines = {});
    void all_missing(std::string remark);
    [[nodiscard]] Batch next_batch();

    ProofOptions options_;
    std::vector<store::Entry> entries_;
    std::size_t index_;
    proof::MailboxResult result_;
    std::vector<proof::Finding> findings_;
    bool is_listed_ = false;
    std::vector<store::Entry> to_read_;  // of entries_, those that the sample takes and the listing shows
    std::size_t next_ = 0;               // into to_read_
    std::uint64_t not_shown_ = 0;        // by the source, which would have to be asked
};

}  // namespace mailhaul::sync
