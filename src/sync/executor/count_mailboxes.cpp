// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/count_mailboxes.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::sync {
namespace {

using Listing = std::vector<client::ListedMailbox>;

/// nullptr where it is not listed, or cannot hold messages.
const client::ListedMailbox* find(const Listing& listing, const imap::MailboxName& name) {
    const auto found = std::ranges::find_if(listing, [&](const client::ListedMailbox& one) { return one.info.name == name; });
    return found == listing.end() || found->info.no_select ? nullptr : &*found;
}

std::optional<std::uint32_t> messages_in(const client::ListedMailbox& mailbox) {
    return mailbox.status ? mailbox.status->messages : std::nullopt;
}

bool is_made_anew(const client::ListedMailbox& mailbox, imap::UidValidity recorded) {
    return mailbox.status && mailbox.status->uid_validity && *mailbox.status->uid_validity != recorded;
}

bool is_view(const client::ListedMailbox& mailbox) {
    return std::ranges::any_of(mailbox.info.special_uses, [](imap::SpecialUse use) {
        return use == imap::SpecialUse::all || use == imap::SpecialUse::flagged || use == imap::SpecialUse::important;
    });
}

std::string counted_on(const char* side, std::uint64_t messages, const char* than, std::uint64_t expected) {
    return std::string("the ") + side + " holds " + spell_messages(messages) + ", " + than + " the " +
           std::to_string(expected) + " that the ledger knows";
}

/// Several pairs may share a destination: what it holds too few is missing from the last of them.
void judge_destination(const CountedPair& pair, const client::ListedMailbox* mailbox, std::uint64_t of_all,
                       std::uint64_t& still_there, proof::MailboxResult& result) {
    result.tally = {.entries = pair.entries};
    const auto messages = mailbox == nullptr ? std::optional<std::uint32_t>() : messages_in(*mailbox);
    if (pair.entries == 0) return;
    if (mailbox == nullptr) result.remarks.emplace_back("the mailbox is not on the destination");
    else if (is_made_anew(*mailbox, pair.pair.destination.uid_validity))
        result.remarks.emplace_back("the destination's mailbox was made anew: run mailhaul sync, then verify again");
    else if (!messages) result.remarks.emplace_back("the destination does not say how many messages it holds");
    const bool is_unknown = mailbox != nullptr && !messages;
    result.tally.proven = result.remarks.empty() ? std::min(pair.entries, still_there) : 0;
    still_there -= result.tally.proven;
    if (is_unknown) result.tally.not_provable = pair.entries;
    else result.tally.missing = pair.entries - result.tally.proven;
    if (result.remarks.empty() && result.tally.missing > 0)
        result.remarks.push_back(counted_on("destination", *messages, "fewer than", of_all));
}

void judge_source(const CountedPair& pair, const client::ListedMailbox* mailbox, proof::Verification& found,
                  proof::MailboxResult& result) {
    if (mailbox == nullptr) {
        found.notes.push_back("the source no longer shows \"" + result.source + "\"");
        return;
    }
    const auto messages = messages_in(*mailbox);
    if (!messages) result.remarks.emplace_back("the source does not say how many messages it holds");
    else if (*messages > 0 && is_made_anew(*mailbox, pair.pair.source.uid_validity))
        result.remarks.emplace_back(
            "the source's mailbox was made anew, and the ledger knows none of its messages: run mailhaul sync");
    else if (*messages > pair.entries + pair.not_copied)
        result.remarks.push_back(counted_on("source", *messages, "more than", pair.entries + pair.not_copied));
}

}  // namespace

void judge_counters(const std::vector<CountedPair>& pairs, const Listing& source, const Listing& destination,
                    proof::Verification& found) {
    std::map<imap::MailboxName, std::uint64_t> expected;
    for (const CountedPair& pair : pairs) expected[pair.pair.destination.name] += pair.entries;
    std::map<imap::MailboxName, std::uint64_t> still_there;
    for (const auto& [name, entries] : expected)
        if (const auto* mailbox = find(destination, name)) still_there[name] = messages_in(*mailbox).value_or(0);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const imap::MailboxName& name = pairs[i].pair.destination.name;
        judge_destination(pairs[i], find(destination, name), expected[name], still_there[name], found.mailboxes[i]);
        judge_source(pairs[i], find(source, pairs[i].pair.source.name), found, found.mailboxes[i]);
    }
    for (const client::ListedMailbox& mailbox : source) {
        const auto is_its = [&](const CountedPair& pair) { return pair.pair.source.name == mailbox.info.name; };
        const std::uint32_t messages = messages_in(mailbox).value_or(0);
        if (messages == 0 || mailbox.info.no_select || std::ranges::any_of(pairs, is_its)) continue;
        auto& place = is_view(mailbox) ? found.notes : found.remarks;
        place.push_back("the ledger knows nothing of the source's \"" + imap::display_name(mailbox.info.name.raw()) +
                        "\", which holds " + spell_messages(messages));
    }
}

}  // namespace mailhaul::sync
