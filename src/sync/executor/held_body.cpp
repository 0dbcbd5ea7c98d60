// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/held_body.hpp"

#include <algorithm>
#include <utility>

namespace mailhaul::sync {

void HeldBody::expect(std::uint64_t size) {
    octets_ = std::make_shared<std::string>();
    octets_->reserve(size);
    expected_ = size;
}

client::Space HeldBody::space(std::size_t most) {
    const std::size_t room = std::min<std::uint64_t>(most, expected_ - std::min<std::uint64_t>(size_, expected_));
    if (room == 0) return {};
    // Not set to zero first, which costs as much as the copy that is saved; what nobody reads into, finish() cuts off.
    octets_->resize_and_overwrite(size_ + room, [](char*, std::size_t size) { return size; });
    return {octets_, std::span<char>(*octets_).subspan(size_)};
}

void HeldBody::take(std::string_view octets) {
    if (!octets_) octets_ = std::make_shared<std::string>();
    const bool is_there = octets.data() == octets_->data() + size_;
    if (!is_there) octets_->replace(size_, std::string::npos, octets);
    size_ += octets.size();
    if (!digest_) digest_.emplace();
    digest_->update(octets);
    has_nul_ = has_nul_ || octets.find('\0') != std::string_view::npos;
}

HeldBody::Whole HeldBody::finish() && {
    take({});  // a message without octets is one as well
    octets_->resize(size_);
    return {std::move(octets_), digest_->finish(), has_nul_};
}

}  // namespace mailhaul::sync
