// SPDX-License-Identifier: Apache-2.0
// RewriteRules: what the operator wants changed in messages on their way, or leave behind for what is in them. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "perl/operators.hpp"

namespace mailhaul::sync {

/// In imapsync's order (behaviour 1.9): a match leaves a message out, then come the changes, the added header, the cut, and
/// last the look at its lines.
struct RewriteRules {
    RewriteRules() = default;
    std::vector<std::string> skip_matches;    ///< Perl's matches on the whole message
    std::vector<std::string> substitutions;   ///< Perl's substitutions and transliterations
    bool disarm_read_receipts = false;        ///< Disposition-Notification-To gets a name that no program acts on
    std::vector<std::vector<std::string>> pipes;  ///< words of commands: the message on their input, what is to be stored on their output
    std::optional<std::uint64_t> truncate;    ///< octets that are kept
    std::optional<std::uint64_t> longest_line;        ///< line end included; of a message with a longer one:
    std::vector<std::string> long_line_pipe;          ///< words of the command that changes it; empty: it is left out
    std::optional<std::uint64_t> least_longest_line;  ///< with no longer line than that it is left out
    bool date_from_header = false;            ///< INTERNALDATE is that of the Date line; the source's where it has none
    perl::Variables variables;                ///< known in all of these, besides the folder's `$h1_fold` and `$h2_fold`

    [[nodiscard]] bool is_anything() const {
        return !skip_matches.empty() || !substitutions.empty() || disarm_read_receipts || !pipes.empty() || truncate ||
               longest_line || least_longest_line || date_from_header;
    }
};

}  // namespace mailhaul::sync
