// SPDX-License-Identifier: Apache-2.0
// The probe imapsync makes when neither port nor encryption is given: does this host speak TLS on port 993?
#pragma once

#include <array>

#include "cli/imapsync_request.hpp"

namespace mailhaul::cli {

/// Asks both hosts at once, and turns each that answers to implicit TLS on port 993; the others stay as they are.
/// True for each that was turned.
std::array<bool, 2> probe_implicit_tls(ImapsyncOrder& order);

}  // namespace mailhaul::cli
