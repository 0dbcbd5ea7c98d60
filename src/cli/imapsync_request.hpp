// SPDX-License-Identifier: Apache-2.0
// From imapsync's command line to the request it means. Touches no network and no file, but for token files when the
// token is asked for. What differs from imapsync is said in notes; what would change the result is refused.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "app/sync_account.hpp"
#include "cli/console.hpp"
#include "cli/option.hpp"

namespace mailhaul::cli {

/// One side, as far as the request does not say it.
struct ImapsyncSide {
    bool given = false;  ///< a host was named
    bool probe = false;  ///< try implicit TLS on port 993 first; port 143 where that fails
    bool verified_tls = false;
};

struct Refusal {
    int status = 64;
    std::string words;
};

struct ImapsyncOrder {
    app::SyncRequest request;
    std::array<ImapsyncSide, 2> sides;  ///< host1, host2
    bool help = false;
    bool version = false;
    bool banner_only = false;
    bool log = true;
    std::string log_folder = "LOG_imapsync";
    std::string log_name;  ///< empty: made of the time and the users
    std::vector<std::string> notes;
    std::vector<Refusal> refusals;  ///< where not empty, the run does not start; the first decides the exit status

    client::Access& access(std::size_t side) { return side == 0 ? request.source : request.destination; }
};

/// `arguments` is what follows the program's name. Takes variables and the time of day from `surroundings`.
ImapsyncOrder order_imapsync(std::span<const std::string> arguments, const Surroundings& surroundings);

}  // namespace mailhaul::cli
