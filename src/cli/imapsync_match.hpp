// SPDX-License-Identifier: Apache-2.0
// Perl's match operators as imapsync's options take them: read, never evaluated.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::cli {

/// The PCRE2 pattern of `/x/` or `m{x}`, with `i` after it or not. Empty for anything else: imapsync takes a bare word for
/// no restriction, and deletes every folder.
std::optional<std::string> parse_perl_match(std::string_view text);

}  // namespace mailhaul::cli
