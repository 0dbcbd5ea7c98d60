// SPDX-License-Identifier: Apache-2.0
// ActivityMark: one stage's share in the run's Activity, taken back when the stage ends.
#pragma once

#include <memory>
#include <utility>

#include "govern/activity.hpp"

namespace mailhaul::sync {

class ActivityMark {
public:
    /// Off at first. Without an activity it does nothing.
    ActivityMark(std::shared_ptr<govern::Activity> activity, govern::Occupation what)
        : activity_(std::move(activity)), what_(what) {}
    ActivityMark(const ActivityMark&) = delete;
    ActivityMark& operator=(const ActivityMark&) = delete;
    ~ActivityMark() { set(false); }

    void set(bool on) {
        if (on == on_) return;
        on_ = on;
        if (activity_) activity_->change(what_, on ? 1 : -1, std::chrono::steady_clock::now());
    }

private:
    std::shared_ptr<govern::Activity> activity_;  // co-owned by the marks and the run, whichever ends last
    govern::Occupation what_;
    bool on_ = false;
};

}  // namespace mailhaul::sync
