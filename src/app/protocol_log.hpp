// SPDX-License-Identifier: Apache-2.0
// The dialogue with a server, printed to standard error as it goes; secrets are redacted before it comes here.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "client/connection.hpp"

namespace mailhaul::app {

/// Each line after `mark` and who says it: `1 C: ...`. An empty function where not `wanted`.
inline client::ProtocolLog protocol_log(bool wanted, std::string mark = {}) {
    if (!wanted) return {};
    if (!mark.empty()) mark += ' ';
    return [mark = std::move(mark)](char direction, std::string_view line) {
        std::fprintf(stderr, "%s%c: %.*s\n", mark.c_str(), direction, static_cast<int>(line.size()), line.data());
    };
}

}  // namespace mailhaul::app
