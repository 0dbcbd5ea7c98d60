// SPDX-License-Identifier: Apache-2.0
// Text for people's terminals: its width, cut to size, and made harmless. Servers and senders write subjects, folder
// names and refusals; none of them may steer the operator's terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailhaul::cli {

/// `text` with control characters (C0, DEL, C1) as `?`; a tab becomes a blank.
std::string printable(std::string_view text);

/// Columns `text` takes on a terminal: two for East Asian wide characters, none for combining marks.
std::size_t columns_of(std::string_view text);

/// `text` cut to `columns`, its end marked `~` where cut.
std::string fitted(const std::string& text, std::size_t columns);

/// `text` filled with blanks to `columns`, on the right or on the left.
std::string padded_right(std::string text, std::size_t columns);
std::string padded_left(const std::string& text, std::size_t columns);

/// `1,234,567`.
std::string grouped(std::uint64_t number);

/// `1 message`, `2,000 messages`.
std::string counted(std::uint64_t number, std::string_view noun);

}  // namespace mailhaul::cli
