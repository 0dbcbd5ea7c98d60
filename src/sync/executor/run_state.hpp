// SPDX-License-Identifier: Apache-2.0
// RunState: what every lane of one run shares: the wishes, the ledger, the report as it grows, and the stop flag.
// One thread, so nothing locks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/ledger.hpp"
#include "sync/executor/allowance.hpp"
#include "sync/executor/report.hpp"
#include "sync/executor/transfer.hpp"
#include "sync/planner/rules.hpp"

namespace mailhaul::sync {

using PairClaims = std::function<Result<std::vector<std::pair<imap::Uid, imap::Uid>>>(const imap::MailboxName& source,
                                                                                      const imap::MailboxName& destination)>;

class RunState {
public:
    RunState(Rules what, store::Ledger& where, Observer& whom) : rules(std::move(what)), ledger(where), observer(whom) {}

    void warn(std::string words);
    /// Something worth knowing that is no reason to worry; each once.
    void note(std::string words);
    void name_exception(MessageException exception);
    void name_repaired(RepairedMessage message);
    /// Epoch seconds, for what is written down.
    [[nodiscard]] std::int64_t now() const { return std::chrono::system_clock::to_time_t(clock()); }
    /// Finish what is under way, begin nothing: the operator stopped it, or allows no more now.
    [[nodiscard]] bool must_stop() { return stopping || has_failed_too_often() || allowance.is_closed(); }
    /// Where must_stop(): what the run ends with.
    [[nodiscard]] Error why_stopping() const;
    void show_progress() {
        if (limit_by_now) progress.limit = limit_by_now();
        observer.on_progress(progress);
        if (progressed) progressed();
    }
    void enter(Progress::Phase phase);

    Rules rules;
    store::Ledger& ledger;
    Observer& observer;
    Report report;
    Progress progress;
    TransferLimits limits;
    std::function<govern::Limit()> limit_by_now;  ///< may be empty
    std::function<void()> progressed;             ///< called after messages were copied; may be empty
    std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
    /// Before the second try of a mailbox; doubles with every try. The unit of other waits.
    std::chrono::milliseconds first_pause{1000};
    std::size_t portion = 10'000;                           ///< messages of a mailbox, copied before they are looked at
    std::optional<Octets> append_limit;                     ///< the destination's APPENDLIMIT
    std::optional<Octets> refused_size;                     ///< the smallest message that it called too large in this run
    std::uint64_t let_go = 0;                               ///< messages whose deletion on the destination this run has allowed
    imap::MailboxName removed_mail{"Removed by mailhaul"};  ///< the destination's name for what is deleted there
    bool dry_run = false;
    std::map<std::string, std::string> label_names;  ///< raw mailbox names, source → destination, where labels are given
    /// What somebody else says is a copy of what in a pair of mailboxes, raw names: UIDs of the source and the destination.
    /// Looked into, never believed. Empty: nobody says anything.
    PairClaims claims;
    bool only_sizes = false;                                  ///< list and add up; decide nothing
    std::map<message::Digest128, imap::MailboxName> carried;  ///< identities on the destination by now, and where
    [[nodiscard]] bool has_failed_too_often() const { return rules.max_failures && progress.failed >= *rules.max_failures; }
    bool stopping = false;  ///< the operator said so: finish what is under way, begin nothing
    Allowance allowance;    ///< what the operator allows now

private:
    std::set<std::string> warned_;
};

}  // namespace mailhaul::sync
