// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/allowance.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mailhaul::sync {
namespace {

constexpr std::uint64_t worth_beginning = 5;       // this part of a day's limit: room for the listings and what is asked for at once
constexpr std::uint64_t around_a_message = 128;    // octets of a response, or of a command, beside the message
constexpr std::uint64_t told_at_once = 8u << 20;   // octets that a killed run may forget, or a hundredth of a limit
constexpr std::chrono::minutes shortest_pause{1};  // so that no mistake of ours asks a server without rest
constexpr std::size_t groups_unanswered = 2;  // when a third is asked for (fetch_stage.cpp): the rest has come, or never will
constexpr int most_steps = 10;                // from quiet hours to a limit and back

std::uint64_t less(std::uint64_t from, std::uint64_t what) { return from - std::min(from, what); }

/// What is known to be copied yet, and as much for each message of mailboxes not looked into as others have.
std::optional<Octets> left_of(const Progress& progress) {
    if (progress.messages_total == 0) return std::nullopt;
    const std::uint64_t known = less(progress.octets_to_copy.value(), progress.octets_copied.value());
    const std::uint64_t planned = less(progress.messages_to_copy, progress.messages_copied);
    const std::uint64_t unseen = less(progress.messages_total, progress.messages_done + planned);
    if (unseen == 0) return Octets{known};
    if (progress.messages_to_copy == 0) return std::nullopt;
    return Octets{known + unseen * (progress.octets_to_copy.value() / progress.messages_to_copy)};
}

govern::HourOfUse as_use(const store::HourOfTraffic& hour) {
    return {hour.hour, govern::Instant{std::chrono::seconds{hour.last}}, hour.octets};
}

}  // namespace

Result<void> Allowance::begin(AllowanceRules rules, std::shared_ptr<Meter> source, std::shared_ptr<Meter> destination,
                              store::Ledger& ledger, Memory memory, Clock clock) {
    rules_ = std::move(rules);
    clock_ = std::move(clock);
    if (memory == Memory::kept) ledger_ = &ledger;
    sides_[0].meter = std::move(source);
    sides_[1].meter = std::move(destination);
    if (rules_.source_a_day) sides_[0].budget.emplace(*rules_.source_a_day);
    if (rules_.destination_a_day) sides_[1].budget.emplace(*rules_.destination_a_day);
    MH_TRY(known, ledger.traffic());
    for (Side& side : sides_) {
        side.begun_at = side.noted = (*side.meter).*side.direction;
        std::vector<govern::HourOfUse> hours;
        for (const store::HourOfTraffic& hour : known)
            if (hour.side == side.which) hours.push_back(as_use(hour));
        side.use = govern::RecentUse(std::move(hours), now());
        side.is_fresh = side.use.within_a_day(now()) == 0;
        if (!side.budget) continue;
        side.needed = std::max<std::uint64_t>(1, side.budget->limit().value() / worth_beginning);
        if (side.budget->room(side.use, now()) < Octets{side.needed}) close(side, 0);
    }
    return {};
}

govern::Instant Allowance::now() const { return std::chrono::floor<std::chrono::seconds>(clock_()); }

/// What went since the last time.
void Allowance::note() {
    for (Side& side : sides_) {
        const std::uint64_t more = (*side.meter).*side.direction - side.noted;
        side.noted += more;
        side.untold += more;
        side.use.add(more, now());
        const std::uint64_t bearable = side.budget ? side.budget->limit().value() / 100 : told_at_once;
        if (side.untold == 0 || side.untold < std::min(bearable, told_at_once)) continue;
        if (auto told = tell(side); !told.ok() && !failure_) failure_ = std::move(told).error();
    }
}

Result<void> Allowance::tell(Side& side) {
    if (ledger_ == nullptr || side.untold == 0) return {};
    std::vector<store::HourOfTraffic> hours;
    for (const govern::HourOfUse& one : side.use.hours())
        if (one.hour >= side.told_hour)
            hours.push_back({side.which, one.hour, one.last.time_since_epoch().count(), one.octets});
    MH_TRY_VOID(ledger_->record_traffic(hours));
    side.untold = 0;
    if (!hours.empty()) side.told_hour = hours.back().hour;
    return {};
}

Result<void> Allowance::finish() {
    note();
    for (Side& side : sides_) MH_TRY_VOID(tell(side));
    return {};
}

bool Allowance::is_closed() {
    if (closed_ || failure_) return true;
    if (!sides_[0].meter) return false;
    note();
    if (rules_.quiet && rules_.quiet->is_quiet(now()))
        close(Pause::Cause::quiet_hours, "quiet hours (" + rules_.quiet->text() + ")");
    if (rules_.in_all && messages_asked_ >= rules_.in_all->value())
        close(Pause::Cause::total, spell(*rules_.in_all) + " are copied, all that this run is to copy");
    for (Side& side : sides_)
        if (!fits(side, 1) && !must_get_somewhere(side)) close(side, 1);
    return closed_ || failure_;
}

