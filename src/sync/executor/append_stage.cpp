// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/append_stage.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "async/pause.hpp"
#include "client/classify.hpp"
#include "imap/codec/command.hpp"

namespace mailhaul::sync {
namespace {

constexpr int batches_alone_after_refusal = 8;  // where one is refused others will be, and each takes the next one back
constexpr std::chrono::milliseconds longest_pause{200};  // until a stop is looked for again
constexpr std::chrono::milliseconds paced_burst{1000};   // stored at once, where so many a second are allowed

/// A refusal that is about this message and not about the mailbox, the account or the moment.
bool is_about_one_message(const Error& error) { return error.scope == Scope::message; }

/// So many were refused at once, and others of them may be taken: it is about one of them, or there is no room for all.
bool may_take_fewer(const Error& error, std::size_t messages) {
    return is_about_one_message(error) || (error.code == Errc::over_quota && messages > 1);
}

Error refusal_of(const imap::StatusResponse& status) { return client::error_from(status, client::Doing::appending, "APPEND"); }

message::Defects mendable_defects(std::string_view octets) {
    const auto repaired = message::repaired(octets, message::Mending::everything);
    return repaired ? repaired->mended : message::Defects();
}

message::Sha256 digest_of(std::string_view octets) {
    message::Sha256Stream digest;
    digest.update(octets);
    return digest.finish();
}

/// UIDs in the order of the batch, or empty where the server told none that can be trusted.
std::vector<imap::Uid> assigned_uids(const imap::StatusResponse& status, std::size_t count,
                                     std::optional<imap::UidValidity> uid_validity) {
    if (!status.code) return {};
    const auto* code = std::get_if<imap::AppendUidCode>(&*status.code);
    if (code == nullptr || code->uids.size() != count) return {};
    if (uid_validity && code->uid_validity != *uid_validity) return {};  // DavMail swaps the two numbers
    return code->uids.expand(count);
}

}  // namespace

AppendStage::AppendStage(client::Connection& destination, TransferTarget target, Handover& handover)
    : destination_(destination),
      target_(std::move(target)),
      handover_(handover),
      batches_(destination.capabilities().has("MULTIAPPEND")),
      starved_(handover.limits.activity, govern::Occupation::starved),
      resting_(handover.limits.activity, govern::Occupation::resting) {}

Task<void> AppendStage::run() {
    AnswerBell bell(handover_, target_.look);
    const client::Listening listening(destination_, bell);
    while (!handover_.failure) {
        Batch batch = co_await next_batch();
        if (handover_.failure || batch.messages.empty()) break;
        const std::size_t count = batch.messages.size();
        while (!may_send(batch) && !handover_.failure) co_await settle_oldest();
        if (handover_.failure) break;
        send(std::move(batch));
        if (handover_.limits.message_pace) co_await keep_pace(*handover_.limits.message_pace, count);
    }
    co_await settle_all();
    handover_.wake_readers();
}

/// What is under way, with the look at it behind it once all of it has been sent.
Task<void> AppendStage::settle_all() {
    const auto is_held = [](const Batch& batch) { return batch.is_held; };
    while (std::ranges::any_of(in_flight_, is_held)) co_await settle_oldest();
    const bool looks = target_.look != nullptr && !in_flight_.empty() && !handover_.failure;
    if (looks) target_.look->begin(destination_);
    while (!in_flight_.empty()) co_await settle_oldest();
    if (!looks) co_return;
    auto looked = co_await target_.look->finish(destination_);
    if (!looked.ok()) handover_.stop(std::move(looked).error().while_doing("looking at what was stored"));
}

/// Waits with everything told that was sent: a long pause is no reason to leave it unrecorded.
Task<void> AppendStage::keep_pace(Pace& pace, std::size_t messages) {
    const auto due = pace.use(messages, Pace::Clock::now());
    while (!in_flight_.empty() && !handover_.failure) co_await settle_oldest();
    resting_.set(true);
    while (!handover_.failure && !handover_.listener.is_stopping()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Pace::Clock::now());
        if (left <= std::chrono::milliseconds::zero()) break;
        co_await pause_for(std::min(left, longest_pause));
    }
    resting_.set(false);
}

