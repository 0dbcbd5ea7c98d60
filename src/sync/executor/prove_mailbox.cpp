// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/prove_mailbox.hpp"

#include <algorithm>
#include <utility>

#include "async/task_scope.hpp"
#include "client/mailbox_commands.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/read_shapes.hpp"

namespace mailhaul::sync {
namespace {

// Held at once: the headers of as many, each at most proof::longest_kept_header.
constexpr std::size_t batch_messages = 200;
constexpr std::size_t set_octets = 900;

using proof::Verdict;

template <imap::Uid store::Entry::* side>
std::vector<std::string> wire_sets(const std::vector<store::Entry>& entries) {
    std::vector<imap::UidSet::Range> ranges;
    for (const store::Entry& entry : entries) ranges.push_back({entry.*side, entry.*side});
    std::vector<std::string> sets;
    for (const imap::UidSet& part : imap::UidSet::from_ranges(std::move(ranges)).split(set_octets))
        sets.push_back(part.to_string());
    return sets;
}

Task<Result<std::map<imap::Uid, std::string>>> fetch_headers(client::Connection& connection, std::vector<std::string> sets) {
    std::map<imap::Uid, std::string> headers;
    auto keep = [&](imap::FetchResponse&& fetch) {
        for (imap::BodySection& section : fetch.sections)
            if (section.section == "HEADER" && !section.nil) headers.insert_or_assign(*fetch.uid, std::move(section.text));
    };
    auto fetched = co_await client::fetch_items(connection, std::move(sets), "(UID BODY.PEEK[HEADER])", std::move(keep));
    auto judged = unless_message(std::move(fetched));
    if (!judged.ok()) co_return std::move(judged).error().while_doing("reading headers");
    co_return headers;
}

bool is_other_validity(const imap::SelectedMailbox& selected, imap::UidValidity recorded) {
    return selected.uid_validity && *selected.uid_validity != recorded;
}

/// The octets that were sent, be they the source's or repaired ones.
bool is_as_stored(const store::Entry& entry, const proof::MessageShape& there) {
    return entry.sha256 == there.octets || (entry.repair && entry.repair->sha256 == there.octets);
}

std::string words_on_repair(const store::Entry& entry) {
    if (!entry.repair) return "";
    if (entry.repair->is_as_asked()) return "changed before it was stored, as the operator asked";
    return "mended before it was stored: " + message::spell(entry.repair->mended);
}

const message::Sha256& sha256_of_nothing() {
    static const message::Sha256 digest = message::Sha256Stream().finish();
    return digest;
}

}  // namespace

MailboxProof::MailboxProof(ProofOptions options, store::PairKey pair, std::vector<store::Entry> entries, std::size_t index)
    : options_(std::move(options)), entries_(std::move(entries)), index_(index) {
    result_.source = imap::display_name(pair.source.name.raw());
    result_.destination = imap::display_name(pair.destination.name.raw());
    result_.pair = std::move(pair);
    result_.tally.entries = entries_.size();
    proof::MerkleTree tree;
    for (const store::Entry& entry : entries_) tree.add(proof::leaf_of(entry));
    result_.root = tree.root();
}

Task<Result<void>> MailboxProof::run(client::Connection& destination) {
    if (entries_.empty()) co_return Result<void>{};
    MH_CO_TRY(is_there, co_await open_and_list(destination));
    if (!is_there) co_return Result<void>{};
    while (next_ < to_read_.size()) {
        const Batch batch = next_batch();
        if (options_.level == proof::Level::headers) MH_CO_TRY_VOID(co_await compare_headers(destination, batch));
        if (options_.level == proof::Level::bodies) MH_CO_TRY_VOID(co_await compare_bodies(destination, batch));
        next_ += batch.size();
        if (options_.progress) options_.progress(batch.size());
    }
    co_return Result<void>{};
}

proof::MailboxResult MailboxProof::result() && {
    proof::Tally& tally = result_.tally;
    tally.not_looked_at = tally.entries - (tally.proven + tally.repaired + tally.other_line_ends + tally.other_headers +
                                           tally.different + tally.missing + tally.not_provable);
    if (not_shown_ > 0)
        result_.remarks.push_back(spell_messages(not_shown_) +
                                  (options_.level == proof::Level::bodies ? " without SHA-256 in the ledger" : "") +
                                  (options_.source ? " cannot be proven: the source does not show them (any more)"
                                                   : " cannot be proven: the source was not asked"));
    return std::move(result_);
}

/// False where the mailbox of the ledger is not there: then everything is said.
Task<Result<bool>> MailboxProof::open_and_list(client::Connection& destination) {
    auto opened = co_await client::open_mailbox(destination, result_.pair.destination.name, imap::SelectMode::examine);
    if (!opened.ok()) {
        if (opened.error().code != Errc::mailbox_missing)
            co_return std::move(opened).error().while_doing("opening \"" + result_.destination + "\" on the destination");
        all_missing("the mailbox is not on the destination");
        co_return false;
    }
    if (is_other_validity(opened.value(), result_.pair.destination.uid_validity)) {
        all_missing("the destination's mailbox was made anew (its UIDVALIDITY is " +
                    std::to_string(opened->uid_validity->value()) + ", and " +
                    std::to_string(result_.pair.destination.uid_validity.value()) +
                    " when messages were copied into it): run mailhaul sync, then verify again");
        co_return false;
    }
    if (is_listed_) co_return true;
    auto listed = co_await list_messages(destination, std::move(opened).value(), ListDates::no);
    if (!listed.ok()) co_return std::move(listed).error().while_doing("listing \"" + result_.destination + "\"");
    for (const store::Entry& entry : entries_) {
        const ListedMessage* message = listed->find(entry.destination);
        const bool is_empty = message != nullptr && message->size == 0 && entry.sha256 && *entry.sha256 != sha256_of_nothing();
        if (message == nullptr) {
            name(entry, Verdict::missing, "removed there since it was confirmed, or lost");
        } else if (is_empty) {
            name(entry, Verdict::different, "the destination lists it as empty");
        } else if (options_.level == proof::Level::listed) {
            result_.tally.count(Verdict::proven);
        } else if (proof::is_in_sample(result_.pair, entry, options_.seed, options_.sample)) {
            to_read_.push_back(entry);
        }
    }
    is_listed_ = true;
    if (options_.progress) options_.progress(entries_.size() - to_read_.size());
    co_return true;
}

/// nullptr where the source does not show the mailbox of the ledger.
Task<Result<client::Connection*>> MailboxProof::open_source() {
    client::Connection* nobody = nullptr;
    if (!options_.source) co_return nobody;
    MH_CO_TRY(source, co_await options_.source());
    if (source == nullptr) co_return nobody;
    auto opened = co_await client::open_mailbox(*source, result_.pair.source.name, imap::SelectMode::examine);
    if (!opened.ok() && opened.error().code == Errc::mailbox_missing) co_return nobody;
    if (!opened.ok()) co_return std::move(opened).error().while_doing("opening \"" + result_.source + "\" on the source");
    if (is_other_validity(opened.value(), result_.pair.source.uid_validity)) co_return nobody;
    co_return source;
}

Task<Result<void>> MailboxProof::compare_headers(client::Connection& destination, const Batch& batch) {
    MH_CO_TRY(source, co_await open_source());
    if (source == nullptr) {
        for (std::size_t i = 0; i < batch.size(); ++i) judge_without_source();
        co_return Result<void>{};
    }
    auto read = co_await both(fetch_headers(*source, wire_sets<&store::Entry::source>(batch)),
                              fetch_headers(destination, wire_sets<&store::Entry::destination>(batch)));
    MH_CO_TRY(from, std::move(read.first));
    MH_CO_TRY(to, std::move(read.second));
    for (const store::Entry& entry : batch) {
        const auto there = to.find(entry.destination);
        const auto here = from.find(entry.source);
        if (there == to.end()) {
            name(entry, Verdict::not_provable, "the destination lists it and does not deliver it");
        } else if (here == from.end()) {
            judge_without_source();
        } else {
            proof::Comparison found = proof::compare_headers(here->second, there->second);
            name(entry, found.verdict, words_on_repair(entry), std::move(found.header_lines));
        }
    }
    co_return Result<void>{};
}

Task<Result<void>> MailboxProof::compare_bodies(client::Connection& destination, const Batch& batch) {
    MH_CO_TRY(to, co_await read_shapes(destination, wire_sets<&store::Entry::destination>(batch)));
    Batch doubtful;
    for (const store::Entry& entry : batch) {
        const auto found = to.find(entry.destination);
        if (found == to.end()) continue;
        if (is_as_stored(entry, found->second)) found->second.header_octets.clear();
        else doubtful.push_back(entry);
    }
    Shapes from;
    bool source_was_read = false;
    if (!doubtful.empty()) {
        MH_CO_TRY(source, co_await open_source());
        source_was_read = source != nullptr;
        if (source_was_read) {
            MH_CO_TRY(shapes, co_await read_shapes(*source, wire_sets<&store::Entry::source>(doubtful)));
            from = std::move(shapes);
        }
    }
    for (const store::Entry& entry : batch) {  // counted only now: a batch that failed is read again
        const auto found = to.find(entry.destination);
        if (found == to.end()) name(entry, Verdict::not_provable, "the destination lists it and does not deliver it");
        else if (entry.sha256 == found->second.octets) name(entry, Verdict::proven, "");
        else if (is_as_stored(entry, found->second)) name(entry, Verdict::repaired, words_on_repair(entry));
    }
    judge_bodies(doubtful, from, to, source_was_read);
    co_return Result<void>{};
}

/// Of messages whose octets are not those of the ledger.
void MailboxProof::judge_bodies(const Batch& doubtful, const Shapes& from, const Shapes& to, bool source_was_read) {
    for (const store::Entry& entry : doubtful) {
        const auto here = from.find(entry.source);
        const proof::MessageShape& there = to.at(entry.destination);
        if (here == from.end() && !entry.sha256) {
            judge_without_source();
        } else if (here == from.end()) {
            name(entry, Verdict::different,
                 std::string("not the octets that were copied; what differs cannot be said: the source ") +
                     (source_was_read ? "does not hold the message any more" : "was not asked"));
        } else {
            proof::Comparison found = proof::compare(here->second, there);
            const bool source_changed = entry.sha256 && *entry.sha256 != here->second.octets;
            if (source_changed && found.verdict == Verdict::proven) found.verdict = Verdict::different;
            name(entry, found.verdict,
                 source_changed ? "compared with what the source serves today, which is not what it served when it was copied"
                                : "",
                 std::move(found.header_lines));
        }
    }
}

/// The source would have to be asked, and does not show the message.
void MailboxProof::judge_without_source() {
    result_.tally.count(Verdict::not_provable);
    ++not_shown_;
}

/// Counts it, and names it unless it is proven.
void MailboxProof::name(const store::Entry& entry, Verdict verdict, std::string words, std::vector<std::string> header_lines) {
    result_.tally.count(verdict);
    if (verdict == Verdict::proven) return;
    findings_.push_back({index_, entry.source, entry.destination, verdict, std::move(words), std::move(header_lines)});
}

void MailboxProof::all_missing(std::string remark) {
    const std::uint64_t entries = result_.tally.entries;
    result_.tally = {.entries = entries, .missing = entries};
    findings_.clear();
    result_.remarks.push_back(std::move(remark));
    if (options_.progress) options_.progress(entries);
}

MailboxProof::Batch MailboxProof::next_batch() {
    const auto first = to_read_.begin() + static_cast<std::ptrdiff_t>(next_);
    const auto left = static_cast<std::size_t>(to_read_.end() - first);
    return {first, first + static_cast<std::ptrdiff_t>(std::min(left, batch_messages))};
}

}  // namespace mailhaul::sync
