// SPDX-License-Identifier: Apache-2.0
// CompressionTrial: whether COMPRESS (RFC 4978) makes this pair of servers faster. On a fast line it makes most servers several
// times slower; on a slow one text arrives in a third of the time. Nobody knows beforehand, so it is tried, once.
//
// Holds no clock: every call comes with the time it is made at.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace mailhaul::govern {

class CompressionTrial {
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class Advice : std::uint8_t { go_on, compress, go_back };

    /// `done`: octets of messages carried since the beginning. `are_alike`: every connection at work is as the last advice
    /// wants it, and nothing else is changing. After three seconds below 8 MB/s it advises to compress; after three more, to go
    /// back where that did not bring a tenth.
    Advice note(std::uint64_t done, bool are_alike, Time now);

    /// Nothing else may be tried meanwhile, or nobody knows what helped: from the beginning until the line has proved to be
    /// fast, or the trial is over.
    [[nodiscard]] bool is_under_way() const { return step_ == Step::compressed || (step_ == Step::plain && !is_fast_); }
    [[nodiscard]] bool is_over() const { return step_ == Step::decided; }
    /// How many times as fast it became; set once it was kept.
    [[nodiscard]] std::optional<double> gain() const { return gain_; }

private:
    enum class Step : std::uint8_t { plain, compressed, decided };

    /// Octets a second since the window began, once it is long enough.
    std::optional<double> rate(std::uint64_t done, Time now);

    Step step_ = Step::plain;
    std::optional<Time> window_began_;
    std::uint64_t done_before_ = 0;
    double plain_rate_ = 0;
    bool is_fast_ = false;  ///< when it was last looked at
    std::optional<double> gain_;
};

}  // namespace mailhaul::govern
