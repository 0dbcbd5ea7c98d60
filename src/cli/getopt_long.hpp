// SPDX-License-Identifier: Apache-2.0
// imapsync's option dialect, which is that of Perl's Getopt::Long with its defaults: one dash, two or a plus sign, any case,
// any unique prefix, `=` or a blank, `no` and `no-`, words anywhere, `--` at the end. A test holds it to the original.
// Specifications are written in that library's own notation; only what imapsync uses of it is understood here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.hpp"

namespace mailhaul::cli {

enum class ValueKind : std::uint8_t { none, text, integer, real };

/// `delete1|delete!`, `host1=s`, `folder=s@`, `sslargs1=s%`, read.
struct LongOption {
    std::vector<std::string> spellings;  ///< lower case; the first is the name
    ValueKind kind = ValueKind::none;
    bool negatable = false;
    bool keyed = false;  ///< takes `key=value`
};
LongOption read_specification(std::string_view specification);

/// `given` holds each option under its first name. Mistakes are in the words imapsync's users know. Numbers come out
/// without `_` and `+`.
ParsedLine parse_getopt_long(std::span<const std::string> arguments, std::span<const LongOption> options);

}  // namespace mailhaul::cli
