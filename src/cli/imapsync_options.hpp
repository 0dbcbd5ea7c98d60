// SPDX-License-Identifier: Apache-2.0
// Every option imapsync 2.229 accepts, and what mailhaul does with it. One table: the parser, the refusals and
// docs/imapsync.md come from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/getopt_long.hpp"

namespace mailhaul::cli {

enum class Fate : std::uint8_t {
    honoured,  ///< does what imapsync does
    inert,     ///< accepted and without effect on the result: `words` says why none is needed
    told,      ///< accepted, something differs: `words` is printed when it is given
    refused,   ///< not done, and leaving it out would change the result: the run does not start
};

struct ImapsyncOption {
    std::string_view specification;  ///< in Getopt::Long's notation
    Fate fate = Fate::honoured;
    std::string_view words = {};
    std::string_view harmless = {};  ///< the value that asks for nothing, accepted in silence
};

struct ImapsyncSection {
    std::string_view title;
    std::span<const ImapsyncOption> options;
};

std::span<const ImapsyncSection> imapsync_sections();

/// All of them as the parser wants them, in the order of the table.
std::vector<LongOption> imapsync_long_options();

/// The table of docs/imapsync.md, in Markdown.
std::string imapsync_options_markdown();

/// What to say about the options given that are not honoured as they are.
struct OptionVerdicts {
    std::vector<std::string> notes;
    std::vector<std::string> refusals;
};
OptionVerdicts judge_imapsync_options(const ParsedLine& line);

}  // namespace mailhaul::cli
