// SPDX-License-Identifier: Apache-2.0
#include "demo/search.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "demo/message_text.hpp"

namespace mailhaul::demo {
namespace {

using Kind = imap::SearchKey::Kind;

// Dates are compared as written, without their zone (RFC 9051: "disregarding time and timezone").
std::int64_t day_of(const imap::InternalDate& date) {
    constexpr std::int64_t day = 86'400;
    const std::int64_t local = date.epoch_seconds + std::int64_t{date.zone_minutes} * 60;
    return (local - (local < 0 ? day - 1 : 0)) / day;
}

// `Mon, 1 Feb 2021 10:00:00 +0100` of the Date: field; empty where there is none to read.
std::optional<std::int64_t> day_sent(std::string_view message) {
    const auto values = field_values(message, "Date");
    if (values.empty()) return std::nullopt;
    std::string text = values.front();
    if (const auto comma = text.find(','); comma != std::string::npos) text.erase(0, comma + 1);
    text.erase(0, text.find_first_not_of(' '));
    for (int blank = 0; blank < 2; ++blank)
        if (const auto place = text.find(' '); place != std::string::npos) text[place] = '-';
    const auto date = imap::parse_internal_date(text);
    return date ? std::optional(day_of(*date)) : std::nullopt;
}

bool is_in(const imap::SequenceSet& set, std::uint32_t number, std::uint32_t largest) {
    return std::ranges::any_of(set.resolve(largest),
                               [&](const auto& range) { return range.first <= number && number <= range.second; });
}

bool has_field(std::string_view message, const imap::SearchKey& key) {
    return std::ranges::any_of(field_values(message, key.field),
                               [&](const auto& value) { return holds_ignoring_case(value, key.text); });
}

}  // namespace

// Recursion is bounded by the parser's bound on nesting.
bool meets(const imap::SearchKey& key, const StoredMessage& message, const SearchPlace& place) {
    const auto inner = [&](const imap::SearchKey& part) { return meets(part, message, place); };
    const std::string_view octets = *message.octets;
    switch (key.kind) {
        case Kind::all_of: return std::ranges::all_of(key.keys, inner);
        case Kind::any_of: return std::ranges::any_of(key.keys, inner);
        case Kind::not_of: return std::ranges::none_of(key.keys, inner);
        case Kind::positions: return is_in(key.set, place.position, place.positions);
        case Kind::uids: return is_in(key.set, message.uid.value(), place.largest_uid.value());
        case Kind::flag: return message.flags.contains(key.text);
        case Kind::header: return has_field(octets, key);
        case Kind::body: return holds_ignoring_case(text_of(octets), key.text);
        case Kind::text: return holds_ignoring_case(octets, key.text);
        case Kind::before: return day_of(message.date) < key.day;
        case Kind::on: return day_of(message.date) == key.day;
        case Kind::since: return day_of(message.date) >= key.day;
        case Kind::sent_before: return day_sent(octets).value_or(key.day) < key.day;
        case Kind::sent_on: return day_sent(octets) == key.day;
        case Kind::sent_since: return day_sent(octets).value_or(key.day - 1) >= key.day;
        case Kind::larger: return octets.size() > key.number;
        case Kind::smaller: return octets.size() < key.number;
        case Kind::mod_seq: return message.mod_seq.value() >= key.number;
    }
    return false;
}

}  // namespace mailhaul::demo
