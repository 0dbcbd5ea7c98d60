// SPDX-License-Identifier: Apache-2.0
// Options as data: what a subcommand accepts, declared once. The parser, --help, and whatever comes later (man page,
// completion) read the same tables. Leaves out what an option means: that is the subcommand's.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul::cli {

/// One option of the native dialect.
struct Option {
    std::string_view name;        ///< long name without dashes
    std::string_view value = {};  ///< what its value is called in help; empty: a flag
    std::string_view help = {};   ///< half a sentence, lower case, no full stop
    char letter = 0;              ///< `-n`; 0: no short form
    bool per_side = false;        ///< exists twice, as `source-<name>` and `destination-<name>`
    bool negatable = false;       ///< flags only: `--no-<name>` exists as well
    bool shown_negated = false;   ///< on by default, so help shows `--no-<name>`
};

struct OptionGroup {
    std::string_view title;
    std::span<const Option> options;
};

/// One option as the operator wrote it, its name spelt out.
struct Given {
    std::string name;
    std::string key;    ///< imapsync's `--sslargs1 key=value`; empty elsewhere
    std::string value;  ///< flags: `1`, or `0` where negated
    bool operator==(const Given&) const = default;
};

/// A command line taken apart; all its mistakes at once.
struct ParsedLine {
    std::vector<Given> given;           ///< in order
    std::vector<std::string> words;     ///< what is no option
    std::vector<std::string> mistakes;  ///< lower case, no full stop, each says what to do

    /// The last value given; empty where the option was not given.
    [[nodiscard]] std::optional<std::string> last(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return last(name).has_value(); }
    /// A flag; `otherwise` where it was not given.
    [[nodiscard]] bool is_on(std::string_view name, bool otherwise = false) const;
};

/// Reads the native dialect: `--name value`, `--name=value`, `--no-name`, `-n`, `-nv`; options and words mix; `--`
/// ends the options. Values never appear in mistakes: one may be a password in the wrong place.
ParsedLine parse_native(std::span<const std::string> arguments, std::span<const OptionGroup> groups);

/// The candidate most like `word`, if any is near enough to be meant.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace mailhaul::cli
