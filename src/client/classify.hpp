// SPDX-License-Identifier: Apache-2.0
// Classification: what a server's NO, BAD or BYE means for us. Response code first, then known words, then the status.
// The words come from servers seen in the field (docs/imap-leniency.md).
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "imap/types/response.hpp"

namespace mailhaul::client {

/// What was being done; decides what an unexplained NO means.
enum class Doing : std::uint8_t { connecting, logging_in, listing, opening, creating, fetching, appending, changing };

/// The advice where a login was refused without further words.
inline constexpr std::string_view check_credentials = "check the user name and password";

/// The Error for a status that is not OK. `subject` names the command and its mailbox, without secrets.
Error error_from(const imap::StatusResponse& status, Doing doing, std::string_view subject);

}  // namespace mailhaul::client
