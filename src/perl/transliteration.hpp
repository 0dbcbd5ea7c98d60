// SPDX-License-Identifier: Apache-2.0
// `tr/abc/xyz/cds` over octets.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "perl/quoted.hpp"

namespace mailhaul::perl {

class Transliteration {
public:
    static Result<Transliteration> parse(const Quoted& quoted);
    [[nodiscard]] std::string apply(std::string_view subject) const;

private:
    static constexpr std::size_t octets = 256;
    std::bitset<octets> listed_;
    std::bitset<octets> deleted_;
    std::array<char, octets> becomes_{};
    bool squeezes_ = false;
};

}  // namespace mailhaul::perl
