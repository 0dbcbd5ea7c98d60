// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/snapshot.hpp"

#include <algorithm>

namespace mailhaul::sync {
namespace {

void give_date(ListedMessage& message, imap::InternalDate date) {
    message.has_date = true;
    message.date = date.epoch_seconds;
    message.zone = date.zone_minutes;
}

}  // namespace

std::uint32_t FlagTable::index_of(const imap::FlagSet& flags) {
    const auto [found, is_new] = indices_.try_emplace(flags.to_string(), static_cast<std::uint32_t>(sets_.size()));
    if (is_new) sets_.push_back(flags);
    return found->second;
}

void FlagTable::replace_each(const std::function<imap::FlagSet(const imap::FlagSet&)>& by) {
    for (imap::FlagSet& set : sets_) set = by(set);
    indices_.clear();
    for (std::uint32_t i = 0; i < sets_.size(); ++i) indices_.try_emplace(sets_[i].to_string(), i);
}

std::optional<imap::InternalDate> ListedMessage::internal_date() const {
    if (!has_date) return std::nullopt;
    return imap::InternalDate{date, zone};
}

void Snapshot::add(imap::Uid uid, const imap::FlagSet& message_flags, std::optional<imap::InternalDate> date, Octets size) {
    ListedMessage message;
    message.uid = uid;
    message.flags = flags.index_of(message_flags);
    message.size = size.value();
    if (date) give_date(message, *date);
    messages.push_back(message);
}

void Snapshot::set_date(imap::Uid uid, imap::InternalDate date) {
    const auto found = std::ranges::lower_bound(messages, uid, {}, &ListedMessage::uid);
    if (found != messages.end() && found->uid == uid) give_date(*found, date);
}

void Snapshot::choose(const imap::UidSet& uids) {
    for (ListedMessage& message : messages) message.is_chosen = uids.contains(message.uid);
}

void Snapshot::finish() {
    const auto by_uid = [](const ListedMessage& a, const ListedMessage& b) { return a.uid < b.uid; };
    if (!std::ranges::is_sorted(messages, by_uid)) std::ranges::sort(messages, by_uid);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (i + 1 < messages.size() && messages[i + 1].uid == messages[i].uid) continue;
        messages[kept++] = messages[i];
    }
    messages.resize(kept);
}

const ListedMessage* Snapshot::find(imap::Uid uid) const {
    const auto found = std::ranges::lower_bound(messages, uid, {}, &ListedMessage::uid);
    return found != messages.end() && found->uid == uid ? &*found : nullptr;
}

}  // namespace mailhaul::sync
