// SPDX-License-Identifier: Apache-2.0
// Whether the connections of a run are compressed: tried where the line is slow, and kept where it helps.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "sync/executor/account_sync.hpp"

namespace mailhaul::sync {
namespace {

bool could_compress(const client::Access& access, const client::Connection& connection) {
    return access.may_compress && !access.compress && connection.capabilities().has("COMPRESS=DEFLATE");
}

}  // namespace

/// That there is something to try.
bool AccountSync::can_compress(const Lane& lane) const {
    return could_compress(plan_.source, *lane.source) || could_compress(plan_.destination, *lane.destination);
}

/// After every message group; only while as many connections are at work as are wanted, or who knows what made it faster.
void AccountSync::consider_compression(std::uint64_t done) {
    if (!compression_trial_ || compression_trial_->is_over() || at_work_.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    const bool are_alike = std::ranges::all_of(at_work_, [this](const Lane* lane) { return lane->compressed == compress_; });
    const bool is_steady = compression_trial_->is_under_way() || width_->is_settled(now);
    switch (compression_trial_->note(done, are_alike && is_steady, now)) {
        case govern::CompressionTrial::Advice::go_on: break;
        case govern::CompressionTrial::Advice::compress:
            if (!begin_compressing()) compression_trial_.reset();
            return;
        case govern::CompressionTrial::Advice::go_back:
            run_.note("compressing the connections was tried, and was not faster");
            change_compression({plan_.source.compress, plan_.destination.compress});
            return;
    }
    if (const auto gain = compression_trial_->gain())
        run_.note("the connections to " + std::string(compressed_sides()) + " are compressed, which makes it " +
                  std::to_string(std::lround(*gain * 100)) + " % as fast");
}

std::string_view AccountSync::compressed_sides() const {
    if (compress_.source && compress_.destination) return "both servers";
    return compress_.source ? "the source" : "the destination";
}

/// Both sides: where one line is slow its other end gets no more than it brings, which is little work to compress; and where
/// both are, one alone would gain nothing. False where nothing is left to compress.
bool AccountSync::begin_compressing() {
    const Lane& lane = **at_work_.begin();
    if (!lane.source || !lane.destination || !can_compress(lane)) return false;
    SideFlags wish = compress_;
    wish.source = wish.source || could_compress(plan_.source, *lane.source);
    wish.destination = wish.destination || could_compress(plan_.destination, *lane.destination);
    change_compression(wish);
    return true;
}

/// Connections are opened anew, so what is under way is left off at the next message group and taken up again.
void AccountSync::change_compression(SideFlags wish) {
    compress_ = wish;
    for (const Lane* lane : at_work_)
        if (lane->works_on) work_[*lane->works_on].leave_off = true;
}

}  // namespace mailhaul::sync
