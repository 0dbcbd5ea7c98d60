// SPDX-License-Identifier: Apache-2.0
// Kerberos by the system's GSS-API library, for the SASL mechanism GSSAPI. The only folder that knows the library, which a
// build has where MAILHAUL_WITH_GSSAPI is ON (docs/decisions/0042-kerberos.md).
#pragma once

#include <memory>
#include <string>

#include "auth/security_context.hpp"
#include "base/result.hpp"

namespace mailhaul::kerberos {

/// Whether this build has it. One without says so in the error of open_context().
bool is_built_in();

/// An auth::SecurityContextSource. Takes the ticket that the system's own tools see: $KRB5CCNAME, $KRB5_CLIENT_KTNAME,
/// $KRB5_CONFIG.
Result<std::unique_ptr<auth::SecurityContext>> open_context(const std::string& host);

}  // namespace mailhaul::kerberos
