// SPDX-License-Identifier: Apache-2.0
// The two libraries behind one face; which one is decided when mailhaul is built.
#include "net/deflate_codec.hpp"

#include <algorithm>
#include <limits>

#if MAILHAUL_WITH_ISAL
#include <isa-l/igzip_lib.h>

#include <array>
#else
#include <zlib.h>
#endif

namespace mailhaul::net {
namespace {

// Both libraries want mutable octets and do not write to them.
unsigned char* octets_of(std::string_view text) {
    return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(text.data()));
}
unsigned char* octets_of(std::span<char> text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::uint32_t count_of(std::size_t octets) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(octets, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

#if MAILHAUL_WITH_ISAL

struct Deflater::State {
    isal_zstream stream;
    std::array<std::uint8_t, ISAL_DEF_LVL1_DEFAULT> level_buffer;
};

Deflater::Deflater() : state_(std::make_unique_for_overwrite<State>()) {
    isal_deflate_init(&state_->stream);
    state_->stream.level = 1;
    state_->stream.level_buf = state_->level_buffer.data();
    state_->stream.level_buf_size = static_cast<std::uint32_t>(state_->level_buffer.size());
    state_->stream.flush = SYNC_FLUSH;
}

Deflater::~Deflater() = default;

std::size_t Deflater::drain(std::span<char> out) {
    if (!pending_) return 0;
    state_->stream.next_out = octets_of(out);
    state_->stream.avail_out = count_of(out.size());
    isal_deflate(&state_->stream);  // fails only for a wrong level or buffer, and those are ours
    pending_ = state_->stream.avail_out == 0;
    return out.size() - state_->stream.avail_out;
}

struct Inflater::State {
    inflate_state stream;
};

Inflater::Inflater() : state_(std::make_unique_for_overwrite<State>()) {
    isal_inflate_init(&state_->stream);
    state_->stream.avail_in = 0;
}

Inflater::~Inflater() = default;

Inflater::Step Inflater::inflate(std::span<char> into) {
    state_->stream.next_out = octets_of(into);
    state_->stream.avail_out = count_of(into.size());
    const int result = isal_inflate(&state_->stream);
    const std::size_t inflated = into.size() - state_->stream.avail_out;
    if (result < 0 || result > ISAL_END_INPUT) return {inflated, Status::corrupt};
    return {inflated, state_->stream.block_state == ISAL_BLOCK_FINISH ? Status::ended : Status::more};
}

#else

struct Deflater::State {
    z_stream stream;
};

Deflater::Deflater() : state_(std::make_unique<State>()) {
    constexpr int raw_with_full_window = -15;
    constexpr int most_memory = 9;
    deflateInit2(&state_->stream, Z_BEST_SPEED, Z_DEFLATED, raw_with_full_window, most_memory, Z_DEFAULT_STRATEGY);
}

Deflater::~Deflater() { deflateEnd(&state_->stream); }

std::size_t Deflater::drain(std::span<char> out) {
    if (!pending_) return 0;
    state_->stream.next_out = octets_of(out);
    state_->stream.avail_out = count_of(out.size());
    ::deflate(&state_->stream, Z_SYNC_FLUSH);
    pending_ = state_->stream.avail_out == 0;
    return out.size() - state_->stream.avail_out;
}

struct Inflater::State {
    z_stream stream;
};

Inflater::Inflater() : state_(std::make_unique<State>()) {
    constexpr int raw_with_full_window = -15;
    inflateInit2(&state_->stream, raw_with_full_window);
}

Inflater::~Inflater() { inflateEnd(&state_->stream); }

Inflater::Step Inflater::inflate(std::span<char> into) {
    state_->stream.next_out = octets_of(into);
    state_->stream.avail_out = count_of(into.size());
    const int result = ::inflate(&state_->stream, Z_SYNC_FLUSH);
    const std::size_t inflated = into.size() - state_->stream.avail_out;
    if (result == Z_STREAM_END) return {inflated, Status::ended};
    return {inflated, result == Z_OK || result == Z_BUF_ERROR ? Status::more : Status::corrupt};
}

#endif

void Deflater::feed(std::string_view octets) {
    state_->stream.next_in = octets_of(octets);
    state_->stream.avail_in = count_of(octets.size());
    pending_ = true;
}

void Inflater::feed(std::string_view compressed) {
    state_->stream.next_in = octets_of(compressed);
    state_->stream.avail_in = count_of(compressed.size());
}

}  // namespace mailhaul::net
