// SPDX-License-Identifier: Apache-2.0
// Lanes: how the mailboxes of an account are shared out over connections, and what happens when one breaks.
#include <algorithm>
#include <random>
#include <utility>

#include "async/pause.hpp"
#include "async/task_scope.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/account_sync.hpp"
#include "sync/executor/reader_desk.hpp"

namespace mailhaul::sync {
namespace {

constexpr int most_tries = 5;  // of one mailbox; every try begins from the record, so none is in vain

/// `first`, twice, four times ... that, up to half of it taken off at random so that lanes do not come back in step.
std::chrono::milliseconds delay_before(int try_number, std::chrono::milliseconds first) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const std::int64_t longest = std::int64_t{first.count()} << std::min(try_number - 1, 5);
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(longest / 2, longest)(random));
}

Task<Result<std::unique_ptr<client::Connection>>> connect(client::Access access, client::ProtocolLog log) {
    auto opened = co_await client::Connection::open(std::move(access), std::move(log));
    if (!opened.ok()) co_return std::move(opened).error();
    auto logged_in = co_await opened.value()->login(client::Introduction::passed_by);
    if (!logged_in.ok()) {
        co_await opened.value()->close();
        co_return std::move(logged_in).error();
    }
    co_return std::move(opened).value();
}

/// Closes a connection and adds its octets to the report.
Task<void> retire(std::unique_ptr<client::Connection>& connection, SideReport& side) {
    if (!connection) co_return;
    co_await connection->close();
    side.received += connection->received();
    side.sent += connection->sent();
    connection.reset();
}

Task<Result<void>> renew(std::unique_ptr<client::Connection>& connection, client::Access access, client::ProtocolLog log,
                         SideReport& side) {
    if (connection && connection->is_open() && !connection->should_be_replaced()) co_return Result<void>{};
    if (connection && !connection->is_open()) ++side.reconnections;
    co_await retire(connection, side);
    auto opened = co_await connect(std::move(access), std::move(log));
    if (!opened.ok()) co_return std::move(opened).error();
    connection = std::move(opened).value();
    co_return Result<void>{};
}

}  // namespace

Task<void> AccountSync::compress_as_wanted(Lane& lane) {
    const SideFlags wanted = governor_->compress();
    if (lane.compressed.source != wanted.source) co_await retire(lane.source, run_.report.source);
    if (lane.compressed.destination != wanted.destination) co_await retire(lane.destination, run_.report.destination);
    lane.compressed = wanted;
}

Task<Result<void>> AccountSync::connect_source(Lane& lane) {
    client::Access access = plan_.source;
    access.compress = lane.compressed.source;
    MH_CO_TRY_VOID(co_await renew(lane.source, std::move(access), plan_.source_log, run_.report.source));
    if (knows_the_past_) lane.source->enable_qresync();
    co_return Result<void>{};
}

Task<Result<void>> AccountSync::connect_destination(Lane& lane) {
    client::Access access = plan_.destination;
    access.compress = lane.compressed.destination;
    MH_CO_TRY_VOID(co_await renew(lane.destination, std::move(access), plan_.destination_log, run_.report.destination));
    if (knows_the_past_) lane.destination->enable_qresync();
    co_return Result<void>{};
}

Task<Result<void>> AccountSync::connect_lane(Lane& lane) {
    co_await compress_as_wanted(lane);
    auto renewed = co_await both(connect_source(lane), connect_destination(lane));
    if (!renewed.first.ok()) co_return std::move(renewed.first).error();
    co_return std::move(renewed.second);
}

/// Each waits for an answer, which nobody else waits for before the run ends.
void AccountSync::part_from(Lane& lane) {
    const auto part = [](std::unique_ptr<client::Connection> connection, SideReport& side) -> Task<void> {
        co_await retire(connection, side);
    };
    farewells_->spawn(part(std::move(lane.source), run_.report.source));
    farewells_->spawn(part(std::move(lane.destination), run_.report.destination));
}