bool AppendStage::holds_several_in_flight() const {
    return std::ranges::any_of(in_flight_, [](const Batch& batch) { return batch.messages.size() > 1; });
}

/// It must be there to be sent again, and the server must need no `+` to be told that it is not to be carried out.
bool AppendStage::can_be_held(const Batch& batch) const {
    const bool is_streamed = batch.messages.front().pipe != nullptr;
    return !is_streamed && batches_alone_ == 0 && destination_.literal_mode() != imap::LiteralMode::synchronising;
}

/// Were a batch of several refused, what follows it would stand before the rest of it. So what follows is sent but for
/// its end, and carried out only once the batch is stored (docs/decisions/0025-held-batches.md). A single message is stored or
/// skipped, and the order is kept either way.
bool AppendStage::may_send(const Batch& batch) const {
    if (in_flight_.empty()) return true;
    if (!holds_several_in_flight()) return in_flight_.size() < handover_.limits.appends_in_flight;
    return in_flight_.size() == 1 && (can_be_held(batch) || !keeps_order());
}

bool AppendStage::is_full(const Batch& batch) const {
    const auto& pace = handover_.limits.message_pace;
    return !batches_ || batch.messages.size() >= handover_.limits.batch_messages ||
           (pace && batch.messages.size() >= pace->portion(paced_burst)) || batch.octets >= handover_.limits.batch_octets;
}

/// A destination that has nothing to do is not kept waiting for the last message of a batch that a slow source fills. Looked
/// at when one arrives: as long as none does, there is nothing to be gained.
bool AppendStage::waited_long_enough(const Batch& batch) const {
    constexpr std::chrono::milliseconds long_enough{100};
    return in_flight_.empty() && Clock::now() - batch.begun >= long_enough;
}

/// Waits until a batch is worth sending; an empty one means there is nothing more.
Task<AppendStage::Batch> AppendStage::next_batch() {
    Batch batch;
    while (!handover_.failure) {
        if (!in_flight_.empty() && destination_.has_answer(in_flight_.front().command)) {
            co_await settle_oldest();
        } else if (!handover_.ready.empty()) {
            Fetched& front = handover_.ready.front();
            if (front.pipe && !batch.messages.empty()) break;
            const bool is_giant = front.pipe != nullptr;
            Fetched message = std::move(front);
            handover_.ready.pop_front();
            if (target_.rewriting) {
                const bool goes_on = co_await rewrite(message);
                if (!goes_on) continue;
            }
            if (batch.messages.empty()) batch.begun = Clock::now();
            batch.octets += message.size;
            batch.messages.push_back(std::move(message));
            if (is_giant || is_full(batch) || waited_long_enough(batch)) break;
        } else if (handover_.fetching_done) {
            break;
        } else if (handover_.readers_stalled > 0 && !batch.messages.empty()) {
            break;  // a reader waits for the credit that this batch holds
        } else if (handover_.readers_stalled > 0 && !in_flight_.empty()) {
            co_await settle_oldest();  // or for the credit of batches under way
        } else {
            starved_.set(in_flight_.empty());
            co_await handover_.changed.wait();
            starved_.set(false);
        }
    }
    co_return batch;
}

imap::Command AppendStage::command_for(const Batch& batch, std::shared_ptr<BodyPipe>& pipe) const {
    imap::CommandBuilder command("APPEND", imap::CommandKind::append, destination_.literal_mode());
    command.mailbox(target_.mailbox);
    const bool takes_binary = destination_.capabilities().has("BINARY");
    for (const Fetched& message : batch.messages) {
        const TransferItem& item = handover_.items[message.item];
        command.atom("(" + item.flags.to_string() + ")");
        if (message.date) command.atom("\"" + message.date->to_string() + "\"");
        if (message.pipe) {
            pipe = message.pipe;
            command.external_literal(Octets{message.size + item.prefix.size()}, false);
        } else {
            command.shared_literal(message.body, takes_binary && message.has_nul);
        }
    }
    return batch.is_held ? std::move(command).build_held() : std::move(command).build();
}

