// SPDX-License-Identifier: Apache-2.0
// Figures for the report that nothing is decided by: what both sides held, and what of it moved.
#include <algorithm>

#include "sync/executor/mailbox_sync.hpp"

namespace mailhaul::sync {
namespace {

MailboxSizes sizes_of(const Snapshot& snapshot) {
    MailboxSizes sizes;
    for (const ListedMessage& message : snapshot.messages) {
        if (!message.is_chosen) continue;
        ++sizes.messages;
        sizes.octets += Octets{message.size};
        sizes.biggest = std::max(sizes.biggest, Octets{message.size});
    }
    return sizes;
}

}  // namespace

void MailboxSync::add_up_sizes() {
    if (!knows_sizes_ || work_.report.source_sizes) return;  // another try of this run has seen more since
    work_.report.source_sizes = sizes_of(from_);
    if (work_.destination_exists) work_.report.destination_sizes = sizes_of(to_);
}

Octets MailboxSync::left_octets() const {
    Octets sum;
    const auto add = [&](imap::Uid uid) {
        if (!work_.copied_now.contains(uid)) sum += Octets{from_.find(uid)->size};
    };
    for (const store::Entry& entry : view_.pairs) add(entry.source);
    for (const auto& [source, destination] : plan_.adopt) add(source);
    for (const auto& [uid, reason] : plan_.leave)
        if (reason != LeaveReason::duplicate && reason != LeaveReason::not_chosen) add(uid);
    return sum;
}

/// After the plan: what stays where it is.
void MailboxSync::add_up_rest() {
    MailboxReport& report = work_.report;
    if (knows_sizes_) report.left_octets = left_octets();
    if (work_.shares_destination) return;
    const auto is_chosen = [&](imap::Uid uid) { return to_.find(uid)->is_chosen; };
    const auto alone = std::ranges::count_if(matches_.only_destination, is_chosen);
    const auto orphans =
        std::ranges::count_if(view_.orphans, [&](const store::Entry& entry) { return is_chosen(entry.destination); });
    report.strangers = static_cast<std::uint32_t>(alone + orphans);
}

/// After the copying.
void MailboxSync::note_biggest() {
    for (const ListedMessage& message : from_.messages)
        if (work_.copied_now.contains(message.uid))
            work_.report.biggest_copied = std::max(work_.report.biggest_copied, Octets{message.size});
}

}  // namespace mailhaul::sync
