// SPDX-License-Identifier: Apache-2.0
#include "app/join_reports.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mailhaul::app {
namespace {

/// What was copied before is counted once, as copied.
void move_to_copied(std::uint32_t& count, std::uint32_t& copied_before) {
    const std::uint32_t moved = std::min(count, copied_before);
    count -= moved;
    copied_before -= moved;
}

/// The later run came to it.
bool was_reached(const sync::MailboxReport& mailbox) {
    return mailbox.verified || mailbox.error || mailbox.already + mailbox.adopted + mailbox.copied + mailbox.failed > 0;
}

void join(const sync::MailboxReport& earlier, sync::MailboxReport& later) {
    std::uint32_t before = earlier.copied;
    move_to_copied(later.already, before);
    move_to_copied(later.adopted, before);
    later.copied += earlier.copied;
    later.copied_octets += earlier.copied_octets;
    later.repaired += earlier.repaired;
    later.flags_changed += earlier.flags_changed;
    later.deleted_on_source += earlier.deleted_on_source;
    later.deleted_on_destination += earlier.deleted_on_destination;
    later.created = later.created || earlier.created;
}

template <typename Item>
void put_before(std::vector<Item>&& earlier, std::vector<Item>& later) {
    later.insert(later.begin(), std::make_move_iterator(earlier.begin()), std::make_move_iterator(earlier.end()));
}

void join(const sync::SideReport& earlier, sync::SideReport& later) {
    later.received += earlier.received;
    later.sent += earlier.sent;
    later.connections = std::max(later.connections, earlier.connections);
    later.reconnections += earlier.reconnections;
    if (later.server.empty()) {  // nobody was connected since
        const Octets received = later.received;
        const Octets sent = later.sent;
        later = earlier;
        later.received = received;
        later.sent = sent;
    }
}

}  // namespace

void join_reports(sync::Report&& earlier, sync::Report& later) {
    std::vector<sync::MessageException> still_refused;
    for (sync::MailboxReport& mailbox : earlier.mailboxes) {
        const auto same = std::ranges::find(later.mailboxes, mailbox.source, &sync::MailboxReport::source);
        if (same != later.mailboxes.end() && was_reached(*same)) {
            join(mailbox, *same);
            continue;
        }
        std::ranges::copy_if(earlier.exceptions, std::back_inserter(still_refused),
                             [&](const sync::MessageException& one) { return one.mailbox == mailbox.source; });
        if (same != later.mailboxes.end()) *same = std::move(mailbox);
        else later.mailboxes.push_back(std::move(mailbox));
    }
    put_before(std::move(still_refused), later.exceptions);
    join(earlier.source, later.source);
    join(earlier.destination, later.destination);
    put_before(std::move(earlier.renamed), later.renamed);
    put_before(std::move(earlier.removed_mailboxes), later.removed_mailboxes);
    put_before(std::move(earlier.repaired), later.repaired);
    std::erase_if(earlier.notes, [&](const std::string& words) { return std::ranges::count(later.notes, words) > 0; });
    put_before(std::move(earlier.notes), later.notes);
    std::erase_if(earlier.warnings, [&](const std::string& words) { return std::ranges::count(later.warnings, words) > 0; });
    put_before(std::move(earlier.warnings), later.warnings);
    if (!later.removed_mail) later.removed_mail = std::move(earlier.removed_mail);
    if (later.left_out.empty()) later.left_out = std::move(earlier.left_out);
}

}  // namespace mailhaul::app
