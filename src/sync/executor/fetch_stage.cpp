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

Error unreadable(std::string why, std::string said = {}) {
    return {Errc::message_unreadable, Scope::message, Retry::never, std::move(why), std::move(said)};
}

}  // namespace

FetchStage::FetchStage(client::Connection& source, Handover& handover, ReaderRole role, std::function<bool()> must_leave)
    : source_(source),
      handover_(handover),
      queue_(handover.queue),
      role_(role),
      must_leave_(std::move(must_leave)),
      stalled_(role == ReaderRole::own ? handover.limits.activity : nullptr, govern::Occupation::stalled) {}

FetchStage::~FetchStage() {
    // Whoever still reads the pipe must not take the message for whole.
    if (arriving_.pipe) arriving_.pipe->fail(unreadable("the source stopped in the middle of this message"));
}

bool FetchStage::must_end() const {
    return handover_.failure || failure_ || handover_.listener.is_stopping() || (must_leave_ && must_leave_());
}

bool FetchStage::has_answer() const { return !in_flight_.empty() && source_.has_answer(in_flight_.front().command); }

Task<Result<void>> FetchStage::run() {
    const client::Listening listening(source_, *this);
    while (!must_end()) {
        if (has_answer()) {
            co_await finish_oldest();
            continue;
        }
        FetchGroup group = queue_.peek(role_);
        if (group.items.empty()) {
            const bool goes_on = co_await wait_for_others();
            if (!goes_on) break;
        } else if (is_enough_asked_for(group)) {
            co_await finish_oldest();
        } else if (!group.holds_credit && !handover_.has_credit_for(group.credit)) {
            co_await wait_for_credit();
        } else if (!request(std::move(group))) {
            break;
        }
    }
    while (!in_flight_.empty()) co_await finish_oldest();
    if (arriving_.pipe) arriving_.pipe->fail(unreadable("the source stopped in the middle of this message"));
    if (failure_) co_return std::move(*failure_);
    co_return Result<void>{};
}

/// There is nothing to ask for now. False where there will be nothing.
Task<bool> FetchStage::wait_for_others() {
    const bool will_be = role_ == ReaderRole::own ? !queue_.is_finished() : queue_.is_any_left();
    if (!in_flight_.empty()) {
        co_await finish_oldest();
        co_return true;
    }
    if (!will_be) co_return false;
    co_await handover_.credit_back.wait();
    co_return true;
}

bool FetchStage::is_enough_asked_for(const FetchGroup& next) const {
    if (in_flight_.empty()) return false;
    if (in_flight_.size() >= groups_in_flight) return true;
    if (!handover_.limits.source_line) return false;
    std::uint64_t asked_for = next.credit;
    for (const Asked& asked : in_flight_) asked_for += asked.group.credit;
    return asked_for > handover_.limits.source_line->ahead();
}

Task<void> FetchStage::wait_for_credit() {
    ++handover_.readers_stalled;
    waits_for_credit_ = true;
    stalled_.set(undelivered_ == 0);
    handover_.changed.notify();
    co_await handover_.more_credit();
    stalled_.set(false);
    waits_for_credit_ = false;
    --handover_.readers_stalled;
}

/// A group has the line for itself from when the one before it has arrived.
void FetchStage::note_arrived(const Asked& asked) {
    const auto now = Clock::now();
    const auto since = std::max(asked.at, last_arrived_at_);
    last_arrived_at_ = now;
    std::uint64_t octets = 0;
    for (const std::size_t item : asked.group.items)
        if (queue_.is_delivered(item)) octets += handover_.items[item].size;
    if (handover_.limits.source_line) handover_.limits.source_line->note(octets, now - since);
}

/// False where nothing more is to be asked for.
bool FetchStage::request(FetchGroup group) {
    if (!handover_.listener.may_ask(group.items)) return false;
    if (auto told = handover_.listener.sending(group.items); !told.ok()) {
        handover_.stop(std::move(told).error());
        return false;
    }
    if (!group.holds_credit) handover_.take(group.credit);
    queue_.take(group, role_);
    undelivered_ += group.items.size();
    imap::UidSet set;
    bool wants_dates = false;
    for (const std::size_t item : group.items) {
        wants_dates |= handover_.items[item].takes_served_date;
        set.insert(handover_.items[item].source);
        requested_.emplace(handover_.items[item].source, item);
    }
    const imap::CommandId command = source_.submit(
        imap::uid_fetch_command(set.to_string(), wants_dates ? "(UID INTERNALDATE BODY.PEEK[])" : "(UID BODY.PEEK[])", ""));
    in_flight_.push_back({std::move(group), Clock::now(), command});
    handover_.credit_back.notify();  // what is next may be another reader's
    return true;
}

/// What cannot go on at all ends the transfer; an assistant only leaves.
void FetchStage::fail(Error why) {
    if (role_ == ReaderRole::assistant) failure_ = std::move(why);
    else handover_.stop(std::move(why));
}

