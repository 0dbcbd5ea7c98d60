// SPDX-License-Identifier: Apache-2.0
// The little Unicode that comparing and cleaning mailbox names needs, over utf8proc. Input that is not UTF-8 is never an
// error here: names are a server's.
#pragma once

#include <string>
#include <string_view>

namespace mailhaul::sync {

/// Composed form (NFC), so that names made on a Mac equal names made elsewhere. Returns `utf8` itself where it is not UTF-8.
std::string composed(std::string_view utf8);

/// Composed and without letter case, for comparing names as people do.
std::string folded(std::string_view utf8);

/// The code points of `utf8`; an octet that is not UTF-8 comes as U+FFFD.
std::u32string code_points(std::string_view utf8);
std::string utf8_from(std::u32string_view code_points);

/// A letter of any script, a mark on one, or a decimal digit of any script.
bool is_letter_or_digit(char32_t code_point);

}  // namespace mailhaul::sync
