// SPDX-License-Identifier: Apache-2.0
// AccountSync: a whole account: list both sides, map, make mailboxes, then let lanes carry one mailbox each.
//
// A lane is a pair of connections, one to each side. Lanes take mailboxes from one queue, largest first, so they end
// together; one that finds none left reads for another (reader_desk.hpp). A lane that loses a connection opens another and does
// its mailbox again from the record; a server that allows fewer connections gets fewer lanes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "async/event.hpp"
#include "async/task.hpp"
#include "async/task_scope.hpp"
#include "client/access.hpp"
#include "client/connection.hpp"
#include "client/mailbox_commands.hpp"
#include "sync/executor/lane_governor.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/remove_mailboxes.hpp"
#include "sync/executor/renames.hpp"
#include "sync/executor/run_state.hpp"

namespace mailhaul::sync {

struct AccountPlan {
    AccountPlan() = default;
    client::Access source;
    client::Access destination;
    client::ProtocolLog source_log;
    client::ProtocolLog destination_log;
    MappingRules mapping;
    bool folders_only = false;
    bool allow_same_account = false;
    bool subscribe = true;
    bool subscribe_all = false;
    bool skip_empty_folders = false;
    bool mix_folders = true;  ///< also into a mailbox that CREATE finds there though it was not listed (imapsync --mixfolders)
    OnRename on_rename = OnRename::follow;
    FolderRules delete_folders;
    bool delete_empty_source = false;      ///< mailboxes of the source that hold nothing (imapsync --delete1emptyfolders)
    std::vector<std::string> first, last;  ///< source mailboxes, raw: taken in this order; none: the largest first
    bool in_order = false;                 ///< one after the other by name, but for `first` and `last`
    std::optional<std::uint32_t> lanes;    ///< at most and from the beginning; empty: found out (govern/width.hpp)
};

class AccountSync {
public:
    /// `source` and `destination` are logged in; the account owns them from now on.
    AccountSync(RunState& run, AccountPlan plan, std::unique_ptr<client::Connection> source,
                std::unique_ptr<client::Connection> destination);

    /// Carries out the run; what happened stands in the run's report. Closes every connection.
    Task<void> run();

private:
    struct Lane {
        std::unique_ptr<client::Connection> source;
        std::unique_ptr<client::Connection> destination;
        bool is_first = false;
        bool is_counted = false;              ///< among lanes_connected_
        std::optional<std::size_t> works_on;  ///< index of work_
        SideFlags compressed;                 ///< as its connections were opened
        int times_lost = 0;                   ///< its connection, while it read for others
    };

    Task<Result<void>> observe();
    Result<void> map();
    Task<Result<void>> check_accounts_differ();
    Task<Result<void>> follow_renames();
    Result<void> begin_work();
    [[nodiscard]] ListedSide source_side() const;
    [[nodiscard]] ListedSide destination_side() const;
    Task<Result<void>> make_mailboxes();
    Task<Result<void>> make_one_wave(const std::vector<std::size_t>& which, bool fallback, std::vector<std::size_t>& refused);
    void subscribe();
    Task<void> finish_subscribing();
    Result<void> pass_over_settled();
    Task<Result<void>> remove_mailboxes();
    void queue_work();
    void put_in_order();
    Task<Result<void>> remove_empty_source();
    Task<Result<void>> record_settled_states();
    void open_extra_lanes();
    Task<void> run_extra_lane();
    Task<void> work_in(Lane& lane);
    Task<bool> work_on(Lane& lane, std::size_t index);
    Task<bool> try_later(Lane& lane, std::size_t index, Error error);
    void note_progress();
    void leave_off_where_a_token_dies();
    bool give_way(Lane& lane, const Error& error);
    void renew_connections();
    [[nodiscard]] bool is_one_too_many(const Lane& lane) const;
    Task<void> wait_until_welcome();
    Task<bool> take_mailbox(Lane& lane);
    Task<bool> help_others(Lane& lane);
    void note_unconnected(Lane& lane, const Error& error);
    Task<void> compress_as_wanted(Lane& lane);
    Task<Result<void>> connect_source(Lane& lane);
    Task<Result<void>> connect_destination(Lane& lane);
    Task<Result<void>> connect_lane(Lane& lane);
    void part_from(Lane& lane);
    void count_connected(Lane& lane);
    void queue_again(std::size_t index);
    void finish_mailbox(std::size_t index, std::optional<Error> error);
    void end_run(Error error);

    struct Subscriptions {
        std::vector<imap::MailboxName> lost;  ///< the connection ended before the answer
        std::size_t refused = 0;
    };

    RunState& run_;
    AccountPlan plan_;
    Lane first_lane_;
    std::vector<client::ListedMailbox> source_listing_;
    std::vector<client::ListedMailbox> destination_listing_;
    imap::Namespaces source_spaces_;
    imap::Namespaces destination_spaces_;
    Mapping mapping_;
    FollowedRenames renames_;
    std::vector<MailboxWork> work_;  // by index of mapping_.mailboxes
    std::set<std::size_t> settled_;  // indices of work_ that need not be opened
    std::deque<std::size_t> queue_;
    bool is_queue_ready_ = false;
    std::optional<Event> queue_ready_;  // set while run() runs
    // Co-owned by the connection, which tells the answers for as long as it lives.
    std::shared_ptr<Subscriptions> subscriptions_ = std::make_shared<Subscriptions>();
    bool knows_the_past_ = false;           // of some mailbox, so that asking for what changed can do
    std::optional<LaneGovernor> governor_;  // set while run() runs
    std::set<Lane*> at_work_;
    TaskScope* lanes_ = nullptr;      // while they run
    TaskScope* farewells_ = nullptr;  // while run() runs
    std::uint32_t lanes_alive_ = 0;   // connecting, waiting or at work
    std::uint32_t lanes_open_ = 0;
    std::uint32_t lanes_connected_ = 0;
    std::optional<Error> ended_;  // wider than a mailbox: no lane takes more
};

}  // namespace mailhaul::sync
