// SPDX-License-Identifier: Apache-2.0
// Mapping: which destination mailbox each source mailbox goes to, and which rule decided. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "imap/types/mailbox.hpp"
#include "perl/operators.hpp"

namespace mailhaul::sync {

/// One side as listed.
struct MailboxTree {
    std::vector<imap::MailboxInfo> mailboxes;
    imap::Namespace personal;              ///< prefix and separator that names on this side carry
    std::vector<imap::Namespace> foreign;  ///< other users' and shared trees: never migrated unless named
};

enum class MappingRule : std::uint8_t { override_rule, inbox, special_use, special_use_guess, translated, sub_folder };
std::string_view to_string(MappingRule rule);

/// What names the destination takes, as far as that is known of its kind. What is there already under another name is right.
struct NameRules {
    NameRules() = default;
    std::string without;                ///< ASCII characters that no level may hold; where there are any, no control characters
    std::string only;                   ///< besides ASCII letters and digits no others than these; empty: all but `without`
    bool trims_blanks = false;          ///< refuses blanks at the ends of a level
    bool joins_blanks = false;          ///< refuses two blanks in a row
    bool ignores_case = false;          ///< `Work` and `work` are one mailbox
    bool parents_are_empty = false;     ///< what holds mailboxes holds no messages
    std::size_t longest = 0;            ///< octets of a whole name; 0: not known
    std::vector<std::string> reserved;  ///< at the top: not for us
    /// A mailbox that must not be filled, as it is spelt there but for letter case, and why: what Courier stores in its outbox
    /// it sends.
    std::vector<std::pair<std::string, std::string>> never;
};

/// What is known of a source that LIST does not tell.
struct SourceKnowledge {
    SourceKnowledge() = default;
    std::string server;             ///< what it is called
    std::vector<std::string> skip;  ///< UTF-8 paths below its prefix, `/` between levels: no mail, or other mailboxes' mail
    bool tells_no_roles = false;    ///< so that well-known names tell them
};

/// The operator's wishes. Folder names here are for people: UTF-8 decoded, levels separated as the server does, with or
/// without the namespace prefix; the raw wire spelling is understood as well.
struct MappingRules {
    MappingRules() = default;
    std::vector<std::string> folders;            ///< only these; empty: all. Not listed on the source: an error each
    std::vector<std::string> folders_recursive;  ///< these and what is below
    bool take_unlisted =
        false;  ///< also those of `folders` that are not listed, which a server may open all the same (imapsync's)
    /// PCRE2, unanchored. Ours match the decoded name, with or without the prefix; imapsync's the raw name. Alone,
    /// `include` says what is taken; beside the others it adds. `exclude` takes away and has the last word.
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    std::vector<std::pair<std::string, std::string>> overrides;  ///< exact source name → destination name
    bool subscribed_only = false;    ///< and INBOX, except with imapsync_names; `folders` add to them
    bool map_special_use = true;     ///< same role, same mailbox, by attribute
    bool guess_special_use = false;  ///< also by well-known names (imapsync --automap)
    bool skip_virtual = true;        ///< leave out \All, \Flagged, \Important views, and what `of_source` says
    SourceKnowledge of_source;
    NameRules of_destination;
    bool destination_tells_no_roles = false;
    char separator_replacement = '_';    ///< for the destination's separator inside a component
    std::string sub_folder_destination;  ///< put everything below this (imapsync --subfolder2); `/` between levels or native
    std::string sub_folder_source;       ///< take only this subtree and drop it at the root (--subfolder1)
    std::optional<std::string> prefix_source, prefix_destination;  ///< in place of NAMESPACE's
    std::optional<std::string> separator_source,
        separator_destination;  ///< not empty; above one octet with imapsync_names only
    /// imapsync's --regextrans2: Perl's substitutions on the destination's raw name, in their order; of translated names only.
    std::vector<std::string> substitutions;
    perl::Variables variables;    ///< known there, besides $h1_sep, $h1_prefix and their like
    bool fix_slash = true;        ///< imapsync's --fixslash2
    bool imapsync_names = false;  ///< imapsync's exact rules (behaviour 4.3-4.5) instead of ours
};

struct MailboxMapping {
    imap::MailboxInfo source;
    imap::MailboxName destination;
    MappingRule rule = MappingRule::translated;
    bool exists = false;  ///< on the destination already (INBOX always)
    /// A name made only of characters every known server takes, for when CREATE is refused; equal to `destination`
    /// where that is already so. A point is replaced as well, and `INBOX/a` becomes `INBOX_a` where names have no
    /// prefix. Equal for mappings with one destination; never collides with another mapping.
    imap::MailboxName fallback;
};

struct LeftOut {
    imap::MailboxName name;
    std::string reason;  ///< `excluded by --exclude ^Spam`, `holds no messages (\Noselect)`, `is a view (\All)`
};

struct Mapping {
    std::vector<MailboxMapping> mailboxes;  ///< INBOX first, then parents before children, by source name
    std::vector<LeftOut> left_out;
    std::vector<std::string> warnings;  ///< two source mailboxes into one, separator replaced ...
};

/// Errors: usage for a pattern that does not compile (names it and where); mailbox_missing (scope run) listing every
/// --folder that is not on the source, with the nearest names; unmappable_name where no name can be made.
Result<Mapping> map_mailboxes(const MailboxTree& source, const MailboxTree& destination, const MappingRules& rules);

}  // namespace mailhaul::sync