bool Allowance::may_ask(std::uint64_t of_messages, std::uint64_t from_source, std::uint64_t to_destination) {
    if (is_closed()) return false;
    const std::array<std::uint64_t, 2> wanted{from_source, to_destination};
    for (std::size_t i = 0; i < sides_.size(); ++i)
        if (!fits(sides_.at(i), wanted.at(i)) && !must_get_somewhere(sides_.at(i))) close(sides_.at(i), wanted.at(i));
    if (closed_) return false;
    messages_asked_ += of_messages;
    for (std::size_t i = 0; i < sides_.size(); ++i) sides_.at(i).asked += wanted.at(i);
    return true;
}

std::uint64_t Allowance::outstanding(const Side& side) const {
    std::uint64_t sum = 0;
    for (const Commitment* one : commitments_) sum += one->outstanding(side.which);
    return sum;
}

bool Allowance::fits(const Side& side, std::uint64_t octets) const {
    return !side.budget || octets + outstanding(side) <= side.budget->room(side.use, now()).value();
}

/// Where a whole day's limit goes into listings, waiting does not help: a run that has the day for itself lists all the
/// same, and carries as much as one command asks for.
bool Allowance::must_get_somewhere(const Side& side) const { return side.is_fresh && side.asked == 0; }

/// `wanted` octets were too many. They and what this run used besides messages must fit, before another is begun.
void Allowance::close(Side& side, std::uint64_t wanted) {
    const std::uint64_t limit = side.budget->limit().value();
    const std::uint64_t besides = less(side.noted - side.begun_at + outstanding(side), side.asked);
    side.needed = std::min(limit, std::max(side.needed, wanted + besides));
    close(Pause::Cause::daily_limit, spell(side.budget->limit()) + " a day " + std::string(side.limit_words) + " (" +
                                         std::string(side.option) + "), and too little of it is left to go on");
}

void Allowance::close(Pause::Cause cause, std::string reason) {
    if (closed_) return;
    closed_.emplace();
    closed_->cause = cause;
    closed_->reason = std::move(reason);
}

Error Allowance::why() const {
    if (failure_) return *failure_;
    return {Errc::throttled, Scope::run, Retry::later, closed_ ? closed_->reason : ""};
}

Pause Allowance::pause(const Progress& progress) const {
    Pause pause = *closed_;
    pause.left = left_of(progress);
    if (pause.cause == Pause::Cause::total) return pause;
    pause.until = std::max(open_again(), now() + shortest_pause);
    if (pause.left && pause.left->value() > 0) pause.finished = finished(*pause.left, *pause.until);
    return pause;
}

/// When every limit has room for what is needed, outside quiet hours.
govern::Instant Allowance::open_again() const {
    govern::Instant at = now();
    for (int step = 0; step < most_steps; ++step) {
        const govern::Instant before = at;
        for (const Side& side : sides_)
            if (side.budget) at = side.budget->room_again(side.use, Octets{side.needed}, at).value_or(at);
        if (rules_.quiet) at = rules_.quiet->end(at).value_or(at);
        if (at == before) break;
    }
    return at;
}

std::optional<govern::Instant> Allowance::finished(Octets left, govern::Instant from) const {
    std::optional<govern::Instant> latest;
    for (const Side& side : sides_) {
        if (!side.budget) continue;
        const auto at = side.budget->finished(side.use, left, from);
        if (!at) return std::nullopt;
        latest = std::max(latest.value_or(*at), *at);
    }
    return latest;
}

std::optional<Error> Allowance::too_big(std::uint64_t size) const {
    for (const Side& side : sides_)
        if (side.budget && size > side.budget->limit().value())
            return Error{Errc::too_big, Scope::message, Retry::never,
                         "larger than all that " + std::string(side.limit_words) + " in a day (" + spell(side.budget->limit()) +
                             "): give a larger " + std::string(side.option) + ", or move it by hand"};
    return std::nullopt;
}

Commitment::Commitment(Allowance& allowance, client::Connection& source, client::Connection& destination)
    : allowance_(allowance),
      source_(source),
      destination_(destination),
      source_end_(source.received().value()),
      destination_end_(destination.sent().value()) {
    allowance_.commitments_.push_back(this);
}

Commitment::~Commitment() { std::erase(allowance_.commitments_, this); }

bool Commitment::ask(std::uint64_t messages, std::uint64_t octets, std::uint64_t more_to_destination) {
    const std::uint64_t from_source = octets + messages * around_a_message;
    const std::uint64_t to_destination = octets + more_to_destination + messages * around_a_message;
    if (!allowance_.may_ask(octets, from_source, to_destination)) return false;
    const std::uint64_t most = std::accumulate(unanswered_.begin(), unanswered_.end(), source_.received().value());
    source_end_ = std::clamp(source_end_, source_.received().value(), most) + from_source;
    unanswered_.push_back(from_source);
    if (unanswered_.size() > groups_unanswered) unanswered_.pop_front();
    destination_end_ = std::max(destination_end_, destination_.sent().value()) + to_destination;
    return true;
}

void Commitment::give_back(std::uint64_t octets) {
    source_end_ = less(source_end_, octets);
    destination_end_ = less(destination_end_, octets);
}

std::uint64_t Commitment::outstanding(store::HourOfTraffic::Side side) const {
    return side == store::HourOfTraffic::Side::source ? less(source_end_, source_.received().value())
                                                      : less(destination_end_, destination_.sent().value());
}

}  // namespace mailhaul::sync
