// SPDX-License-Identifier: Apache-2.0
// Use case: store one message in the INBOX of an account.
#pragma once

#include <string>

#include "base/result.hpp"
#include "client/access.hpp"

namespace mailhaul::app {

/// Over a connection of its own, on an event loop of its own. Errors: as connecting, logging in and APPEND give them.
Result<void> leave_message(client::Access access, std::string message);

}  // namespace mailhaul::app
