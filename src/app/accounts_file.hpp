// SPDX-License-Identifier: Apache-2.0
// The file that lists many accounts: docs/formats/accounts.md. Reads it and finds every mistake in it at once; what a row
// means together with the command line is the command line's business.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace mailhaul::app {

/// One side of a row; what the file leaves empty is empty.
struct AccountEnd {
    AccountEnd() = default;
    std::string account;  ///< a user's name at the server of the command line, or `user@host`, or a URL
    std::string host;     ///< `host` or `host:port`, in place of the command line's
    Secret password;
    std::string password_from;  ///< as secret_source() takes it
};

struct AccountRow {
    AccountRow() = default;
    std::size_t line = 0;  ///< of the file, from 1
    AccountEnd source, destination;
};

struct AccountsFile {
    AccountsFile() = default;
    std::vector<AccountRow> rows;       ///< those without a mistake
    std::vector<std::string> mistakes;  ///< `FILE:LINE: words`; none holds a password
    bool holds_passwords = false;
};

/// `path` is for messages.
AccountsFile accounts_from(std::string_view text, const std::string& path);

/// The same of a file, at most 64 MiB. One that cannot be read is its only mistake; one with passwords that others may read
/// is a mistake as well.
AccountsFile read_accounts_file(const std::string& path);

}  // namespace mailhaul::app
