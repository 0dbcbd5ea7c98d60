// SPDX-License-Identifier: Apache-2.0
// Modified UTF-7 both ways: whatever decodes is a name that can be spelt again, and whatever is encoded decodes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "imap/codec/modified_utf7.hpp"

using namespace mailhaul::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string octets(data, data + size);
    const auto decoded = utf8_from_utf7(octets);
    if (decoded && utf8_from_utf7(utf7_from_utf8(*decoded)) != decoded) std::abort();
    const auto encoded = utf7_from_utf8(octets);
    const auto back = utf8_from_utf7(encoded);
    if (!back || utf7_from_utf8(*back) != encoded) std::abort();
    for (const char c : display_name(octets))
        if ((c >= 0 && c < 0x20) || c == 0x7F) std::abort();
    return 0;
}
