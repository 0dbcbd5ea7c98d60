// SPDX-License-Identifier: Apache-2.0
// Reading comma-separated values (RFC 4180), as spreadsheets and people write them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mailhaul {

struct CsvRow {
    std::size_t line = 0;  ///< where it begins, from 1
    std::vector<std::string> fields;
};

/// The rows of `text`: fields between `separator`s, line ends LF or CRLF. A field in double quotes may hold separators, line
/// ends and, doubled, quotes. A byte order mark, empty lines and lines that begin with # are passed over; blanks are kept.
/// Errc::usage (scope run), with the line: a quote that is never closed, something behind a closing quote, NUL.
Result<std::vector<CsvRow>> csv_rows(std::string_view text, char separator);

}  // namespace mailhaul
