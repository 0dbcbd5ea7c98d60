// SPDX-License-Identifier: Apache-2.0
// What a probe found, for people and for programs. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/probe.hpp"

namespace mailhaul::cli {

/// What mailhaul will do about a server of this kind, and what the person has to; a sentence each.
std::vector<std::string> consequences_of(const provider::Profile& profile, const provider::Evidence& evidence);

std::string probe_text(const app::ProbeOutcome& outcome);
std::string probe_json(const app::ProbeOutcome& outcome, int status);

}  // namespace mailhaul::cli
