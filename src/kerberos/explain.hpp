// SPDX-License-Identifier: Apache-2.0
// What the Kerberos library's words mean to an operator, and what to do. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace mailhaul::kerberos {

/// `words`: the library's, English. `host`: the IMAP server. Errc::credential_unavailable; to be tried later where a KDC is
/// away.
Error explained(std::string_view words, const std::string& host);

}  // namespace mailhaul::kerberos
