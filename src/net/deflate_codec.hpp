// SPDX-License-Identifier: Apache-2.0
// Deflater, Inflater: raw DEFLATE (RFC 1951), each step bounded by the caller's buffer. ISA-L where it is built in, as
// it is seven times faster at a better ratio; zlib elsewhere. Both make what any inflater reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace mailhaul::net {

class Deflater {
public:
    Deflater();
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
    ~Deflater();

    /// Octets to compress up to a flush: all of them can be inflated from what drain() gives. Borrowed until drain()
    /// returned 0. Precondition: not empty, at most 1 GiB, the octets fed before are drained.
    void feed(std::string_view octets);

    /// Octets put into `out`; 0 when there are no more.
    std::size_t drain(std::span<char> out);

private:
    struct State;
    std::unique_ptr<State> state_;
    bool pending_ = false;
};

class Inflater {
public:
    Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater();

    enum class Status : std::uint8_t {
        more,     ///< goes on; wants input where nothing was inflated
        ended,    ///< the peer has ended its DEFLATE stream
        corrupt,  ///< not DEFLATE
    };
    struct Step {
        std::size_t octets;
        Status status;
    };

    /// Borrowed until inflate() gave no octets. Precondition: at most 1 GiB, the octets fed before are used up.
    void feed(std::string_view compressed);
    Step inflate(std::span<char> into);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mailhaul::net
