// SPDX-License-Identifier: Apache-2.0
// How many a command gives is what the first gave. A window that gives as many may have been cut as well, at either end, so
// only what lies between its first and last message counts as seen; one that gives fewer is whole. Each command so shrinks what
// is unseen.
#include "sync/executor/list_rest.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/mailbox_commands.hpp"

namespace mailhaul::sync {
namespace {

using Range = imap::UidSet::Range;

constexpr std::uint64_t last_uid = std::numeric_limits<std::uint32_t>::max();

Range range(std::uint64_t first, std::uint64_t last) {
    return {imap::Uid{static_cast<std::uint32_t>(first)}, imap::Uid{static_cast<std::uint32_t>(last)}};
}

class Unseen {
public:
    Unseen(const Snapshot& snapshot, std::uint64_t most_each) : most_each_(most_each), width_(most_each) {
        const std::uint64_t end = snapshot.selected.uid_next ? snapshot.selected.uid_next->value() - 1 : last_uid;
        const std::uint64_t first = snapshot.messages.front().uid.value(), last = snapshot.messages.back().uid.value();
        if (first > 1) left_.push_back(range(1, first - 1));
        if (last < end) left_.push_back(range(last + 1, end));
    }

    /// From the end: what a server leaves out is more often the old than the new. Empty: all is seen.
    std::optional<Range> next() {
        if (left_.empty()) return std::nullopt;
        const Range whole = left_.back();
        left_.pop_back();
        const std::uint64_t size = std::uint64_t{whole.last.value()} - whole.first.value() + 1;
        if (size <= width_) return whole;
        left_.push_back(range(whole.first.value(), whole.last.value() - width_));
        return range(whole.last.value() - width_ + 1, whole.last.value());
    }

    /// `window` gave these, ascending.
    void learn(Range window, const std::vector<imap::Uid>& found) {
        if (found.size() < most_each_) {
            if (found.empty() || found.size() < most_each_ / 4) width_ = std::min(width_ * 4, last_uid);
            return;
        }
        width_ = std::max(width_ / 4, most_each_);
        if (window.first < found.front()) left_.push_back(range(window.first.value(), found.front().value() - 1));
        if (found.back() < window.last) left_.push_back(range(found.back().value() + 1, window.last.value()));
    }

private:
    std::uint64_t most_each_;
    std::uint64_t width_;
    std::vector<Range> left_;
};

}  // namespace

Task<Result<void>> list_rest(client::Connection& connection, Snapshot& snapshot, const char* items) {
    snapshot.finish();
    if (snapshot.messages.empty() || snapshot.messages.size() >= snapshot.selected.exists) co_return Result<void>{};
    Unseen unseen(snapshot, snapshot.messages.size());
    std::size_t count = snapshot.messages.size();
    std::vector<imap::Uid> found;
    auto add = [&](imap::FetchResponse&& fetch) {
        if (!fetch.size) return;
        found.push_back(*fetch.uid);
        snapshot.add(*fetch.uid, fetch.flags.value_or(imap::FlagSet{}), fetch.internal_date, *fetch.size);
    };
    while (count < snapshot.selected.exists) {
        const auto window = unseen.next();
        if (!window) break;
        found.clear();
        std::vector<std::string> set{std::to_string(window->first.value()) + ":" + std::to_string(window->last.value())};
        auto listed = co_await client::fetch_items(connection, std::move(set), items, add);
        if (!listed.ok()) co_return std::move(listed).error();
        std::erase_if(found, [&](imap::Uid uid) { return uid < window->first || window->last < uid; });
        std::ranges::sort(found);
        count += found.size();
        unseen.learn(*window, found);
    }
    snapshot.finish();
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
