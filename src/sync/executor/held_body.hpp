// SPDX-License-Identifier: Apache-2.0
// HeldBody: a message that arrives in pieces and is held whole, with what is learned of it while the pieces are near.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection.hpp"
#include "message/fingerprint.hpp"

namespace mailhaul::sync {

class HeldBody {
public:
    /// `octets` is nobody else's.
    struct Whole {
        std::shared_ptr<std::string> octets;
        message::Sha256 sha256{};
        bool has_nul = false;
    };

    /// `size` octets will come. Before the first of them.
    void expect(std::uint64_t size);

    /// Where the next of the expected ones belong, at most `most`; empty where no more are.
    [[nodiscard]] client::Space space(std::size_t most);

    /// The next octets, expected or not: those that were read to space() are there already, others are copied.
    void take(std::string_view octets);

    /// Octets taken.
    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] Whole finish() &&;

private:
    /// What was taken, and space that was given; whoever reads there owns it too.
    std::shared_ptr<std::string> octets_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t expected_ = 0;
    std::optional<message::Sha256Stream> digest_;  ///< from the first octets on
    bool has_nul_ = false;
};

}  // namespace mailhaul::sync
