// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/report.hpp"

#include <algorithm>

namespace mailhaul::sync {

std::string_view to_string(SideName side) { return side == SideName::source ? "source" : "destination"; }

std::string_view to_string(Pause::Cause cause) {
    switch (cause) {
        case Pause::Cause::daily_limit: return "daily_limit";
        case Pause::Cause::quiet_hours: return "quiet_hours";
        case Pause::Cause::total: return "total";
    }
    return "total";
}

std::string_view to_string(Ending ending) {
    switch (ending) {
        case Ending::complete: return "complete";
        case Ending::complete_with_exceptions: return "complete_with_exceptions";
        case Ending::paused: return "paused";
        case Ending::needs_person: return "needs_person";
        case Ending::failed: return "failed";
    }
    return "failed";
}

std::string_view to_string(Progress::Phase phase) {
    switch (phase) {
        case Progress::Phase::connecting: return "connecting";
        case Progress::Phase::listing: return "listing";
        case Progress::Phase::planning: return "planning";
        case Progress::Phase::copying: return "copying";
        case Progress::Phase::verifying: return "verifying";
        case Progress::Phase::done: return "done";
        case Progress::Phase::waiting: return "waiting";
    }
    return "done";
}

MailboxSizes& MailboxSizes::operator+=(const MailboxSizes& more) {
    messages += more.messages;
    octets += more.octets;
    biggest = std::max(biggest, more.biggest);
    return *this;
}

namespace {

/// A sum is known where each part is.
template <typename Sum>
void add_if_known(std::optional<Sum>& sum, const std::optional<Sum>& more) {
    if (sum && more) *sum += *more;
    else sum.reset();
}

}  // namespace

MailboxReport Report::totals() const {
    MailboxReport sum;
    sum.verified = !mailboxes.empty();
    sum.strangers = 0;
    sum.left_octets = Octets{};
    sum.source_sizes = sum.destination_sizes = MailboxSizes();
    for (const MailboxReport& one : mailboxes) {
        sum.source_messages += one.source_messages;
        sum.already += one.already;
        sum.adopted += one.adopted;
        sum.copied += one.copied;
        sum.copied_octets += one.copied_octets;
        sum.repaired += one.repaired;
        sum.filtered += one.filtered;
        sum.unselected += one.unselected;
        sum.crossed += one.crossed;
        sum.duplicates += one.duplicates;
        sum.withheld += one.withheld;
        sum.failed += one.failed;
        sum.flags_changed += one.flags_changed;
        sum.labelled += one.labelled;
        add_if_known(sum.left_octets, one.left_octets);
        sum.biggest_copied = std::max(sum.biggest_copied, one.biggest_copied);
        add_if_known(sum.strangers, one.strangers);
        add_if_known(sum.source_sizes, one.source_sizes);
        const bool was_not_there = one.created && !one.destination_sizes && one.source_sizes;
        if (!was_not_there) add_if_known(sum.destination_sizes, one.destination_sizes);
        sum.deleted_on_source += one.deleted_on_source;
        sum.deleted_on_destination += one.deleted_on_destination;
        sum.deletions_refused += one.deletions_refused;
        sum.verified = sum.verified && one.verified;
    }
    return sum;
}

}  // namespace mailhaul::sync
