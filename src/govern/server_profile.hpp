// SPDX-License-Identifier: Apache-2.0
// What is known of a kind of server before it is measured: how many connections suit it. A profile may only be more
// careful than what was measured would be; what it allows beyond `first` must still prove to be faster.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailhaul::govern {

struct ServerProfile {
    std::string_view name;     ///< for people
    std::uint32_t first = 2;   ///< connections of one account to begin with
    std::uint32_t most = 4;    ///< and at most
};

/// `words` are the server's own, from ID or its greeting; `host` is its name. A server nobody knows gets two to four.
ServerProfile profile_of(std::string_view words, std::string_view host);

}  // namespace mailhaul::govern
