// SPDX-License-Identifier: Apache-2.0
// --emailreport1, --emailreport2: how the run went, as a message in the INBOX of that side (behaviour 11.5).
#pragma once

#include <string>

#include "cli/imapsync_request.hpp"

namespace mailhaul::cli {

/// The message: text, in an HTML page as imapsync's is. `now` gives its Date and Message-Id.
std::string imapsync_report_mail(const std::string& user1, const std::string& user2, const std::string& from, WallTime now,
                                 const std::string& statistics);

}  // namespace mailhaul::cli
