// SPDX-License-Identifier: Apache-2.0
#include "app/read_ledger.hpp"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <utility>

#include "imap/codec/modified_utf7.hpp"
#include "message/message_id.hpp"

namespace mailhaul::app {
namespace {

std::string spell(const store::AccountKey& account) { return account.source + " to " + account.destination; }

Error missing(const std::string& path, const LedgerChoice& choice) {
    const std::string words =
        choice.path.empty() && choice.account
            ? "there is no ledger of " + spell(*choice.account) + " in its usual place, \"" + path +
                  "\": sync first, or name its file with --ledger"
            : "there is no ledger \"" + path + "\": name another file, or both accounts as SOURCE --to DESTINATION";
    return {Errc::store_failed, Scope::account, Retry::never, words};
}

// Summary

Result<PairSummary> summarise_pair(store::LedgerReader& ledger, store::PairKey pair) {
    MH_TRY(content, ledger.content(pair));
    PairSummary summary;
    for (std::size_t i = 0; i < content.entry_count(); ++i) {
        const store::Entry entry = content.entry(i);
        ++(entry.origin == store::Origin::copied ? summary.copied : summary.adopted);
        if (entry.repair) ++summary.repaired;
    }
    summary.exceptions = content.exceptions.size();
    summary.settled = content.settled.has_value();
    summary.pair = std::move(pair);
    return summary;
}

std::uint64_t sum(const std::vector<PairSummary>& pairs, std::uint64_t PairSummary::* member) {
    return std::transform_reduce(pairs.begin(), pairs.end(), std::uint64_t{0}, std::plus(),
                                 [member](const PairSummary& pair) { return pair.*member; });
}

// Search

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter; }

bool contains_but_for_case(std::string_view text, std::string_view part) {
    return !std::ranges::search(text, part, {}, lower, lower).empty() || part.empty();
}

/// INBOX is one name in any case.
bool is_named(const imap::MailboxName& mailbox, const std::string& name) {
    return mailbox == imap::MailboxName(name) || imap::utf8_from_utf7(mailbox.raw()) == name;
}

/// A LedgerQuestion, prepared to be asked of many records.
class Asker {
public:
    explicit Asker(const LedgerQuestion& question) : question_(question) {
        if (!question.message_id) return;
        digests_.push_back(message::digest_of_message_id(*question.message_id));
        digests_.push_back(message::digest_of_message_id("<" + *question.message_id + ">"));
    }

    [[nodiscard]] bool holds(const store::PairKey& pair) const {
        return !question_.folder || is_named(pair.source.name, *question_.folder) ||
               is_named(pair.destination.name, *question_.folder);
    }
    [[nodiscard]] bool holds(const store::Entry& entry) const {
        return !question_.subject && is_message_id(entry.message_id) && is_or_unasked(entry.source, question_.source_uid) &&
               is_or_unasked(entry.destination, question_.destination_uid) && is_when(entry.at);
    }
    [[nodiscard]] bool holds(const store::Exception& exception) const {
        return is_message_id(message::digest_of_message_id(exception.message_id)) &&
               is_or_unasked(exception.source, question_.source_uid) && !question_.destination_uid && is_when(exception.at) &&
               (!question_.subject || contains_but_for_case(exception.subject, *question_.subject));
    }

private:
    static bool is_or_unasked(imap::Uid uid, const std::optional<imap::Uid>& wanted) { return !wanted || uid == *wanted; }
    [[nodiscard]] bool is_message_id(const std::optional<std::uint64_t>& digest) const {
        return digests_.empty() || (digest && std::ranges::find(digests_, *digest) != digests_.end());
    }
    [[nodiscard]] bool is_when(std::int64_t at) const {
        return (!question_.recorded_from || at >= *question_.recorded_from) &&
               (!question_.recorded_until || at < *question_.recorded_until);
    }

    const LedgerQuestion& question_;
    std::vector<std::uint64_t> digests_;  // of the Message-ID asked for; empty: not asked for
};

/// Calls `visit` with each entry of the pair, then with each exception.
template <typename Visit>
Result<void> visit_messages(store::LedgerReader& ledger, const store::PairKey& pair, Visit visit) {
    MH_TRY(content, ledger.content(pair));
    for (std::size_t i = 0; i < content.entry_count(); ++i) visit(content.entry(i));
    for (store::Exception& exception : content.exceptions) visit(std::move(exception));
    return {};
}

bool lacks_message_id(const store::Entry& entry) { return !entry.message_id; }
bool lacks_message_id(const store::Exception&) { return false; }

}  // namespace

Result<store::LedgerReader> open_ledger(const LedgerChoice& choice) {
    const std::string path = choice.path.empty() && choice.account ? store::default_ledger_path(*choice.account) : choice.path;
    std::error_code unseen;
    if (!std::filesystem::exists(path, unseen) && !unseen) return missing(path, choice);
    MH_TRY(ledger, store::LedgerReader::open(path));
    if (choice.account && *choice.account != ledger.account())
        return Error{Errc::store_foreign, Scope::account, Retry::never,
                     "ledger \"" + path + "\" belongs to " + spell(ledger.account()) + ", not to " + spell(*choice.account) +
                         ": correct the accounts, or name the file alone"};
    return std::move(ledger);
}

std::uint64_t LedgerSummary::copied() const { return sum(pairs, &PairSummary::copied); }
std::uint64_t LedgerSummary::repaired() const { return sum(pairs, &PairSummary::repaired); }
std::uint64_t LedgerSummary::adopted() const { return sum(pairs, &PairSummary::adopted); }
std::uint64_t LedgerSummary::exceptions() const { return sum(pairs, &PairSummary::exceptions); }

Result<LedgerSummary> summarise_ledger(store::LedgerReader& ledger) {
    LedgerSummary summary{.path = ledger.path(), .account = ledger.account(), .pairs = {}, .octets = ledger.octets()};
    MH_TRY(pairs, ledger.pairs());
    for (store::PairKey& pair : pairs) {
        MH_TRY(one, summarise_pair(ledger, std::move(pair)));
        summary.pairs.push_back(std::move(one));
    }
    return summary;
}

Result<void> read_records(store::LedgerReader& ledger, const RecordSink& sink) {
    MH_TRY(pairs, ledger.pairs());
    for (const store::PairKey& pair : pairs)
        MH_TRY_VOID(visit_messages(ledger, pair, [&](auto message) { sink({pair, std::move(message)}); }));
    return {};
}

Result<LedgerSearch> find_records(store::LedgerReader& ledger, const LedgerQuestion& question, const RecordSink& sink) {
    const Asker asker(question);
    LedgerSearch search;
    MH_TRY(pairs, ledger.pairs());
    for (const store::PairKey& pair : pairs) {
        if (!asker.holds(pair)) continue;
        ++search.pairs;
        MH_TRY_VOID(visit_messages(ledger, pair, [&](auto message) {
            ++search.messages;
            if (lacks_message_id(message)) ++search.without_message_id;
            if (!asker.holds(message)) return;
            ++search.found;
            sink({pair, std::move(message)});
        }));
    }
    return search;
}

}  // namespace mailhaul::app
