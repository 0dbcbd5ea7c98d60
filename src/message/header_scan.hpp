// SPDX-License-Identifier: Apache-2.0
// FieldReader: walks the fields of a header block one at a time, without copying and without allocating.
//
// Written for mail as it is found, not as it should be: see `next`. Leaves out what a field means.
#pragma once

#include <optional>
#include <string_view>

#include "message/fingerprint.hpp"

namespace mailhaul::message {

class FieldReader {
public:
    /// `header` is borrowed for as long as the reader and its fields are used.
    explicit FieldReader(std::string_view header);

    /// The next field, or empty at the end of the header. Lines that are no field are passed over together with their
    /// continuations: no colon, no name, a name with other than printable ASCII (RFC 5322 section 2.2).
    std::optional<HeaderField> next();

private:
    std::string_view rest_;
};

/// ASCII only, as field names are.
bool same_name(std::string_view a, std::string_view b);

/// Blank, TAB, LF, VT, FF, CR: what imapsync folds into one blank.
constexpr bool is_whitespace(char octet) { return octet == ' ' || (octet >= '\t' && octet <= '\r'); }

/// Without whitespace at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace mailhaul::message