/// As many as there will be work for.
void AccountSync::open_extra_lanes() {
    if (plan_.folders_only) return;
    const std::size_t open = work_.size() - settled_.size();
    const std::uint32_t wanted = governor_->wanted();
    if (!governor_->has_room()) return;
    for (std::size_t i = 1; i < std::min<std::size_t>(open, wanted); ++i) lanes_->spawn(run_extra_lane());
}

/// Connects at once, for the others still make the mailboxes it will work in.
Task<void> AccountSync::run_extra_lane() {
    ++lanes_alive_;
    Lane lane;
    Result<void> connected;
    const bool may_only_read = is_queue_ready_ && queue_.empty();
    if (!may_only_read) connected = co_await connect_lane(lane);
    while (!is_queue_ready_) co_await queue_ready_->wait();
    if (connected.ok()) {
        co_await work_in(lane);
    } else {
        note_unconnected(lane, connected.error());
    }
    --lanes_alive_;
    part_from(lane);
}

/// After every message group: one more lane, where that has proved to carry more and there is a mailbox for it.
void AccountSync::note_progress() {
    if (at_work_.empty()) return;
    const bool are_alike =
        std::ranges::all_of(at_work_, [this](const Lane* lane) { return lane->compressed == governor_->compress(); });
    if (governor_->note_progress(lanes_connected_, are_alike)) renew_connections();
    leave_off_where_a_token_dies();
    const bool may_work = lanes_ != nullptr && is_queue_ready_ && !ended_ && !run_.must_stop();
    const bool has_work = !queue_.empty() || (run_.limits.desk && run_.limits.desk->has_work());
    if (may_work && has_work && governor_->may_grow() && lanes_alive_ < governor_->wanted()) lanes_->spawn(run_extra_lane());
}

/// What is under way is left off at the next message group, and taken up again over connections opened anew.
void AccountSync::renew_connections() {
    for (const Lane* lane : at_work_)
        if (lane->works_on) work_[*lane->works_on].leave_off = true;
}

/// A connection whose token dies soon is replaced before, at a message boundary; one lane after the other.
void AccountSync::leave_off_where_a_token_dies() {
    const auto dies = [](const std::unique_ptr<client::Connection>& side) { return side && side->should_be_replaced(); };
    for (const Lane* lane : at_work_) {
        if (!lane->works_on || (!dies(lane->source) && !dies(lane->destination))) continue;
        work_[*lane->works_on].leave_off = true;
        return;
    }
}

/// True where the error is only a wish of the server's, and it is granted: the work goes on.
bool AccountSync::give_way(Lane& lane, const Error& error) {
    if (run_.must_stop() || ended_) return false;
    return governor_->grants(error, lanes_connected_ - (lane.is_counted ? 1 : 0));
}

/// Takes mailboxes from the queue until there are none, then helps the others. Leaves the connections open.
Task<void> AccountSync::work_in(Lane& lane) {
    ++lanes_open_;
    if (lane.is_first) ++lanes_alive_;
    at_work_.insert(&lane);
    bool working = !ended_;
    while (working && !ended_ && !run_.must_stop() && !is_one_too_many(lane)) {
        if (queue_.empty()) working = co_await help_others(lane);
        else working = co_await take_mailbox(lane);
    }
    if (!queue_.empty() && run_.must_stop()) end_run(run_.why_stopping());
    --lanes_open_;
    at_work_.erase(&lane);
    if (lane.is_first) --lanes_alive_;
    if (lane.is_counted) --lanes_connected_;
    lane.is_counted = false;
}

bool AccountSync::is_one_too_many(const Lane& lane) const { return !lane.is_first && lanes_alive_ > governor_->wanted(); }

Task<void> AccountSync::wait_until_welcome() {
    co_await governor_->wait_until_welcome([this] { return run_.must_stop() || ended_.has_value(); });
}

/// Returns false where this lane should take no more.
Task<bool> AccountSync::take_mailbox(Lane& lane) {
    co_await wait_until_welcome();
    auto connected = co_await connect_lane(lane);
    if (queue_.empty()) co_return true;                          // taken by others while we connected
    if (!connected.ok() && !lane.is_first && lanes_open_ > 1) {  // the others go on without this one
        note_unconnected(lane, connected.error());
        co_return false;
    }
    const std::size_t index = queue_.front();
    queue_.pop_front();
    if (!connected.ok()) co_return co_await try_later(lane, index, std::move(connected).error());
    count_connected(lane);
    co_return co_await work_on(lane, index);
}

