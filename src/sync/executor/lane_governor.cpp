// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/lane_governor.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "async/pause.hpp"
#include "govern/asked_wait.hpp"
#include "provider/recognise.hpp"

namespace mailhaul::sync {
namespace {

bool could_compress(const client::Connection& connection) {
    return connection.access().may_compress && !connection.access().compress &&
           connection.capabilities().has("COMPRESS=DEFLATE");
}

/// What suits both servers.
provider::Connections connections_for(const client::Connection& source, const client::Connection& destination) {
    const auto suiting = [](const client::Connection& side) {
        return provider::connections_for(side.server(), side.access().host, side.capabilities());
    };
    const provider::Connections from = suiting(source);
    const provider::Connections to = suiting(destination);
    return {std::min(from.first, to.first), std::min(from.most, to.most)};
}

/// As far as the quickest of all accounts knows: where many begin at once, an answer waits for its turn to be read.
std::chrono::microseconds round_trip_of(const client::Connection& side) {
    govern::ServerGate* gate = side.access().gate.get();
    if (gate == nullptr || side.round_trip() == std::chrono::microseconds::zero()) return side.round_trip();
    gate->note_round_trip(side.round_trip());
    return gate->quickest();
}

}  // namespace

LaneGovernor::LaneGovernor(RunState& run, const client::Connection& source, const client::Connection& destination,
                           std::optional<std::uint32_t> lanes)
    : run_(run),
      compress_{source.access().compress, destination.access().compress},
      first_compress_(compress_),
      gates_{source.access().gate, destination.access().gate},
      may_try_{could_compress(source), could_compress(destination)},
      width_(lanes.value_or(1), lanes.value_or(1)),
      pressure_(run.first_pause * 30) {
    if (!lanes) {
        const provider::Connections suit = connections_for(source, destination);
        most_ = suit.most;
        distance_ = run.limits.shared->distance_of(std::max(round_trip_of(source), round_trip_of(destination)));
        // A line that needs time for each question is better filled by more connections, so it begins with all of them.
        first_ = distance_ == Distance::far_away ? suit.most : suit.first;
        share_ = run.limits.shared->share_of(first_, distance_);
        width_ = govern::Width(share_, suit.most);
    }
    if (may_try_.source || may_try_.destination) trial_.emplace();
}

std::uint32_t LaneGovernor::wanted() const {
    const bool others_have_none = std::ranges::any_of(gates_, [](const auto& gate) { return gate && gate->is_queued_for(); });
    return others_have_none ? 1 : width_.wanted(Clock::now());
}

bool LaneGovernor::may_grow() const { return has_room() && (!trial_ || !trial_->is_under_way()); }

bool LaneGovernor::has_room() const {
    const auto now = Clock::now();
    return std::ranges::all_of(gates_, [now](const auto& gate) { return !gate || gate->is_open(now); });
}

bool LaneGovernor::note_progress(std::uint32_t connected, bool are_alike) {
    constexpr std::uint64_t cost_of_a_message = 4096;  // in octets
    const std::uint64_t done = run_.progress.octets_copied.value() + run_.progress.messages_copied * cost_of_a_message;
    if (done > done_before_) pressure_.note_progress();
    done_before_ = done;
    const bool has_changed = consider_compression(done, are_alike);
    const auto now = Clock::now();
    if (most_) look_at_others(now);
    if (may_grow()) width_.note_progress(done, connected, now);
    return has_changed;
}

/// As other accounts come and go.
void LaneGovernor::look_at_others(Clock::time_point now) {
    const SharedLimits& shared = *run_.limits.shared;
    width_.allow(shared.share_of(*most_, Distance::far_away));  // if it proves to be faster
    const std::uint32_t share = shared.share_of(first_, distance_);
    if (share > share_) width_.take_over(share, now);
    share_ = share;
}

/// Only while nothing else changes, or who knows what made it faster.
bool LaneGovernor::consider_compression(std::uint64_t done, bool are_alike) {
    if (!trial_ || trial_->is_over()) return false;
    const auto now = Clock::now();
    const bool is_steady = trial_->is_under_way() || width_.is_settled(now);
    switch (trial_->note(done, are_alike && is_steady, now)) {
        case govern::CompressionTrial::Advice::go_on: break;
        case govern::CompressionTrial::Advice::compress:
            // Both sides: where one line is slow its other end gets no more than it brings, which is little work to
            // compress; and where both are, one alone would gain nothing.
            compress_ = {first_compress_.source || may_try_.source, first_compress_.destination || may_try_.destination};
            return true;
        case govern::CompressionTrial::Advice::go_back:
            run_.note("compressing the connections was tried, and was not faster");
            compress_ = first_compress_;
            return true;
    }
    if (const auto gain = trial_->gain())
        run_.note("the connections to " + std::string(compressed_sides()) + " are compressed, which makes it " +
                  std::to_string(std::lround(*gain * 100)) + " % as fast");
    return false;
}

std::string_view LaneGovernor::compressed_sides() const {
    if (compress_.source && compress_.destination) return "both servers";
    return compress_.source ? "the source" : "the destination";
}

bool LaneGovernor::grants(const Error& error, std::uint32_t others) {
    if (error.retry != Retry::later) return false;
    const auto now = Clock::now();
    if (error.code == Errc::too_many_connections) {
        if (others == 0) return false;
        width_.note_refused(others, now);
        run_.note("a server allows " + std::to_string(others) + " connections and no more: " + error.server_text);
        return true;
    }
    if (error.code != Errc::throttled && error.code != Errc::server_unavailable) return false;
    if (error.scope == Scope::mailbox) return false;
    const auto until = pressure_.note_refusal(govern::wait_asked_for(error.server_text), now);
    if (!until) return false;
    width_.note_throttled(now);
    run_.note("a server asked for a pause, and got it: " + error.server_text);
    return true;
}

Task<void> LaneGovernor::wait_until_welcome(std::function<bool()> is_over) {
    constexpr std::chrono::milliseconds longest_pause{200};  // until a stop is looked for again
    while (!is_over()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(pressure_.closed_until() - Clock::now());
        if (left <= std::chrono::milliseconds::zero()) co_return;
        co_await pause_for(std::min(left, longest_pause));
    }
}

}  // namespace mailhaul::sync
