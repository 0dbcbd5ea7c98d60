// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/fetch_stage.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "client/classify.hpp"
#include "imap/codec/command.hpp"
#include "imap/types/uid_set.hpp"
#include "message/message_id.hpp"
#include "sync/executor/header_date.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::size_t set_octets = 900;      // one command stays under 1000 octets, which every server takes
constexpr std::size_t groups_in_flight = 3;  // the one being received, and the next already on its way
constexpr std::uint64_t message_overhead = 512;

Error unreadable(std::string why, std::string said = {}) {
    return {Errc::message_unreadable, Scope::message, Retry::never, std::move(why), std::move(said)};
}

}  // namespace

FetchStage::FetchStage(client::Connection& source, Handover& handover)
    : source_(source),
      handover_(handover),
      delivered_(handover.items.size(), 0),
      stalled_(handover.limits.activity, govern::Occupation::stalled) {}

FetchStage::~FetchStage() {
    // Whoever still reads the pipe must not take the message for whole.
    if (arriving_.pipe) arriving_.pipe->fail(unreadable("the source stopped in the middle of this message"));
}

Task<void> FetchStage::run() {
    const client::Listening listening(source_, *this);
    while (!handover_.failure && !handover_.listener.is_stopping()) {
        Group group = next_group();
        if (group.items.empty()) {
            if (in_flight_.empty()) break;
            co_await finish_oldest();
            continue;
        }
        while (is_enough_asked_for(group) && !handover_.failure) co_await finish_oldest();
        if (!co_await request(std::move(group))) break;
    }
    while (!in_flight_.empty()) co_await finish_oldest();
    if (arriving_.pipe) arriving_.pipe->fail(unreadable("the source stopped in the middle of this message"));
    handover_.fetching_done = true;
    handover_.changed.notify();
}

std::uint64_t FetchStage::cost_of(const TransferItem& item) const {
    return std::min(item.size, handover_.limits.window) + message_overhead;
}

FetchStage::Group FetchStage::next_group() {
    Group group;
    const auto& limits = handover_.limits;
    const std::uint64_t most_octets = group_octets();
    if (next_item_ >= handover_.items.size()) {
        if (again_.empty()) return group;
        group.is_second_try = true;
        group.items.push_back(again_.front());
        asked_alone_.insert(again_.front());
        group.credit = cost_of(handover_.items[again_.front()]);
        again_.erase(again_.begin());
        return group;
    }
    imap::UidSet set;
    while (next_item_ < handover_.items.size() && group.items.size() < limits.fetch_messages) {
        const TransferItem& item = handover_.items[next_item_];
        const bool is_giant = item.size > limits.hold;
        const bool is_enough = group.credit + item.size > most_octets || is_giant;
        if (!group.items.empty() && is_enough) break;
        set.insert(item.source);
        if (group.items.size() % 16 == 15 && set.to_string().size() > set_octets - 200) break;
        group.items.push_back(next_item_++);
        group.credit += cost_of(item);
        if (is_giant) break;
    }
    return group;
}

/// So that several are under way within what may be asked for ahead.
std::uint64_t FetchStage::group_octets() const {
    const auto& limits = handover_.limits;
    if (!limits.source_line) return limits.fetch_octets;
    return std::min(limits.fetch_octets, limits.source_line->ahead() / groups_in_flight);
}

bool FetchStage::is_enough_asked_for(const Group& next) const {
    if (in_flight_.empty()) return false;
    if (in_flight_.size() >= groups_in_flight) return true;
    if (!handover_.limits.source_line) return false;
    std::uint64_t asked_for = next.credit;
    for (const Group& group : in_flight_) asked_for += group.credit;
    return asked_for > handover_.limits.source_line->ahead();
}

