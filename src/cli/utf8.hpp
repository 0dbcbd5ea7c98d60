// SPDX-License-Identifier: Apache-2.0
// How wide a character is on a terminal.
#pragma once

#include <cstddef>

#include "base/utf8.hpp"

namespace mailhaul::cli {

/// Columns of a terminal it takes: 2 for East Asian wide ones and pictures, 0 for combining marks, else 1.
std::size_t columns_of(CodePoint point);

}  // namespace mailhaul::cli
