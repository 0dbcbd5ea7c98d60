// SPDX-License-Identifier: Apache-2.0
// Use case: copy what is new of one account from one server to another, then verify it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/stop_switch.hpp"
#include "async/task.hpp"
#include "client/access.hpp"
#include "sync/executor/allowance.hpp"
#include "sync/executor/remove_mailboxes.hpp"
#include "sync/executor/renames.hpp"
#include "sync/executor/report.hpp"
#include "sync/executor/run_state.hpp"
#include "sync/executor/shared_limits.hpp"
#include "sync/executor/transfer.hpp"
#include "sync/mapping/map_mailboxes.hpp"
#include "sync/planner/rules.hpp"

namespace mailhaul::app {

/// What becomes of a run that the operator's limits pause.
enum class OnPause : std::uint8_t {
    end,
    wait,  ///< with connections closed, until it may go on
};

/// How far to go.
enum class Extent : std::uint8_t {
    everything,
    connect_only,  ///< greeting and capabilities of both sides
    login_only,    ///< and log in on both
    folders_only,  ///< and make (and subscribe) the mailboxes
    sizes_only,    ///< and list what both sides hold: nothing is changed
};

struct SyncRequest {
    SyncRequest() = default;
    client::Access source;
    client::Access destination;
    sync::MappingRules mapping;
    sync::Rules rules;
    Extent extent = Extent::everything;
    bool dry_run = false;             ///< change nothing anywhere, the ledger included
    bool allow_same_account = false;  ///< the operator named one account twice, and means it
    bool subscribe = true;            ///< subscribe on the destination what is subscribed on the source
    bool subscribe_all = false;
    bool skip_empty_folders = false;
    bool mix_folders = true;  ///< also into a mailbox that CREATE finds there though it was not listed
    sync::PairClaims claims;  ///< what another program says it copied; looked into, never believed; empty: nothing
    sync::OnRename on_rename = sync::OnRename::follow;
    sync::FolderRules delete_folders;
    bool delete_empty_source = false;      ///< mailboxes of the source that hold no message, before and after
    std::vector<std::string> first, last;  ///< source mailboxes, raw names, where `in_order`
    bool in_order = false;                 ///< mailboxes one after the other, by name
    std::string ledger_path;               ///< empty: default_ledger_path()
    sync::CopyOrder order = sync::CopyOrder::kept;
    std::optional<std::uint32_t> connections;  ///< at most, per server, 1..32; empty: found out for these servers
    Octets budget{28u << 20};                  ///< of message octets in memory, all connections together; at least 1 MiB
    std::shared_ptr<sync::SharedLimits>
        shared;  ///< with other accounts of this process, which then share `budget`; empty: alone
    std::size_t portion = 10'000;                  ///< messages of a mailbox that are copied before they are looked at; above 0
    std::chrono::milliseconds help_above{2000};    ///< of reading a mailbox left for each, before one more connection reads too
    std::chrono::milliseconds first_pause{1000};   ///< before a mailbox that failed is tried again; doubles with every try
    std::optional<Octets> most_octets_a_second;    ///< read from the source, all connections together
    Octets free_octets;                            ///< the first so many are not counted in that
    std::optional<double> most_messages_a_second;  ///< stored on the destination; above 0
    sync::AllowanceRules allowance;                ///< limits a day, quiet hours
    OnPause on_pause = OnPause::end;
    std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
    bool protocol_log = false;  ///< print the dialogue to standard error, secrets redacted
};

/// Never throws, never fails: what went wrong stands in the report.
Task<sync::Report> sync_account(SyncRequest request, sync::Observer& observer);
/// The same; `stop`, which outlives it, is set while there is something to stop.
Task<sync::Report> sync_account(SyncRequest request, sync::Observer& observer, StopSwitch& stop);

/// Runs it on an event loop of its own until it ends; SIGINT and SIGTERM stop it cleanly (the batch in flight is
/// finished and recorded), a second one abandons.
sync::Report run_sync(SyncRequest request, sync::Observer& observer);

/// Exit status for `report`; documented in docs/exit-codes.md.
int exit_status(const sync::Report& report);

}  // namespace mailhaul::app
