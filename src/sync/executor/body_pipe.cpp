// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/body_pipe.hpp"

#include <utility>

namespace mailhaul::sync {

void BodyPipe::push_prefix(std::string_view octets) {
    if (octets.empty() || failure_) return;
    chunks_.emplace_back(octets);
    waiting_ += octets.size();
    octets_ready_.notify();
}

void BodyPipe::push(std::string_view octets) {
    digest_.update(octets);
    defects_.update(octets);
    pushed_ += octets.size();
    if (start_.size() < message::message_id_within) start_ += octets.substr(0, message::message_id_within - start_.size());
    push_prefix(octets);
}

message::Defects BodyPipe::defects(std::uint64_t size) const { return pushed_ == size ? defects_.finish() : message::Defects(); }

void BodyPipe::fail(Error why) {
    if (!failure_) failure_ = std::move(why);
    octets_ready_.notify();
    room_ready_.notify();
}

Task<void> BodyPipe::room() {
    while (is_full()) co_await room_ready_.wait();
}

Task<Result<std::string>> BodyPipe::next() {
    starved_.set(chunks_.empty() && !failure_);
    while (chunks_.empty() && !failure_) co_await octets_ready_.wait();
    starved_.set(false);
    if (failure_) co_return *failure_;
    std::string chunk = std::move(chunks_.front());
    chunks_.pop_front();
    waiting_ -= chunk.size();
    if (!is_full()) room_ready_.notify();
    co_return chunk;
}

}  // namespace mailhaul::sync
