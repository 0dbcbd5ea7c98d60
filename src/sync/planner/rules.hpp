// SPDX-License-Identifier: Apache-2.0
// Rules: what the operator allows and wants of messages. Plain data.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.hpp"
#include "imap/types/flag.hpp"
#include "message/fingerprint.hpp"
#include "perl/operators.hpp"
#include "sync/planner/rewrite_rules.hpp"

namespace mailhaul::sync {

enum class FlagMode : std::uint8_t {
    three_way,  ///< carry what changed on the source since the last pass; leave what changed on the destination
    exact,      ///< the destination's flags become the source's (imapsync --resyncflags)
    leave,      ///< never touch flags of messages already there
};

/// What deletions on the destination do where it shows activity that is not ours.
enum class OnActivity : std::uint8_t {
    refuse,
    warn,  ///< delete and say so: what imapsync's users expect of --delete2
};

/// What holds deletions on the destination back; judged in guard_rails.hpp.
struct GuardRules {
    GuardRules() = default;
    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
    /// Messages deleted from the destination in one run; empty: the default ceiling, which looks at each mailbox as well.
    std::optional<std::uint64_t> max_deletions;
    bool allow_shrunken_source = false;
    OnActivity on_activity = OnActivity::refuse;
};

/// Arrival dates, epoch seconds, both ends included.
struct DateRange {
    std::int64_t first = std::numeric_limits<std::int64_t>::min();
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    [[nodiscard]] bool holds(std::int64_t date) const { return date >= first && date <= last; }
};

/// What is known of the destination's kind and it does not say itself.
struct DestinationKnowledge {
    DestinationKnowledge() = default;
    std::string server;                   ///< what it is called
    std::optional<Octets> takes;          ///< no larger message
    std::optional<Octets> usually_takes;  ///< no larger message, unless its administrator chose otherwise
    imap::FlagSet dropped_flags;          ///< do harm there
    std::size_t keyword_octets = 0;       ///< of the longest keyword it takes; 0: not known
    std::size_t keywords_each = 0;        ///< different keywords a mailbox can have; 0: not known
    std::optional<DateRange> dates;       ///< arrival dates that it keeps as given
};

/// What is known of the source's kind and of its messages, and it does not say itself.
struct MessagesOfSource {
    MessagesOfSource() = default;
    std::string server;       ///< what it is called
    std::uint64_t shows = 0;  ///< of a mailbox, the newest so many; 0: all
    std::string own_record;   ///< in the subject of a mailbox's first message: it is none; empty: there is no such
};

/// Gmail's labels (X-GM-EXT-1), where both servers have them. They are given and never taken away: a label is a folder, and
/// what leaves a folder of the destination is deletion.
struct LabelRules {
    bool of_copied = false;  ///< to what this run copies (imapsync --synclabels)
    bool of_known = false;   ///< and to what is there already (imapsync --resynclabels)
    [[nodiscard]] bool is_anything() const { return of_copied || of_known; }
};

struct Rules {
    Rules() = default;
    std::optional<Octets> max_size;          ///< larger ones are left out
    std::optional<Octets> min_size;          ///< smaller ones are left out
    std::optional<std::int64_t> newer_than;  ///< epoch seconds; INTERNALDATE at or after
    std::optional<std::int64_t> older_than;  ///< epoch seconds; INTERNALDATE before
    bool ages_are_union = false;             ///< imapsync: minage > maxage means everything but the gap
    FlagMode flags = FlagMode::three_way;
    bool copy_source_duplicates = true;  ///< n equal messages on the source are n on the destination
    bool delete_source = false;          ///< --delete1: after the copy is confirmed
    bool delete_only_marked = false;     ///< of those, only what is marked \\Deleted on the source (imapsync --expunge1 alone)
    bool delete_unproven = false;     ///< from the source, whose copy has its Message-ID and maybe another text (imapsync does)
    bool delete_for_good = false;     ///< on the destination: expunged, not moved into a folder for removed mail
    bool delete_destination = false;  ///< --delete2: what the source does not hold
    bool delete_duplicates = false;   ///< on the destination: second copies that neither source nor ledger explains
    GuardRules guard;
    bool restore_removed = false;  ///< copy again what was removed on the destination (imapsync does)
    bool repair = false;           ///< mend what the destination refuses for its content, and send it again
    bool add_header = false;       ///< give header-less messages a Message-Id (imapsync --addheader)
    bool keep_internal_date = true;
    message::IdentityRules identity;
    bool identity_has_size = false;  ///< equal headers of unequal sizes are two messages (imapsync --noskipsize)
    /// Words of SEARCH (RFC 9051 section 6.4.4), sent as they stand: of each side, only what they find is looked at. What the
    /// server refuses ends the mailbox, and nothing is deleted.
    std::optional<std::string> search_source, search_destination;
    std::vector<perl::Substitution> flag_rewrites;  ///< of a source message's flags, as one line (imapsync --regexflag)
    bool filter_flags = true;                       ///< leave out what PERMANENTFLAGS does not hold
    bool adapt_flags = true;                        ///< see adapt_flags.hpp
    DestinationKnowledge of_destination;
    MessagesOfSource of_source;
    std::string
        keyword_suffix;  ///< the source writes this and a number behind keywords that would else be alike; empty: nothing
    RewriteRules rewrite;
    LabelRules labels;
    bool rehearse = false;  ///< a dry run reads and changes what it would copy, and drops it (imapsync --nodry1)
    bool skip_crossed =
        false;  ///< not what this run found or put into another mailbox already (imapsync --skipcrossduplicates)
    std::optional<std::uint32_t> max_failures;  ///< the run ends once so many messages failed (imapsync --errorsmax)
};

}  // namespace mailhaul::sync
