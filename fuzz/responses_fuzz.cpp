// SPDX-License-Identifier: Apache-2.0
// Feeds anything to framer and parser as a server would, twice and cut differently: it must neither crash nor keep
// more than its bounds allow, and the outcome must not depend on the cut.
//
// The first octet picks the second cut and, by its lowest bit, limits so small that they are met; by its highest, that
// crashes alone are looked for, which is several times as fast. The rest is the server's. Seeds are a zero octet and then the
// server's side of each tests/transcripts/*.txt.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "../tests/imap/codec/describe.hpp"

namespace {

using mailhaul::imap::Limits;
using mailhaul::imap::testing::read_all;

Limits tight() {
    Limits limits;
    limits.line = 200;
    limits.response = 300;
    limits.buffered_literal = 50;
    limits.literal = 1000;
    limits.nesting = 5;
    return limits;
}

/// Chunks of a few octets that differ from one to the next.
auto uneven(std::size_t seed) {
    return [step = seed]() mutable {
        step = step * 5 + 3;
        return 1 + step / 2 % 37;
    };
}

/// Every response once, thrown away.
void parse_all(std::string_view wire, const Limits& limits) {
    mailhaul::imap::Framer framer(limits);
    framer.feed(wire);
    while (true) {
        auto framed = framer.next();
        if (!framed.ok() || !framed.value()) return;
        if (const auto* raw = std::get_if<mailhaul::imap::RawResponse>(&*framed.value()))
            static_cast<void>(mailhaul::imap::parse_response(*raw, limits));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t choice = data[0];
    const std::string wire(data + 1, data + size);
    const Limits limits = choice % 2 == 0 ? Limits{} : tight();
    if (choice >= 128) {
        parse_all(wire, limits);
        return 0;
    }
    const auto whole = read_all(wire, wire.size() + 1, limits);
    const auto cut = choice < 4 ? read_all(wire, 1, limits) : read_all(wire, uneven(choice), limits);
    if (whole == cut) return 0;
    for (const auto& line : whole) std::fprintf(stderr, "whole: %s\n", line.c_str());
    for (const auto& line : cut) std::fprintf(stderr, "cut:   %s\n", line.c_str());
    std::abort();
}
