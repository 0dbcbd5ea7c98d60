// SPDX-License-Identifier: Apache-2.0
#include "proof/verification.hpp"

#include <algorithm>
#include <array>

namespace mailhaul::proof {
namespace {

struct LevelWords {
    Level level;
    std::string_view name;
    std::string_view proves;
    std::string_view leaves_open;
};
constexpr std::array levels{
    LevelWords{Level::counted, "counted",
               "No mailbox of the destination holds fewer messages than were brought into it, and the source holds none "
               "that the ledger does not know.",
               "Which messages the destination holds, and what is in them."},
    LevelWords{Level::listed, "listed",
               "The destination lists every message that the ledger knows, under the UID it was confirmed with.",
               "What is in the messages, and whether the source holds messages that the ledger does not know."},
    LevelWords{Level::headers, "headers",
               "The destination lists every message that the ledger knows, and its header is, line for line, what the "
               "source shows today.",
               "What is below the headers, and whether the source holds messages that the ledger does not know."},
    LevelWords{Level::bodies, "bodies",
               "The octets that the destination serves have the SHA-256 of those the source served when the message was "
               "copied; where it was never read, they equal what the source serves today.",
               "Flags and dates, and whether the source holds messages that the ledger does not know."},
};

constexpr std::array<std::pair<Verdict, std::string_view>, 7> verdicts{{
    {Verdict::proven, "proven"},
    {Verdict::repaired, "repaired"},
    {Verdict::other_line_ends, "equal_but_line_ends"},
    {Verdict::other_headers, "equal_but_headers"},
    {Verdict::different, "different"},
    {Verdict::missing, "missing"},
    {Verdict::not_provable, "not_provable"},
}};

const LevelWords& words_of(Level level) { return *std::ranges::find(levels, level, &LevelWords::level); }

}  // namespace

std::string_view to_string(Level level) { return words_of(level).name; }
std::string_view what_it_proves(Level level) { return words_of(level).proves; }
std::string_view what_it_does_not_prove(Level level) { return words_of(level).leaves_open; }

std::optional<Level> level_from(std::string_view text) {
    const auto* const found = std::ranges::find(levels, text, &LevelWords::name);
    return found == levels.end() ? std::nullopt : std::optional(found->level);
}

std::string_view to_string(Verdict verdict) {
    return std::ranges::find(verdicts, verdict, &std::pair<Verdict, std::string_view>::first)->second;
}

std::optional<Verdict> verdict_from(std::string_view text) {
    const auto* const found = std::ranges::find(verdicts, text, &std::pair<Verdict, std::string_view>::second);
    return found == verdicts.end() ? std::nullopt : std::optional(found->first);
}

void Tally::count(Verdict verdict) {
    switch (verdict) {
        case Verdict::proven: ++proven; break;
        case Verdict::repaired: ++repaired; break;
        case Verdict::other_line_ends: ++other_line_ends; break;
        case Verdict::other_headers: ++other_headers; break;
        case Verdict::different: ++different; break;
        case Verdict::missing: ++missing; break;
        case Verdict::not_provable: ++not_provable; break;
    }
}

void Tally::add(const Tally& other) {
    entries += other.entries;
    proven += other.proven;
    repaired += other.repaired;
    other_line_ends += other.other_line_ends;
    other_headers += other.other_headers;
    different += other.different;
    missing += other.missing;
    not_provable += other.not_provable;
    not_looked_at += other.not_looked_at;
}

std::string spell_share(Share share) {
    std::string text = std::to_string(share / 100);
    if (share % 100 != 0) {
        text += '.';
        text += static_cast<char>('0' + share % 100 / 10);
        if (share % 10 != 0) text += static_cast<char>('0' + share % 10);
    }
    return text + "%";
}

std::optional<Share> share_from(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    const std::string_view whole = text.substr(0, text.find('.'));
    const std::string_view rest = whole.size() == text.size() ? std::string_view() : text.substr(whole.size() + 1);
    const auto is_number = [](std::string_view digits) {
        return std::ranges::all_of(digits, [](char digit) { return digit >= '0' && digit <= '9'; });
    };
    const bool ends_in_point = text.ends_with('.');
    if (whole.empty() || whole.size() > 3 || rest.size() > 2 || ends_in_point || !is_number(whole) || !is_number(rest))
        return std::nullopt;
    Share share = 0;
    for (const char digit : whole) share = share * 10 + static_cast<Share>(digit - '0');
    for (std::size_t i = 0; i < 2; ++i) share = share * 10 + (i < rest.size() ? static_cast<Share>(rest[i] - '0') : 0);
    return share == 0 || share > everything ? std::nullopt : std::optional(share);
}

bool is_in_sample(const store::PairKey& pair, const store::Entry& entry, std::uint64_t seed, Share share) {
    if (share >= everything) return true;
    message::Sha256Stream stream;
    stream.update(std::to_string(seed) + "\n" + leaf_of(entry));
    stream.update(pair.source.name.raw());
    const Digest digest = stream.finish();
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 6; ++i) number = number << 8U | digest[i];
    return number % everything < share;
}

Tally Verification::totals() const {
    Tally sum;
    for (const MailboxResult& mailbox : mailboxes) sum.add(mailbox.tally);
    return sum;
}

Digest Verification::root() const {
    MerkleTree tree;
    for (const MailboxResult& mailbox : mailboxes) tree.add(leaf_of(mailbox.pair, mailbox.tally.entries, mailbox.root));
    return tree.root();
}

bool Verification::holds() const {
    return not_copied.empty() && findings.empty() && remarks.empty() && std::ranges::all_of(mailboxes, &MailboxResult::holds);
}

}  // namespace mailhaul::proof
