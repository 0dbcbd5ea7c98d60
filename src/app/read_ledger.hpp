// SPDX-License-Identifier: Apache-2.0
// Use case: what one account's ledger knows, told to people. Asks no server and changes nothing; a run may hold the ledger
// meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "store/ledger.hpp"
#include "store/ledger_reader.hpp"

namespace mailhaul::app {

/// Which ledger, by its file, its account, or both.
struct LedgerChoice {
    std::string path;                          ///< empty: where `account` has it unless told
    std::optional<store::AccountKey> account;  ///< where given, the ledger must be this one's
};

/// Errors as LedgerReader::open(); store_foreign also where the ledger is of another account.
Result<store::LedgerReader> open_ledger(const LedgerChoice& choice);

struct PairSummary {
    store::PairKey pair;
    std::uint64_t copied = 0;
    std::uint64_t repaired = 0;  ///< of `copied`
    std::uint64_t adopted = 0;
    std::uint64_t exceptions = 0;
    bool settled = false;  ///< a pass over it ended with nothing left to do
};

struct LedgerSummary {
    std::string path;
    store::AccountKey account;
    std::vector<PairSummary> pairs;  ///< in the order they were first met
    std::uint64_t octets = 0;        ///< on disk
    [[nodiscard]] std::uint64_t copied() const;
    [[nodiscard]] std::uint64_t repaired() const;
    [[nodiscard]] std::uint64_t adopted() const;
    [[nodiscard]] std::uint64_t exceptions() const;
    [[nodiscard]] std::uint64_t messages() const { return copied() + adopted(); }  ///< known on both sides
};

Result<LedgerSummary> summarise_ledger(store::LedgerReader& ledger);

/// One message of one mailbox pair: known on both sides, or not copied and why.
struct LedgerRecord {
    const store::PairKey& pair;  ///< lasts as long as the call of the sink
    std::variant<store::Entry, store::Exception> message;
};
using RecordSink = std::function<void(const LedgerRecord&)>;

/// Gives every record to `sink`, pair by pair, entries before exceptions, each ascending by source UID. What was given
/// before an error is true all the same.
Result<void> read_records(store::LedgerReader& ledger, const RecordSink& sink);

/// A message somebody looks for; all that is given must hold.
struct LedgerQuestion {
    std::optional<std::string> message_id;  ///< with `<>` or without
    std::optional<imap::Uid> source_uid;
    std::optional<imap::Uid> destination_uid;
    std::optional<std::string> folder;           ///< on either side, UTF-8 or as the server spells it
    std::optional<std::string> subject;          ///< part of it, ASCII case aside; holds for exceptions only
    std::optional<std::int64_t> recorded_from;   ///< epoch seconds, inclusive
    std::optional<std::int64_t> recorded_until;  ///< exclusive
};

/// What a search went through.
struct LedgerSearch {
    std::uint64_t pairs = 0;     ///< mailbox pairs of the folder asked for
    std::uint64_t messages = 0;  ///< entries and exceptions in them
    std::uint64_t found = 0;
    std::uint64_t without_message_id = 0;  ///< entries whose Message-ID was never read, which no search by it can find
};

/// Gives every record that answers `question` to `sink`, in the order of read_records().
Result<LedgerSearch> find_records(store::LedgerReader& ledger, const LedgerQuestion& question, const RecordSink& sink);

}  // namespace mailhaul::app
