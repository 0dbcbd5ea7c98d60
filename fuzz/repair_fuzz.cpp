// SPDX-License-Identifier: Apache-2.0
// Any octets as a message to repair: only line ends and NUL change, once is enough, the gentle way first ends at the same,
// and the scan in pieces finds what is mended.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "message/repair.hpp"

namespace {

using namespace mailhaul::message;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string kept(std::string_view text) {
    std::string words(text);
    std::erase_if(words, [](char octet) { return octet == '\r' || octet == '\n' || octet == '\0'; });
    return words;
}

/// The message as it is after `mending`.
std::string mended(std::string_view message, Mending mending) {
    const auto result = repaired(message, mending);
    if (!result) return std::string(message);
    require(!result->mended.empty() && result->octets != message);
    require(kept(result->octets) == kept(message) && !result->octets.contains('\0'));
    require(!repaired(result->octets, mending));
    return result->octets;
}

void check_scan(std::string_view message) {
    DefectScan scan;
    scan.update(message.substr(0, message.size() / 2));
    scan.update(message.substr(message.size() / 2));
    const auto result = repaired(message, Mending::everything);
    if (result && !message.contains('\0')) require((result->mended.bits() & ~scan.finish().bits()) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Long lines out of few octets: 0x01 and 0x02 stand for 500 of a kind.
    std::string message;
    for (const std::uint8_t octet : std::span(data, size)) {
        if (octet == 1 || octet == 2) message.append(500, octet == 1 ? 'x' : ' ');
        else message += static_cast<char>(octet);
    }
    const std::string gentle = mended(message, Mending::line_ends);
    require(mended(gentle, Mending::everything) == mended(message, Mending::everything));
    check_scan(message);
    return 0;
}
