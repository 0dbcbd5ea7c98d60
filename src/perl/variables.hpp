// SPDX-License-Identifier: Apache-2.0
// Reading `$name`, `${name}` and `$sync->{name}` where they stand in a pattern or a replacement.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "perl/operators.hpp"

namespace mailhaul::perl {

struct VariableName {
    std::string name;
    std::size_t length = 0;  ///< octets it takes, `$` included
};

/// The variable whose `$` stands at `at`; empty where no name follows.
std::optional<VariableName> read_variable(std::string_view text, std::size_t at);

/// Its value. Error: names those that are known.
Result<std::string> value_of(const VariableName& variable, const Variables& variables);

}  // namespace mailhaul::perl
