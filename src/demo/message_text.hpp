// SPDX-License-Identifier: Apache-2.0
// The parts of a message that FETCH and SEARCH speak of: header, fields, text. Octets in, views out.
//
// Knows lines, fields and folding, not MIME.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul::demo {

/// The header with the empty line that ends it; everything where no empty line comes.
std::string_view header_of(std::string_view message);
/// What follows the header.
std::string_view text_of(std::string_view message);

enum class FieldChoice { named, others };
/// BODY[HEADER.FIELDS (...)] or HEADER.FIELDS.NOT: whole fields as written, in their order, and an empty line.
std::string header_fields(std::string_view message, const std::vector<std::string>& names, FieldChoice choice);

/// Values of every field `name`, unfolded.
std::vector<std::string> field_values(std::string_view message, std::string_view name);

bool holds_ignoring_case(std::string_view text, std::string_view wanted);

}  // namespace mailhaul::demo
