// SPDX-License-Identifier: Apache-2.0
// Use case: log in to one account and out again, and tell what came of it. Changes nothing on the server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "client/access.hpp"

namespace mailhaul::app {

struct LoginCheck {
    LoginCheck() = default;
    client::Access access;
    bool protocol_log = false;  ///< print the dialogue to standard error, secrets redacted
};

struct LoginOutcome {
    LoginOutcome() = default;
    std::string label;
    std::string server;  ///< in its own words
    std::string transport;
    std::string mechanism;
    std::string proof;  ///< that another user's mailbox was opened, in words; empty where it is one's own
    std::vector<std::string> capabilities;
    std::size_t mailboxes = 0;
    std::optional<Error> error;
    std::string cause;  ///< of a failed login, name_of(LoginCause); empty where it failed before or after that
};

/// Never fails: what went wrong stands in the outcome. SIGINT and SIGTERM abandon it.
LoginOutcome check_login(LoginCheck request);

/// Exit status for `outcome`; documented in docs/exit-codes.md.
int exit_status(const LoginOutcome& outcome);

}  // namespace mailhaul::app