void AccountSync::note_unconnected(Lane& lane, const Error& error) {
    if (ended_ || run_.must_stop() || give_way(lane, error)) return;
    run_.warn("going on with fewer connections: " + error.describe());
}

/// Lends the connection to the source to a lane that has much left. Returns false where there is nothing more to do.
Task<bool> AccountSync::help_others(Lane& lane) {
    if (!run_.limits.desk) co_return false;
    ReaderDesk& desk = *run_.limits.desk;
    if (!desk.has_work()) {
        if (!desk.expects_more()) co_return false;
        co_await desk.changed.wait();
        co_return true;
    }
    co_await wait_until_welcome();
    co_await compress_as_wanted(lane);
    auto connected = co_await connect_source(lane);
    if (!connected.ok()) {
        note_unconnected(lane, connected.error());
        co_return false;
    }
    count_connected(lane);
    auto done = co_await desk.lend(*lane.source, [this, &lane] {
        return ended_ || is_one_too_many(lane) || lane.source->should_be_replaced() || !queue_.empty();
    });
    if (done.ok()) co_return true;
    const bool again = done.error().retry == Retry::now && ++lane.times_lost < most_tries;
    if (!again) note_unconnected(lane, done.error());
    else co_await pause_for(delay_before(lane.times_lost, run_.first_pause));
    co_return again;
}

void AccountSync::count_connected(Lane& lane) {
    if (!lane.is_counted) ++lanes_connected_;
    lane.is_counted = true;
    const auto count = [this](std::unique_ptr<client::Connection> Lane::* side) {
        return static_cast<std::uint32_t>(
            std::ranges::count_if(at_work_, [side](const Lane* one) { return one->is_counted && one->*side; }));
    };
    run_.report.source.connections = std::max(run_.report.source.connections, count(&Lane::source));
    run_.report.destination.connections = std::max(run_.report.destination.connections, count(&Lane::destination));
}

/// One mailbox, once. Returns false where this lane should take no more.
Task<bool> AccountSync::work_on(Lane& lane, std::size_t index) {
    Result<void> done;
    lane.works_on = index;
    {
        MailboxSync mailbox(run_, work_[index], *lane.source, *lane.destination);
        done = co_await mailbox.run();
    }
    lane.works_on.reset();
    const bool left_off = std::exchange(work_[index].leave_off, false);
    if (!done.ok() && done.error().code == Errc::cancelled && left_off && !run_.must_stop()) {
        queue_again(index);
        co_return true;
    }
    if (done.ok()) {
        finish_mailbox(index, std::nullopt);
        co_return true;
    }
    co_return co_await try_later(lane, index, std::move(done).error());
}

/// What a failed try means: for this mailbox, for this lane, for the run. Connections that broke are renewed by the lane.
Task<bool> AccountSync::try_later(Lane& lane, std::size_t index, Error error) {
    MailboxWork& work = work_[index];
    if (give_way(lane, error)) {
        queue_again(index);
        co_return error.code != Errc::too_many_connections;
    }
    const bool again = error.retry == Retry::now && ++work.tries < most_tries && !run_.must_stop() && !ended_;
    if (again) {
        co_await pause_for(delay_before(work.tries, run_.first_pause));
        queue_again(index);
        co_return true;
    }
    const bool ends_everything = error.scope >= Scope::account;
    if (ends_everything) end_run(error);
    finish_mailbox(index, std::move(error));
    co_return !ends_everything;
}

void AccountSync::queue_again(std::size_t index) {
    queue_.push_front(index);
    if (run_.limits.desk) run_.limits.desk->changed.notify();  // for lanes that only wait there
}

void AccountSync::finish_mailbox(std::size_t index, std::optional<Error> error) {
    MailboxReport& report = work_[index].report;
    if (error) {
        report.error = std::move(error);
        report.verified = false;
    }
    ++run_.progress.mailboxes_done;
    run_.observer.on_mailbox_done(report);
    run_.show_progress();
}

}  // namespace mailhaul::sync
