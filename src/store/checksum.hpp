// SPDX-License-Identifier: Apache-2.0
// Checksum over the columns of a row. Finds damage, not forgery. Private to store/.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::store {

class Checksum {
public:
    Checksum& add(std::int64_t number) {
        for (std::size_t i = 0; i < sizeof number; ++i) octets_ += static_cast<char>(number >> (8 * i));
        return *this;
    }
    /// Its length stands before it, so no text runs into the next.
    Checksum& add(std::string_view text) {
        add(static_cast<std::int64_t>(text.size()));
        octets_ += text;
        return *this;
    }
    template <typename T>
    Checksum& add(const std::optional<T>& number) {
        if (!number) return add(std::int64_t{-1});
        if constexpr (requires { number->value(); }) return add(static_cast<std::int64_t>(number->value()));
        else return add(static_cast<std::int64_t>(*number));
    }
    /// XXH32, as segments have it (docs/formats/ledger.md).
    [[nodiscard]] std::int64_t value() const { return XXH32(octets_.data(), octets_.size(), 0); }

private:
    std::string octets_;
};

}  // namespace mailhaul::store
