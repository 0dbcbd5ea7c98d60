// SPDX-License-Identifier: Apache-2.0
#include "app/compare_stores.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::app {
namespace {

/// Everything a message is, in an order: equal messages are neighbours. Borrows from the store.
struct Sample {
    const std::string* octets = nullptr;
    std::int64_t seconds = 0;
    std::int16_t zone = 0;
    std::string flags;

    [[nodiscard]] auto key() const { return std::tie(*octets, seconds, zone, flags); }
    bool operator<(const Sample& other) const { return key() < other.key(); }
    bool operator==(const Sample& other) const { return key() == other.key(); }
};

void add_messages(std::vector<Sample>& samples, const demo::Mailbox& mailbox) {
    for (const demo::StoredMessage& message : mailbox.messages())
        samples.push_back(
            Sample{message.octets.get(), message.date.epoch_seconds, message.date.zone_minutes, message.flags.to_string()});
}

std::string quoted(const std::string& raw_name) { return "\"" + imap::display_name(raw_name) + "\""; }

void compare_messages(std::vector<Sample> wanted, std::vector<Sample> found, const std::string& destination, DemoProof& proof) {
    std::ranges::sort(wanted, std::less<>());
    std::ranges::sort(found, std::less<>());
    std::vector<Sample> missing;
    std::vector<Sample> surplus;
    std::ranges::set_difference(wanted, found, std::back_inserter(missing), std::less<>());
    std::ranges::set_difference(found, wanted, std::back_inserter(surplus), std::less<>());
    proof.messages += wanted.size() - missing.size();
    for (const Sample& sample : wanted) proof.octets += Octets(sample.octets->size());
    for (const Sample& sample : missing) proof.octets = Octets(proof.octets.value() - sample.octets->size());
    if (!missing.empty())
        proof.differences.push_back(std::to_string(missing.size()) + " messages are not in " + quoted(destination) +
                                    " as on the source");
    if (!surplus.empty())
        proof.differences.push_back(std::to_string(surplus.size()) + " messages in " + quoted(destination) +
                                    " are not on the source");
}

/// Destination name by source name, as the report says.
std::map<std::string, std::string> pairs_in(const sync::Report& report) {
    std::map<std::string, std::string> pairs;
    for (const sync::MailboxReport& mailbox : report.mailboxes) pairs.emplace(mailbox.source.raw(), mailbox.destination.raw());
    return pairs;
}

}  // namespace

DemoProof compare_stores(const demo::MailStore& source, const demo::MailStore& destination, const sync::Report& report) {
    DemoProof proof;
    const auto pairs = pairs_in(report);
    std::map<std::string, std::vector<Sample>> wanted;  // by destination name: two sources may go into one
    for (const auto& [name, mailbox] : source.mailboxes()) {
        if (mailbox.no_select) continue;
        ++proof.mailboxes;
        const auto pair = pairs.find(name);
        if (pair == pairs.end() || destination.find(pair->second) == nullptr) {
            proof.differences.push_back("the mailbox " + quoted(name) + " is not on the destination");
            continue;
        }
        add_messages(wanted[pair->second], mailbox);
        if (source.subscriptions().contains(name) && !destination.subscriptions().contains(pair->second))
            proof.differences.push_back(quoted(pair->second) + " is not subscribed");
    }
    for (const auto& [name, mailbox] : destination.mailboxes()) {
        std::vector<Sample> found;
        add_messages(found, mailbox);
        compare_messages(std::move(wanted[name]), std::move(found), name, proof);
    }
    return proof;
}

}  // namespace mailhaul::app
