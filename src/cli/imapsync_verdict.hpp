// SPDX-License-Identifier: Apache-2.0
// imapsync's verdict on a run: its errors by type, and the exit status that the most frequent type has. Pure.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "app/sync_account.hpp"

namespace mailhaul::cli {

struct ImapsyncError {
    std::string type;  ///< `ERR_APPEND`
    int status = 111;
    std::string symbol;  ///< `EXIT_ERR_APPEND`
    std::string words;
};

struct ImapsyncVerdict {
    std::vector<ImapsyncError> errors;
    std::string most_frequent;  ///< type; ties go to the first in the alphabet; empty: no error
    int status = 0;
    std::string symbol = "EX_OK";
    std::uint32_t errors_max = 50;  ///< as printed
};

/// How the run was made, as far as its errors depend on it.
struct ImapsyncCircumstances {
    app::Extent extent = app::Extent::everything;
    std::array<client::Security, 2> security{client::Security::implicit_tls, client::Security::implicit_tls};
    bool was_aborted_by_file = false;
};

ImapsyncVerdict imapsync_verdict(const sync::Report& report, const ImapsyncCircumstances& circumstances);

}  // namespace mailhaul::cli