/// A group has the line for itself from when the one before it has arrived.
void FetchStage::note_arrived(const Group& group) {
    const auto now = Clock::now();
    const auto since = std::max(group.asked_at, last_arrived_at_);
    last_arrived_at_ = now;
    std::uint64_t octets = 0;
    for (const std::size_t item : group.items)
        if (delivered_[item] != 0) octets += handover_.items[item].size;
    if (handover_.limits.source_line) handover_.limits.source_line->note(octets, now - since);
}

Task<bool> FetchStage::request(Group group) {
    while (!handover_.has_credit_for(group.credit) && !handover_.failure) {
        handover_.fetching_stalled = true;
        stalled_.set(undelivered_ == 0);
        handover_.changed.notify();
        co_await handover_.more_credit();
    }
    handover_.fetching_stalled = false;
    stalled_.set(false);
    if (handover_.failure || !handover_.listener.may_ask(group.items)) co_return false;
    if (auto told = handover_.listener.sending(group.items); !told.ok()) {
        handover_.stop(std::move(told).error());
        co_return false;
    }
    handover_.take(group.credit);
    undelivered_ += group.items.size();
    imap::UidSet set;
    bool wants_dates = false;
    for (const std::size_t item : group.items) {
        wants_dates |= handover_.items[item].takes_served_date;
        set.insert(handover_.items[item].source);
        requested_.emplace(handover_.items[item].source, item);
    }
    group.command = source_.submit(
        imap::uid_fetch_command(set.to_string(), wants_dates ? "(UID INTERNALDATE BODY.PEEK[])" : "(UID BODY.PEEK[])", ""));
    group.asked_at = Clock::now();
    in_flight_.push_back(std::move(group));
    co_return true;
}

Task<void> FetchStage::finish_oldest() {
    auto answer = co_await source_.answer_to(in_flight_.front().command);
    const Group group = std::move(in_flight_.front());
    in_flight_.pop_front();
    if (!answer.ok()) {
        handover_.stop(std::move(answer).error().while_doing("fetching"));
        co_return;
    }
    const imap::StatusResponse& status = answer.value();
    if (status.kind != imap::StatusKind::ok) {
        Error refusal = client::error_from(status, client::Doing::fetching, "UID FETCH");
        if (refusal.scope > Scope::message) {
            handover_.stop(std::move(refusal));
            co_return;
        }
    }
    note_arrived(group);
    if (handover_.failure) co_return;  // what was not delivered now is planned again
    for (const std::size_t item : group.items) {
        requested_.erase(handover_.items[item].source);
        if (delivered_[item] != 0) continue;
        note_delivered();
        handover_.give_back(cost_of(handover_.items[item]));
        if (!group.is_second_try) {
            again_.push_back(item);  // alone, so that it cannot take others with it
            continue;
        }
        delivered_[item] = 1;
        Error why = status.kind == imap::StatusKind::ok
                        ? unreadable("listed by the source, but not served: deleted meanwhile, or damaged there")
                        : unreadable("the source will not serve this message", status.raw);
        handover_.listener.failed(Failed(item, std::move(why)));
    }
}

void FetchStage::note_delivered() {
    --undelivered_;
    if (handover_.fetching_stalled && undelivered_ == 0) stalled_.set(true);
}

Task<void> FetchStage::room() {
    stalled_.set(true);
    co_await arriving_.pipe->room();
    stalled_.set(false);
}

std::optional<std::size_t> FetchStage::item_of(imap::Uid uid) const {
    const auto found = requested_.find(uid);
    if (found == requested_.end() || delivered_[found->second] != 0) return std::nullopt;
    return found->second;
}

void FetchStage::on_body_begin(const imap::BodyBegin& begin) {
    arriving_ = {};
    arriving_.size = begin.size.value();
    if (handover_.failure) {  // nobody will take it
        arriving_.discard = true;
        return;
    }
    if (begin.uid) {
        arriving_.item = item_of(*begin.uid);
        arriving_.discard = !arriving_.item;
    } else if (requested_.size() == 1) {
        arriving_.item = item_of(requested_.begin()->first);
    }
    if (arriving_.size <= handover_.limits.hold) {
        if (!arriving_.discard) arriving_.octets.reserve(arriving_.size);
    } else if (arriving_.item && !must_learn_date(*arriving_.item)) {
        hand_over_pipe(*arriving_.item, begin);
    } else {
        arriving_.discard = true;
    }
}

