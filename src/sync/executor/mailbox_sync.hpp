// SPDX-License-Identifier: Apache-2.0
// MailboxSync: one pass over one mailbox pair: observe, recognise, plan, carry out, verify.
//
// May be run again after a failure: every step begins from what the servers and the ledger say, so nothing is copied
// twice and nothing is forgotten.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "store/ledger.hpp"
#include "sync/executor/report.hpp"
#include "sync/executor/run_state.hpp"
#include "sync/mapping/map_mailboxes.hpp"
#include "sync/planner/plan.hpp"

namespace mailhaul::sync {

/// One mailbox pair and what earlier tries of this run did for it.
struct MailboxWork {
    MailboxReport report;
    bool destination_exists = true;  ///< false only in a dry run
    /// In a dry run: a mailbox that would be renamed, as what the ledger and the destination still have it.
    std::optional<store::PairKey> still_under;
    bool shares_destination = false;      ///< other source mailboxes go to the same one: its strangers may be theirs
    std::uint32_t expected_messages = 0;  ///< from STATUS; weighs the queue and the forecast
    int tries = 0;
    std::set<imap::Uid> copied_now;  ///< source UIDs this run has copied
    std::set<imap::Uid> failed_now;  ///< named already
    std::set<imap::Uid> let_go;      ///< destination UIDs whose deletion this run has allowed
    /// Set where nothing is left to do but the destination's counters after it are not known yet: `destination_messages`
    /// and `destination_uid_next` are what they must be if nobody else stored anything.
    std::optional<std::pair<store::PairKey, store::Settled>> to_settle;
    std::uint64_t counted_done = 0;  ///< of Progress::messages_done, taken back before another try
    std::uint64_t counted_to_copy = 0;
    std::uint64_t counted_octets = 0;
};

class MailboxSync {
public:
    MailboxSync(RunState& run, MailboxWork& work, client::Connection& source, client::Connection& destination)
        : run_(run), work_(work), source_(source), destination_(destination) {}

    /// Errors: of mailbox scope where this mailbox cannot be done; wider where the connection or account is at fault.
    Task<Result<void>> run();

private:
    Task<Result<void>> open_both();
    Result<void> remember();
    void distrust_unverified();
    Task<Result<void>> list_both();
    Task<Result<void>> list_changes();
    Task<Result<void>> recognise_messages();
    Task<Result<void>> reconcile_intents(const MatcherOptions& options);
    Result<void> decide();
    Result<void> guard_deletions();
    Result<std::vector<imap::Uid>> earlier_copies() const;
    [[nodiscard]] imap::FlagSet flags_in_common(imap::Uid source, imap::Uid destination) const;
    Result<void> adopt();
    Task<Result<void>> learn_dates_of_giants();
    Task<Result<void>> copy();
    Task<Result<void>> change_flags();
    Task<Result<void>> verify();
    Task<Result<void>> pair_unmapped(Snapshot& stored);
    [[nodiscard]] bool stand_in_order(const Snapshot& stored, const std::vector<imap::Uid>& candidates) const;
    [[nodiscard]] imap::UidSet dates_to_look_at() const;
    Task<Result<void>> check_copies(Snapshot& stored);
    Task<Result<void>> check_dates(Snapshot& stored);
    Task<Result<void>> remove();
    Result<void> remember_marks(const std::vector<imap::Uid>& gone);
    Task<Result<bool>> remove_from_destination(imap::UidSet uids);
    Result<void> forget_deleted();
    Task<Result<void>> name_failures();
    Result<void> settle();

    Result<void> on_sending(std::span<const std::size_t> items);
    Result<void> on_copied(std::span<const Copied> copied);
    [[nodiscard]] store::Entry entry_for(const Copied& copied, imap::Uid destination) const;
    void on_failed(std::size_t item, Error why);
    [[nodiscard]] TransferItem item_for(imap::Uid uid) const;
    void count_plan();
    [[nodiscard]] std::string name() const;

    struct Failure {
        imap::Uid uid;
        Error why;
    };
    struct Confirmed {
        imap::Uid source;
        imap::Uid destination;
        std::size_t item;
        std::uint64_t size;                      ///< octets sent
        std::optional<imap::InternalDate> date;  ///< it was given
    };

    RunState& run_;
    MailboxWork& work_;
    client::Connection& source_;
    client::Connection& destination_;
    Snapshot from_;
    Snapshot to_;
    std::optional<store::PairKey> pair_;  ///< empty: a side has no UIDVALIDITY, so nothing can be remembered
    std::vector<store::Entry> entries_;   ///< of the ledger, until compared
    std::vector<store::Intent> intents_;  ///< of runs that were cut short
    std::optional<store::Settled> then_;  ///< the last time nothing was left to do
    LedgerView view_;
    Matcher::Matches matches_;
    SyncPlan plan_;
    std::vector<TransferItem> items_;
    std::vector<Copied> unmapped_;  ///< confirmed, UID not told
    std::vector<Confirmed> confirmed_;
    std::vector<Failure> failures_;
    bool flags_refused_ = false;  ///< some are still to be set: the mailbox is not settled
};

}  // namespace mailhaul::sync
