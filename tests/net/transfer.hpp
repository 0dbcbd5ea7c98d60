// SPDX-License-Identifier: Apache-2.0
// Traffic for tests: a long run of octets that sender and receiver both know, checked octet for octet.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "net/stream.hpp"

namespace mailhaul::net {

/// Like mail: half of it compresses. Its length is odd, so that no buffer ever falls in step with it.
inline const std::string& traffic() {
    static const std::string text = [] {
        std::string octets;
        std::uint32_t random = 1;
        while (octets.size() < 1'000'003) {
            random = random * 1'664'525U + 1'013'904'223U;
            octets += static_cast<char>(octets.size() / 4096 % 2 == 0 ? random >> 24 : 'A' + (random >> 30));
        }
        return octets;
    }();
    return text;
}

inline Task<void> send_traffic(Stream& stream, std::size_t total) {
    const std::string& text = traffic();
    std::size_t piece = 1;
    for (std::size_t sent = 0; sent < total; piece = piece * 7 % 199'999 + 1) {
        const std::size_t at = sent % text.size();
        const std::size_t octets = std::min({piece, text.size() - at, total - sent});
        const auto written = co_await stream.write_all(std::string_view(text).substr(at, octets));
        EXPECT_TRUE(written.ok()) << written.error().describe();
        if (!written.ok()) co_return;
        sent += octets;
    }
}

inline Task<void> receive_traffic(Stream& stream, std::size_t total) {
    const std::string& text = traffic();
    std::string buffer(65'536, '\0');
    for (std::size_t received = 0; received < total;) {
        const std::span<char> wanted = std::span<char>(buffer).first(std::min(buffer.size(), total - received));
        const auto octets = co_await stream.read_some(wanted);
        EXPECT_TRUE(octets.ok()) << octets.error().describe();
        if (!octets.ok()) co_return;
        EXPECT_GT(*octets, 0U) << "ended after " << received;
        if (*octets == 0) co_return;
        for (std::size_t checked = 0; checked < *octets;) {
            const std::size_t at = (received + checked) % text.size();
            const std::size_t run = std::min(*octets - checked, text.size() - at);
            const bool same = std::string_view(buffer).substr(checked, run) == std::string_view(text).substr(at, run);
            EXPECT_TRUE(same) << "octets differ after " << received + checked;
            if (!same) co_return;
            checked += run;
        }
        received += *octets;
    }
}

}  // namespace mailhaul::net
