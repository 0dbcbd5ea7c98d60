// SPDX-License-Identifier: Apache-2.0
// From imapsync's command line to the request it means. Touches no network and no file, but for token files when the
// token is asked for. What differs from imapsync is said in notes; what would change the result is refused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
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

/// What is printed at the end.
enum class ImapsyncShow : std::uint8_t {
    run,      ///< how it went
    mapping,  ///< --justautomap: where folders go
    folders,  ///< --justfolderlists: both sides' folders as well
};

struct ImapsyncOrder {
    app::SyncRequest request;
    std::array<ImapsyncSide, 2> sides;  ///< host1, host2
    bool help = false;
    bool version = false;
    bool banner_only = false;
    bool log = true;
    std::string log_folder = "LOG_imapsync";
    std::string log_name;         ///< empty: made of the time and the users
    std::string pid_file;         ///< empty: none
    bool pid_file_given = false;  ///< named by the user: the run needs it
    bool pid_locking = false;
    bool abort = false;
    bool abort_by_file = false;
    bool tail = false;
    bool self_test = false;                   ///< a migration between two servers inside the program, and nothing else
    std::optional<double> simulated_seconds;  ///< print an ETA for so long, and nothing else
    ImapsyncShow show = ImapsyncShow::run;
    std::uint32_t errors_max = 50;       ///< as printed; what ends a run is Rules::max_failures
    std::array<bool, 2> email_report{};  ///< into the INBOX of host1, host2
    std::string email_from;
    std::vector<std::vector<std::string>> filters_to_try;  ///< commands for messages, which must work on a blank
    std::vector<std::string> notes;
    std::vector<Refusal> refusals;  ///< where not empty, the run does not start; the first decides the exit status

    client::Access& access(std::size_t side) { return side == 0 ? request.source : request.destination; }
};

/// `arguments` is what follows the program's name. Takes variables and the time of day from `surroundings`.
ImapsyncOrder order_imapsync(std::span<const std::string> arguments, const Surroundings& surroundings);

}  // namespace mailhaul::cli
