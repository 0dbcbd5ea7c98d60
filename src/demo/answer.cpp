// SPDX-License-Identifier: Apache-2.0
#include "demo/answer.hpp"

namespace mailhaul::demo {

void Answer::add(std::string_view text) {
    std::string* last = pieces_.empty() ? nullptr : pieces_.back().own_text();
    if (last == nullptr) {
        pieces_.emplace_back(std::string(text));
    } else {
        last->append(text);
    }
}

void Answer::add(MessageOctets message, std::size_t origin, std::size_t count) {
    if (count > 0) pieces_.emplace_back(std::move(message), origin, count);
}

std::string Answer::flattened() const {
    std::string text;
    for (const Piece& piece : pieces_) text += piece.octets();
    return text;
}

}  // namespace mailhaul::demo