std::optional<imap::InternalDate> FetchStage::date_of(std::size_t item) const {
    if (handover_.items[item].date) return handover_.items[item].date;
    const auto served = served_dates_.find(item);
    return served == served_dates_.end() ? std::nullopt : std::optional(served->second);
}

/// A giant nobody expected: APPEND names the date before the octets, and it is known only after them. It is asked for
/// again alone, with the date it told this time.
bool FetchStage::must_learn_date(std::size_t item) const {
    return handover_.items[item].takes_served_date && !date_of(item) && !asked_alone_.contains(item);
}

void FetchStage::hand_over_pipe(std::size_t item, const imap::BodyBegin& begin) {
    arriving_.pipe =
        std::make_shared<BodyPipe>(handover_.changed.executor(), handover_.limits.window, handover_.limits.activity);
    handover_.arriving = arriving_.pipe;
    arriving_.pipe->push_prefix(handover_.items[item].prefix);
    Fetched fetched;
    fetched.item = item;
    fetched.credit = cost_of(handover_.items[item]);
    fetched.size = begin.size.value();
    fetched.date = date_of(item);
    fetched.pipe = arriving_.pipe;
    delivered_[item] = 1;
    note_delivered();
    handover_.ready.push_back(std::move(fetched));
    handover_.changed.notify();
}

void FetchStage::on_body_data(std::string_view octets) {
    if (arriving_.pipe) {
        arriving_.pipe->push(octets);
    } else if (!arriving_.discard) {
        keep(octets);
    }
}

void FetchStage::keep(std::string_view octets) {
    if (!arriving_.digest) arriving_.digest.emplace();
    arriving_.octets.append(octets);
    arriving_.digest->update(octets);
    arriving_.has_nul = arriving_.has_nul || octets.find('\0') != std::string_view::npos;
}

void FetchStage::on_body_end() { arriving_.pipe.reset(); }

/// What has arrived, whole.
void FetchStage::hand_over_held(std::size_t item) {
    keep({});  // a message without octets has a digest as well
    std::string octets = std::move(arriving_.octets);
    Fetched fetched;
    fetched.item = item;
    fetched.credit = cost_of(handover_.items[item]);
    fetched.size = octets.size();
    fetched.date = date_of(item);
    if (!fetched.date && handover_.items[item].takes_served_date) fetched.date = date_in_header(octets, {});
    served_dates_.erase(item);
    fetched.sha256 = arriving_.digest->finish();
    fetched.has_nul = arriving_.has_nul;
    fetched.message_id = message::message_id_digest(octets);
    if (!handover_.items[item].prefix.empty()) octets.insert(0, handover_.items[item].prefix);
    fetched.body = std::make_shared<const std::string>(std::move(octets));
    delivered_[item] = 1;
    note_delivered();
    handover_.ready.push_back(std::move(fetched));
    handover_.changed.notify();
}

void FetchStage::on_response(imap::Response&& response) {
    auto* fetch = std::get_if<imap::FetchResponse>(&response);
    if (fetch == nullptr || !fetch->uid) return;
    const auto item = item_of(*fetch->uid);
    if (item && fetch->internal_date) served_dates_.insert_or_assign(*item, *fetch->internal_date);
    for (imap::BodySection& section : fetch->sections) {
        if (!section.section.empty() || section.nil || !item) continue;
        if (!section.streamed) {  // came as a quoted string
            arriving_ = {};
            keep(section.text);
            hand_over_held(*item);
        } else if (!arriving_.discard && arriving_.octets.size() == section.size.value()) {
            hand_over_held(*item);
        }
        arriving_ = {};
        return;
    }
}

}  // namespace mailhaul::sync
