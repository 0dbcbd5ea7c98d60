// SPDX-License-Identifier: Apache-2.0
// The arrival date of a message whose server does not tell a usable one.
#pragma once

#include <optional>
#include <string_view>

#include "imap/types/internal_date.hpp"
#include "sync/planner/rules.hpp"

namespace mailhaul::sync {

/// `message` is a message or its header. Its Date line; where that is missing, no date or outside `range`, its oldest
/// Received line (RFC 5322 section 3.6.7: the last). Empty where neither will do.
std::optional<imap::InternalDate> date_in_header(std::string_view message, const DateRange& range);

}  // namespace mailhaul::sync