void AppendStage::send(Batch batch) {
    std::shared_ptr<BodyPipe> pipe;
    batch.is_held = keeps_order() && holds_several_in_flight();
    if (batches_alone_ > 0) --batches_alone_;
    imap::Command command = command_for(batch, pipe);
    batch.command = destination_.submit(std::move(command), pipe);
    in_flight_.push_back(std::move(batch));
}

Task<void> AppendStage::settle_oldest() {
    Batch batch = std::move(in_flight_.front());
    in_flight_.pop_front();
    auto answer = co_await destination_.answer_to(batch.command);
    if (!answer.ok()) {
        handover_.stop(std::move(answer).error().while_doing("storing"));
    } else if (answer.value().kind == imap::StatusKind::ok) {
        confirm(std::move(batch), answer.value());
        release_next();
    } else if (!handover_.failure) {
        co_await refused(std::move(batch), std::move(answer).value());
    }
    if (handover_.failure) static_cast<void>(co_await take_back_next());
}

void AppendStage::release_next() {
    if (in_flight_.empty() || !in_flight_.front().is_held || handover_.failure) return;
    in_flight_.front().is_held = false;
    destination_.release(in_flight_.front().command);
}

/// The batch whose end is held, now refused as a whole at our wish; none where there is none, or where it could not be
/// kept from being stored.
Task<std::optional<AppendStage::Batch>> AppendStage::take_back_next() {
    if (in_flight_.empty() || !in_flight_.front().is_held) co_return std::nullopt;
    Batch batch = std::move(in_flight_.front());
    in_flight_.pop_front();
    batch.is_held = false;
    destination_.cancel(batch.command);
    auto answer = co_await destination_.answer_to(batch.command);
    if (!answer.ok()) {
        handover_.stop(std::move(answer).error().while_doing("storing"));
        co_return std::nullopt;
    }
    if (answer.value().kind == imap::StatusKind::ok) {  // it does not know RFC 3502 so well
        confirm(std::move(batch), answer.value());
        co_return std::nullopt;
    }
    co_return std::optional<Batch>(std::move(batch));
}

void AppendStage::confirm(Batch batch, const imap::StatusResponse& status) {
    const std::vector<imap::Uid> uids = assigned_uids(status, batch.messages.size(), target_.uid_validity);
    std::vector<Copied> copied;
    copied.reserve(batch.messages.size());
    for (std::size_t i = 0; i < batch.messages.size(); ++i) {
        Fetched& message = batch.messages[i];
        Copied one;
        one.item = message.item;
        if (!uids.empty()) one.destination = uids[i];
        one.sha256 = message.pipe ? message.pipe->digest() : message.sha256;
        one.size = message.size;
        one.sent = message.pipe ? message.size + handover_.items[message.item].prefix.size() : message.body->size();
        one.repair = message.repair;
        one.date = message.date;
        one.message_id = message.pipe ? message.pipe->message_id() : message.message_id;
        copied.push_back(one);
    }
    auto recorded = handover_.listener.copied(copied);
    forget(batch);
    if (!recorded.ok()) handover_.stop(std::move(recorded).error());
}

void AppendStage::forget(const Batch& batch) {
    std::uint64_t credit = 0;
    for (const Fetched& message : batch.messages) credit += message.credit;
    handover_.give_back(credit);
}

Task<void> AppendStage::refused(Batch batch, imap::StatusResponse status) {
    Error refusal = refusal_of(status);
    if (!may_take_fewer(refusal, batch.messages.size())) {
        handover_.stop(std::move(refusal));
        co_return;
    }
    if (batch.messages.size() == 1) {
        co_await refused_alone(std::move(batch), std::move(refusal));
        co_return;
    }
    // BAD to the very form of the command: this server does not understand batches after all.
    if (status.kind == imap::StatusKind::bad && status.code_name().empty()) batches_ = false;
    batches_alone_ = batches_alone_after_refusal;
    // What was sent behind it without being held stands before it now: told in that order, so that UIDs can be told by order.
    while (!in_flight_.empty() && !in_flight_.front().is_held && !handover_.failure) co_await settle_oldest();
    std::vector<Batch> parts;
    std::optional<Batch> next = co_await take_back_next();
    if (next) parts.push_back(std::move(*next));
    parts.push_back(std::move(batch));
    co_await isolate(std::move(parts));
}

