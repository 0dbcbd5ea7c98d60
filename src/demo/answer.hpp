// SPDX-License-Identifier: Apache-2.0
// Answer: what the server says to one command, before it is sent.
//
// Message octets are referred to, not copied: the answer to a FETCH of a whole mailbox stays small however much it sends,
// and stays true whatever happens to the mailbox meanwhile.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "demo/mail_store.hpp"

namespace mailhaul::demo {

class Answer {
public:
    /// Octets of one run: text of the answer's own, or part of a message.
    class Piece {
    public:
        explicit Piece(std::string text) : text_(std::move(text)) {}
        Piece(MessageOctets message, std::size_t origin, std::size_t count)
            : message_(std::move(message)), origin_(origin), count_(count) {}
        [[nodiscard]] std::string_view octets() const {
            return message_ ? std::string_view(*message_).substr(origin_, count_) : std::string_view(text_);
        }
        /// Null where the piece is a message's.
        [[nodiscard]] std::string* own_text() { return message_ ? nullptr : &text_; }

    private:
        std::string text_;
        MessageOctets message_;
        std::size_t origin_ = 0;
        std::size_t count_ = 0;
    };

    void add(std::string_view text);
    void add(MessageOctets message, std::size_t origin, std::size_t count);
    [[nodiscard]] const std::deque<Piece>& pieces() const { return pieces_; }
    [[nodiscard]] std::string flattened() const;

    bool then_close = false;  ///< the connection ends once this is sent

private:
    std::deque<Piece> pieces_;
};

}  // namespace mailhaul::demo
