// SPDX-License-Identifier: Apache-2.0
// Verification: what was looked at, how closely, and what was found. One vocabulary for the run, its report and the
// certificate. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/types/ids.hpp"
#include "proof/merkle.hpp"
#include "store/ledger.hpp"

namespace mailhaul::proof {

/// How closely; each looks at the messages of the ledger.
enum class Level : std::uint8_t {
    counted,  ///< both servers' counters
    listed,   ///< the destination's listing
    headers,  ///< and the headers of both sides
    bodies,   ///< and the destination's octets against the SHA-256 of the source's
};
std::string_view to_string(Level level);
std::optional<Level> level_from(std::string_view text);
/// One sentence for people each.
std::string_view what_it_proves(Level level);
std::string_view what_it_does_not_prove(Level level);

/// What was found of one message.
enum class Verdict : std::uint8_t {
    proven,           ///< as the level says
    repaired,         ///< as it was stored: the destination took it only after it was repaired
    other_line_ends,  ///< equal but for line ends
    other_headers,    ///< equal but for header lines, which are named
    different,
    missing,       ///< not on the destination
    not_provable,  ///< the ledger holds no SHA-256 of it, and the source cannot be asked
};
std::string_view to_string(Verdict verdict);
std::optional<Verdict> verdict_from(std::string_view text);

/// Counts of one mailbox pair: every entry is in exactly one of the others.
struct Tally {
    std::uint64_t entries = 0;  ///< in the ledger
    std::uint64_t proven = 0;
    std::uint64_t repaired = 0;
    std::uint64_t other_line_ends = 0;
    std::uint64_t other_headers = 0;
    std::uint64_t different = 0;
    std::uint64_t missing = 0;
    std::uint64_t not_provable = 0;
    std::uint64_t not_looked_at = 0;  ///< outside the sample, though listed; or of a mailbox that could not be read

    void count(Verdict verdict);
    void add(const Tally& other);
    /// Nothing was found that is not as it should be.
    [[nodiscard]] bool holds() const { return proven + not_looked_at == entries; }
    bool operator==(const Tally&) const = default;
};

/// A mailbox pair of the ledger, as verified. Names for people are UTF-8.
struct MailboxResult {
    store::PairKey pair;
    std::string source;
    std::string destination;
    Digest root{};
    Tally tally;
    std::vector<std::string> remarks;  ///< what is wrong with the mailbox as a whole
    [[nodiscard]] bool holds() const { return tally.holds() && remarks.empty(); }
    bool operator==(const MailboxResult&) const = default;
};

/// A message that is not as it should be.
struct Finding {
    std::size_t mailbox = 0;  ///< index into Verification::mailboxes
    imap::Uid source;
    imap::Uid destination;
    Verdict verdict = Verdict::different;
    std::string words;                      ///< for people; empty where the verdict says it all
    std::vector<std::string> header_lines;  ///< `added X-Spam-Status`
    bool operator==(const Finding&) const = default;
};

/// A message that the ledger says could not be copied.
struct NotCopied {
    std::size_t mailbox = 0;
    imap::Uid source;
    std::uint64_t size = 0;
    std::string message_id;
    std::string subject;
    std::string reason;
    bool operator==(const NotCopied&) const = default;
};

/// Hundredths of a percent of the messages whose octets are compared; 10,000: all.
using Share = std::uint32_t;
inline constexpr Share everything = 10'000;
/// `100%`, `2.5%`.
std::string spell_share(Share share);
/// Empty: not a share above 0 and up to 100 %.
std::optional<Share> share_from(std::string_view text);
/// Whether the message belongs to the sample; random to anybody who did not choose `seed`.
bool is_in_sample(const store::PairKey& pair, const store::Entry& entry, std::uint64_t seed, Share share);

struct Verification {
    store::AccountKey accounts;
    Level level = Level::listed;
    Share sample = everything;
    std::uint64_t seed = 0;  ///< of the sample
    std::int64_t began = 0;  ///< epoch seconds
    std::int64_t ended = 0;
    std::vector<MailboxResult> mailboxes;  ///< in the order of their leaves
    std::vector<Finding> findings;
    std::vector<NotCopied> not_copied;
    std::vector<std::string> remarks;  ///< what is wrong with no mailbox of the ledger: one it does not know
    std::vector<std::string> notes;    ///< worth knowing, nothing wrong

    [[nodiscard]] Tally totals() const;
    [[nodiscard]] Digest root() const;
    /// Everything that was looked at is as the level says, and nothing was left behind.
    [[nodiscard]] bool holds() const;
    bool operator==(const Verification&) const = default;
};

}  // namespace mailhaul::proof