Task<void> FetchStage::finish_oldest() {
    auto answer = co_await source_.answer_to(in_flight_.front().command);
    Asked asked = std::move(in_flight_.front());
    in_flight_.pop_front();
    if (!answer.ok()) {
        fail(std::move(answer).error().while_doing("fetching"));
    } else if (answer.value().kind != imap::StatusKind::ok) {
        Error refusal = client::error_from(answer.value(), client::Doing::fetching, "UID FETCH");
        if (refusal.scope > Scope::message) fail(std::move(refusal));
    }
    if (failure_) queue_.give_back(std::move(asked.group));
    else if (!handover_.failure) settle(asked.group, answer.value());  // else what was not delivered is planned again
    if (!failure_ && answer.ok()) note_arrived(asked);
    handover_.credit_back.notify();
}

void FetchStage::settle(const FetchGroup& group, const imap::StatusResponse& status) {
    for (const std::size_t item : group.items) {
        requested_.erase(handover_.items[item].source);
        if (queue_.is_delivered(item)) continue;
        note_delivered();
        handover_.give_back(cost_of(handover_.items[item], handover_.limits));
        if (!group.is_alone) {
            queue_.ask_again(item);  // alone, so that it cannot take others with it
            continue;
        }
        queue_.give_up(item);
        Error why = status.kind == imap::StatusKind::ok
                        ? unreadable("listed by the source, but not served: deleted meanwhile, or damaged there")
                        : unreadable("the source will not serve this message", status.raw);
        handover_.listener.failed(Failed(item, std::move(why)));
    }
    queue_.close(group);
}

void FetchStage::note_delivered() {
    --undelivered_;
    if (waits_for_credit_ && undelivered_ == 0) stalled_.set(true);
}

Task<void> FetchStage::room() {
    stalled_.set(true);
    co_await arriving_.pipe->room();
    stalled_.set(false);
}

std::optional<std::size_t> FetchStage::item_of(imap::Uid uid) const {
    const auto found = requested_.find(uid);
    if (found == requested_.end() || queue_.is_delivered(found->second)) return std::nullopt;
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
        if (!arriving_.discard) arriving_.held.expect(arriving_.size);
    } else if (arriving_.item && may_stream(*arriving_.item)) {
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
    return handover_.items[item].takes_served_date && !date_of(item) && !queue_.was_asked_alone(item);
}

/// An assistant's giant, or one behind what others still have to bring, would hold up those who wait for it.
bool FetchStage::may_stream(std::size_t item) const {
    return role_ == ReaderRole::own && queue_.may_stream(item) && !must_learn_date(item);
}

void FetchStage::hand_over_pipe(std::size_t item, const imap::BodyBegin& begin) {
    arriving_.pipe =
        std::make_shared<BodyPipe>(handover_.changed.executor(), handover_.limits.window, handover_.limits.activity);
    handover_.arriving = arriving_.pipe;
    arriving_.pipe->push_prefix(handover_.items[item].prefix);
    Fetched fetched;
    fetched.item = item;
    fetched.credit = cost_of(handover_.items[item], handover_.limits);
    fetched.size = begin.size.value();
    fetched.date = date_of(item);
    fetched.pipe = arriving_.pipe;
    note_delivered();
    queue_.deliver(std::move(fetched));
    handover_.changed.notify();
}

client::Space FetchStage::body_space(std::size_t most) {
    if (arriving_.pipe || arriving_.discard) return {};
    return arriving_.held.space(most);
}

void FetchStage::on_body_data(std::string_view octets) {
    if (arriving_.pipe) {
        arriving_.pipe->push(octets);
    } else if (!arriving_.discard) {
        arriving_.held.take(octets);
    }
}

void FetchStage::on_body_end() { arriving_.pipe.reset(); }

/// What has arrived, whole.
void FetchStage::hand_over_held(std::size_t item) {
    HeldBody::Whole whole = std::move(arriving_.held).finish();
    const std::string& octets = *whole.octets;
    Fetched fetched;
    fetched.item = item;
    fetched.credit = cost_of(handover_.items[item], handover_.limits);
    fetched.size = octets.size();
    fetched.date = date_of(item);
    if (!fetched.date && handover_.items[item].takes_served_date) fetched.date = date_in_header(octets, {});
    served_dates_.erase(item);
    fetched.sha256 = whole.sha256;
    fetched.has_nul = whole.has_nul;
    fetched.message_id = message::message_id_digest(octets);
    if (!handover_.items[item].prefix.empty()) whole.octets->insert(0, handover_.items[item].prefix);
    fetched.body = std::move(whole.octets);
    note_delivered();
    queue_.deliver(std::move(fetched));
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
            arriving_.held.take(section.text);
            hand_over_held(*item);
        } else if (!arriving_.discard && arriving_.held.size() == section.size.value()) {
            hand_over_held(*item);
        }
        arriving_ = {};
        return;
    }
}

}  // namespace mailhaul::sync
