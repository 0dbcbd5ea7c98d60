// SPDX-License-Identifier: Apache-2.0
// BodyPipe: one message too large to hold, on its way from the source's socket to the destination's.
//
// The fetching side pushes, the appending side pulls; at most `window` octets wait in between (plus one read). If the
// source breaks in the middle, fail() makes the destination's connection drop inside the literal, so no part of the
// message is ever stored.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "async/event.hpp"
#include "client/connection.hpp"
#include "message/fingerprint.hpp"
#include "message/message_id.hpp"
#include "message/repair.hpp"
#include "sync/executor/activity_mark.hpp"

namespace mailhaul::sync {

class BodyPipe : public client::BodySource {
public:
    BodyPipe(const asio::any_io_executor& executor, std::size_t window, std::shared_ptr<govern::Activity> activity = nullptr)
        : window_(window),
          starved_(std::move(activity), govern::Occupation::starved),
          octets_ready_(executor),
          room_ready_(executor) {}

    /// Octets in front of the message (an added header); not part of its digest.
    void push_prefix(std::string_view octets);
    void push(std::string_view octets);
    void fail(Error why);
    [[nodiscard]] bool is_full() const { return waiting_ >= window_ && !failure_; }
    Task<void> room();
    Task<Result<std::string>> next() override;
    /// Of everything pushed so far.
    [[nodiscard]] message::Sha256 digest() { return digest_.finish(); }
    [[nodiscard]] std::optional<std::uint64_t> message_id() const { return message::message_id_digest(start_); }

    /// Of the whole message; none where not all `size` octets of it passed.
    [[nodiscard]] message::Defects defects(std::uint64_t size) const;

private:
    std::size_t window_;
    std::size_t waiting_ = 0;
    std::deque<std::string> chunks_;
    std::optional<Error> failure_;
    message::Sha256Stream digest_;
    message::DefectScan defects_;
    std::uint64_t pushed_ = 0;  // octets of the message
    std::string start_;  // what is enough to find the Message-ID in
    ActivityMark starved_;  // the destination takes octets faster than they come
    Event octets_ready_;
    Event room_ready_;
};

}  // namespace mailhaul::sync
