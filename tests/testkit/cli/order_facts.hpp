// SPDX-License-Identifier: Apache-2.0
// Everything that an order of imapsync's means, as words, so that two of them can be compared.
#pragma once

#include <map>
#include <string>

#include "cli/imapsync_request.hpp"

namespace mailhaul::cli::testkit {

using Facts = std::map<std::string, std::string>;

/// Notes and refusals are left out: they are words already.
Facts facts_of(const ImapsyncOrder& order);

/// What `after` says otherwise than `before`: `a=1; b=2`, by name.
std::string differences(const Facts& before, const Facts& after);

}  // namespace mailhaul::cli::testkit
