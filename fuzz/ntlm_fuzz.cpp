// SPDX-License-Identifier: Apache-2.0
// Any octets as a server's NTLM challenge: nothing crashes, and what is taken is answered by a message that stays within itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "auth/ntlm.hpp"

using namespace mailhaul;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auth::NtlmLogin login{"ann", "EXAMPLE", Secret("secret")};
    const auto answer = auth::ntlm_authenticate(login, text, "12345678", 0);
    const auto challenge = auth::read_ntlm_challenge(text);
    if (answer.ok() != challenge.ok()) std::abort();
    if (challenge.ok() && (challenge->challenge.size() != 8 || challenge->target_info.size() > size + 4)) std::abort();
    constexpr std::size_t head = 88;
    if (answer.ok() && answer->reveal().size() < head) std::abort();
    static_cast<void>(auth::utf16_from(text));
    return 0;
}