Task<void> AppendStage::refused_alone(Batch batch, Error refusal) {
    const Fetched& message = batch.messages.front();
    Failed failed(message.item, std::move(refusal));
    failed.was_streamed = message.pipe != nullptr;
    if (failed.why.code == Errc::message_refused) {
        if (message.pipe) failed.defects = message.pipe->defects(message.size);
        else failed.defects = mendable_defects(*message.body);
    }
    if (message.pipe) message.pipe->fail(failed.why);  // let the rest of it go by unread
    if (target_.on_refusal == OnRefusal::repair && !failed.was_streamed && !failed.defects.empty()) {
        co_await send_repaired(std::move(batch), std::move(failed));
        co_return;
    }
    give_up(batch, std::move(failed));
}

void AppendStage::give_up(const Batch& batch, Failed failed) {
    forget(batch);
    handover_.listener.failed(std::move(failed));
}

/// Mended as little as the destination will have it: first so that no line becomes two, then altogether.
Task<void> AppendStage::send_repaired(Batch batch, Failed failed) {
    // What was sent behind it stands before it now, and is told first: see refused().
    while (!in_flight_.empty() && !handover_.failure) co_await settle_oldest();
    const imap::SharedOctets original = batch.messages.front().body;
    message::Defects sent;  // without these it was refused already
    for (const message::Mending mending : {message::Mending::line_ends, message::Mending::everything}) {
        if (handover_.failure) co_return;
        auto repaired = message::repaired(*original, mending);
        if (!repaired || repaired->mended == sent) continue;
        sent = repaired->mended;
        batch.messages.front().repair = message::Repair{repaired->mended, digest_of(repaired->octets)};
        batch.messages.front().has_nul = repaired->octets.find('\0') != std::string::npos;
        batch.messages.front().body = std::make_shared<const std::string>(std::move(repaired->octets));
        std::shared_ptr<BodyPipe> none;
        batch.command = destination_.submit(command_for(batch, none), nullptr);
        auto answer = co_await destination_.answer_to(batch.command);
        if (!answer.ok()) {
            handover_.stop(std::move(answer).error().while_doing("storing"));
            co_return;
        }
        if (answer.value().kind == imap::StatusKind::ok) {
            confirm(std::move(batch), answer.value());
            co_return;
        }
        Error refusal = refusal_of(answer.value());
        if (!is_about_one_message(refusal)) {
            handover_.stop(std::move(refusal));
            co_return;
        }
        failed.why = std::move(refusal);
        failed.was_repaired = true;
    }
    give_up(batch, std::move(failed));
}

/// Stores `parts`, the last one first, and of a refused one its halves one after the other until the guilty messages
/// stand alone.
Task<void> AppendStage::isolate(std::vector<Batch> parts) {
    while (!parts.empty() && !handover_.failure) {
        Batch part = std::move(parts.back());
        parts.pop_back();
        std::shared_ptr<BodyPipe> none;
        part.command = destination_.submit(command_for(part, none), nullptr);
        auto answer = co_await destination_.answer_to(part.command);
        if (!answer.ok()) {
            handover_.stop(std::move(answer).error().while_doing("storing"));
        } else if (answer.value().kind == imap::StatusKind::ok) {
            confirm(std::move(part), answer.value());
        } else if (part.messages.size() == 1) {
            co_await refused(std::move(part), std::move(answer).value());
        } else if (Error why = refusal_of(answer.value()); !may_take_fewer(why, part.messages.size())) {
            handover_.stop(std::move(why));
        } else {
            Batch second;
            const auto middle = part.messages.begin() + static_cast<std::ptrdiff_t>(part.messages.size() / 2);
            second.messages.assign(std::make_move_iterator(middle), std::make_move_iterator(part.messages.end()));
            part.messages.erase(middle, part.messages.end());
            parts.push_back(std::move(second));
            parts.push_back(std::move(part));  // the first half goes first: order is kept
        }
    }
}

}  // namespace mailhaul::sync
