// SPDX-License-Identifier: Apache-2.0
// MailboxSync: one pass over one mailbox pair: observe, recognise, plan, carry out, verify.
//
// May be run again after a failure: every step begins from what the servers and the ledger say, so nothing is copied
// twice and nothing is forgotten.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "store/ledger.hpp"
#include "sync/executor/early_look.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/observe_changes.hpp"
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
    bool shares_destination = false;  ///< other source mailboxes go to the same one: its strangers may be theirs
    bool is_new = false;              ///< the ledger knows nothing of the source mailbox, whatever its UIDVALIDITY
    /// The pair as listed, and up to where its source is known: what changed since is asked for as it is opened.
    std::optional<std::pair<store::PairKey, imap::ModSeq>> known_until;
    std::uint32_t expected_messages = 0;  ///< from STATUS; weighs the queue and the forecast
    int tries = 0;
    bool leave_off = false;          ///< set from outside: stop copying after what is under way; the mailbox is taken up again
    imap::UidSet copied_now;         ///< source UIDs this run has copied
    std::set<imap::Uid> failed_now;  ///< named already
    std::map<imap::Uid, message::Defects> repaired_now;  ///< by source UID; those not named yet
    std::set<imap::Uid> let_go;                          ///< destination UIDs whose deletion this run has allowed
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
        bool was_repaired = false;
        bool is_as_sent = false;
    };
    /// Seen on the destination after it was copied.
    struct Stored {
        imap::Uid source;
        imap::Uid destination;
        bool was_repaired = false;
        bool is_as_sent = false;  ///< listed with the size that was sent
    };
    /// About to be deleted from the source.
    struct Leaving {
        imap::Uid source;
        imap::Uid destination;
        bool is_our_copy;
        bool is_proven;  ///< that the destination holds the same message
    };

    Task<Result<void>> open_both();
    Task<Result<Snapshot>> open(client::Connection& connection, imap::MailboxName mailbox, imap::SelectMode mode);
    Task<Result<Snapshot>> open_source(imap::SelectMode mode);
    [[nodiscard]] ListDates dates_wanted() const;
    Result<void> remember();
    Result<bool> forget_another_mailbox();
    void distrust_unverified();
    Task<Result<void>> list_both();
    Task<Result<void>> list_changes();
    Task<Result<void>> recognise_messages();
    Task<Result<void>> reconcile_intents(const MatcherOptions& options);
    Task<Result<void>> reconcile_rewritten();
    Task<Result<void>> learn_message_ids();
    Task<Result<void>> find_duplicates_of_copied(MatcherOptions options);
    void leave_out_matched();
    Result<void> decide();
    Result<void> guard_deletions();
    Task<Result<void>> plan_duplicates();
    void guard_duplicates();
    Result<std::vector<imap::Uid>> earlier_copies() const;
    [[nodiscard]] imap::FlagSet flags_in_common(imap::Uid source, imap::Uid destination) const;
    Result<void> adopt();
    Task<Result<void>> learn_dates_of_giants();
    Task<Result<void>> copy();
    Task<Result<void>> copy_portion(std::span<const imap::Uid> uids);
    Task<Result<void>> copy_items(std::size_t first, TransferLimits limits);
    Task<Result<void>> copy_giants_whole();
    [[nodiscard]] TransferLimits limits_for_giants() const;
    Task<Result<void>> carry_out();
    Task<Result<void>> change_flags();
    Result<void> remember_flags();
    Task<Result<void>> verify();
    Task<Result<Snapshot>> list_stored();
    [[nodiscard]] bool shows_all(const Snapshot& stored) const;
    Task<Result<void>> pair_unmapped(Snapshot& stored);
    [[nodiscard]] bool stand_in_order(const Snapshot& stored, const std::vector<imap::Uid>& candidates) const;
    [[nodiscard]] imap::UidSet dates_to_look_at() const;
    Task<Result<void>> check_copies(Snapshot& stored);
    Task<Result<void>> check_dates(Snapshot& stored);
    Task<Result<void>> choose();
    Task<Result<void>> leave_own_record();
    void warn_of_hidden() const;
    Result<void> rewrite_flags();
    [[nodiscard]] std::optional<Error> too_large(std::uint64_t size) const;
    void note_dropped_flags();
    Task<Result<void>> repair_dates();
    void add_up_sizes();
    [[nodiscard]] Octets left_octets() const;
    void add_up_rest();
    void note_biggest();
    Task<Result<void>> leave_crossed();
    [[nodiscard]] std::map<imap::Uid, imap::Uid> labelled_pairs() const;
    Task<Result<void>> give_labels();
    Task<Result<void>> confirm_claims();
    Task<Result<void>> rehearse();
    void tell_carried();
    Task<Result<void>> remove();
    Task<Result<void>> remove_from_source();
    [[nodiscard]] std::vector<Leaving> leaving_source() const;
    Task<Result<void>> prove(std::vector<Leaving>& leaving);
    void warn_of_others_marks(const char* side);
    Result<void> remember_marks(const std::vector<imap::Uid>& gone);
    Task<Result<bool>> remove_from_destination(imap::UidSet uids);
    Result<void> forget_deleted();
    Task<Result<std::map<imap::Uid, std::string>>> read_names(imap::UidSet uids);
    Task<Result<void>> name_messages();
    void learn_refused_size(Octets size, Error& why);
    Result<void> name_failures(std::map<imap::Uid, std::string>& headers);
    void name_repaired(std::map<imap::Uid, std::string>& headers);
    Result<void> settle();

    /// `first`: what the transfer counts its items from.
    Result<void> on_sending(std::size_t first, std::span<const std::size_t> items);
    Result<void> on_copied(std::size_t first, std::span<const Copied> copied);
    [[nodiscard]] store::Entry entry_for(const Copied& copied, imap::Uid destination) const;
    void on_failed(std::size_t first, Failed failed);
    void on_left_out(std::size_t item, std::string why);
    [[nodiscard]] TransferLimits limits_for_rewriting() const;
    [[nodiscard]] bool can_be_held(const Failed& failed) const;
    [[nodiscard]] std::string advice_on(const Failed& failed) const;
    [[nodiscard]] TransferItem item_for(imap::Uid uid) const;
    void count_plan();
    [[nodiscard]] std::string name() const;

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
    bool knows_sizes_ = true;             ///< of every message; false where only what changed was asked for
    std::optional<Changes> changes_;      ///< of the source, where they were asked for as it was opened
    LedgerView view_;
    Matcher::Matches matches_;
    SyncPlan plan_;
    std::vector<imap::FlagSet> dropped_flags_;            ///< by index of from_.flags: what the destination's kind cannot take
    std::map<imap::Uid, message::Digest128> identities_;  ///< by source UID, where crossed messages are left out
    std::shared_ptr<const Rewriting> rewriting_;          ///< shared with the transfer; empty: messages go as they come
    std::vector<TransferItem> items_;      ///< of the portion under way, as intended_ to confirmed_ and giants_to_repair_ are
    std::size_t intended_ = 0;             ///< of items_, the first so many: the ledger knows that they may be on their way
    std::optional<EarlyLook> early_look_;  ///< of the portion under way; empty: it is looked at afterwards
    std::vector<Copied> unmapped_;         ///< confirmed, UID not told
    std::vector<Confirmed> confirmed_;     ///< not looked at yet
    imap::Uid not_looked_at_;              ///< the destination's UIDs from here on were not listed yet
    std::vector<Stored> stored_;           ///< of all portions that are done
    std::vector<Failure> failures_;
    std::vector<std::size_t> giants_to_repair_;  ///< of items_: refused as they streamed by
    bool flags_refused_ = false;                 ///< some are still to be set: the mailbox is not settled
};

}  // namespace mailhaul::sync
