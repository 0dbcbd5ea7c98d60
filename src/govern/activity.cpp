// SPDX-License-Identifier: Apache-2.0
#include "govern/activity.hpp"

#include <algorithm>
#include <cmath>

namespace mailhaul::govern {
namespace {

constexpr std::chrono::duration<double> too_short_to_tell{0.2};
constexpr double notable = 0.15;       // of the time, waited by one side
constexpr double clearly_more = 1.25;  // than the other side
constexpr double whole_core = 0.9;

std::size_t index_of(Occupation what) { return static_cast<std::size_t>(what); }

std::string percent(double share) { return std::to_string(std::lround(share * 100)) + " %"; }

}  // namespace

double ActivityTimes::share(Occupation what) const {
    const double copying = lanes[index_of(Occupation::copying)].count();
    return copying > 0 ? std::min(1.0, lanes[index_of(what)].count() / copying) : 0;
}

void Activity::change(Occupation what, int by, Time now) {
    times_ = times(now);
    since_ = now;
    doing_[index_of(what)] += by;
}

ActivityTimes Activity::times(Time now) const {
    ActivityTimes times = times_;
    const std::chrono::duration<double> passed = now - since_;
    for (std::size_t i = 0; i < doing_.size(); ++i) times.lanes[i] += passed * doing_[i];
    if (doing_[index_of(Occupation::copying)] > 0) times.busy += passed;
    return times;
}

std::string_view to_string(Limit limit) {
    switch (limit) {
        case Limit::nothing: return "nothing";
        case Limit::source: return "source";
        case Limit::destination: return "destination";
        case Limit::both: return "both";
        case Limit::mailhaul: return "mailhaul";
        case Limit::operators_wish: return "operators_wish";
    }
    return "nothing";
}

std::string_view in_short(Limit limit) {
    switch (limit) {
        case Limit::nothing: return "";
        case Limit::source: return "slower side: the source";
        case Limit::destination: return "slower side: the destination";
        case Limit::both: return "both sides alike";
        case Limit::mailhaul: return "slowest: mailhaul";
        case Limit::operators_wish: return "as fast as allowed";
    }
    return "";
}

Verdict judge(const ActivityTimes& times, std::chrono::duration<double> cpu) {
    Verdict verdict;
    if (times.busy < too_short_to_tell) return verdict;
    verdict.cpu = cpu / times.busy;
    const double starved = times.share(Occupation::starved);
    const double stalled = times.share(Occupation::stalled);
    const double resting = times.share(Occupation::resting);
    if (resting > std::max(starved, stalled)) {
        verdict.limit = Limit::operators_wish;
        verdict.share = resting;
    } else if (verdict.cpu > whole_core) {
        verdict.limit = Limit::mailhaul;
        verdict.share = std::min(verdict.cpu, 1.0);
    } else if (starved > notable && starved > stalled * clearly_more) {
        verdict.limit = Limit::source;
        verdict.share = starved;
    } else if (stalled > notable && stalled > starved * clearly_more) {
        verdict.limit = Limit::destination;
        verdict.share = stalled;
    } else {
        verdict.limit = Limit::both;
        verdict.share = std::max(starved, stalled);
    }
    return verdict;
}

std::string spell(const Verdict& verdict) {
    const std::string cpu = "; mailhaul used " + percent(verdict.cpu) + " of a core";
    switch (verdict.limit) {
        case Limit::nothing: return "too little was copied to say what limits it";
        case Limit::source:
            return "limited by the source or the line to it: " + percent(verdict.share) +
                   " of the time the destination had nothing to store" + cpu;
        case Limit::destination:
            return "limited by the destination or the line to it: " + percent(verdict.share) +
                   " of the time the source was not asked for more, as what it had sent was not stored yet" + cpu;
        case Limit::both:
            return "limited by source and destination alike: neither waited for the other more than " + percent(verdict.share) +
                   " of the time" + cpu;
        case Limit::mailhaul:
            return "limited by mailhaul, which used " + percent(verdict.cpu) + " of a core: a faster machine helps";
        case Limit::operators_wish: return "limited by what you allowed, for " + percent(verdict.share) + " of the time" + cpu;
    }
    return {};
}

}  // namespace mailhaul::govern
