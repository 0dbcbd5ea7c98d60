// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_pages.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "cli/imapsync_text.hpp"
#include "cli/plain_text.hpp"
#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::cli {
namespace {

std::string spelt(const imap::MailboxName& name) {
    const std::string raw = printable(name.raw());
    const std::string shown = printable(imap::display_name(name.raw()));
    return "[" + raw + "]" + (shown == raw ? "" : " = [" + shown + "]");
}

std::string figures(const sync::MailboxSizes& sizes) {
    return fmt::format("Size: {:>9} Messages: {:>5} Biggest: {:>9}", sizes.octets.value(), sizes.messages,
                       sizes.biggest.value());
}

std::string folder_sizes(int host, std::size_t position, std::size_t total, const imap::MailboxName& name,
                         const std::optional<sync::MailboxSizes>& sizes) {
    return fmt::format("Host{} folder {:>7} {:<35} {}\n", host, fmt::format("{}/{}", position, total),
                       "[" + printable(name.raw()) + "]", sizes ? figures(*sizes) : " does not exist yet");
}

std::string sums(int host, std::size_t folders, const sync::MailboxSizes& sizes) {
    const auto human = [](Octets octets) { return fmt::format("{} bytes ({})", octets.value(), imapsync_size(octets)); };
    return fmt::format("Host{0} Nb folders:      {1} folders\nHost{0} Nb messages:     {2} messages\n", host, folders,
                       sizes.messages) +
           fmt::format("Host{0} Total size:      {1}\nHost{0} Biggest message: {2}\n", host, human(sizes.octets),
                       human(sizes.biggest));
}

std::string listing(int host, const std::vector<imap::MailboxName>& names) {
    std::string text = fmt::format("Host{}: found {} folders.\nHost{} folders list:\n", host, names.size(), host);
    for (const imap::MailboxName& name : names) text += spelt(name) + "\n";
    return text;
}

}  // namespace

std::string imapsync_sizes(const sync::Report& report) {
    std::string source;
    std::string destination;
    sync::MailboxSizes source_sum;
    sync::MailboxSizes destination_sum;
    std::size_t position = 0;
    std::size_t there = 0;
    for (const sync::MailboxReport& mailbox : report.mailboxes) {
        ++position;
        source += folder_sizes(1, position, report.mailboxes.size(), mailbox.source, mailbox.source_sizes);
        destination += folder_sizes(2, position, report.mailboxes.size(), mailbox.destination, mailbox.destination_sizes);
        if (mailbox.source_sizes) source_sum += *mailbox.source_sizes;
        if (mailbox.destination_sizes) destination_sum += *mailbox.destination_sizes, ++there;
    }
    return source + sums(1, report.mailboxes.size(), source_sum) + destination + sums(2, there, destination_sum);
}

std::string imapsync_mapping(const sync::Report& report, ImapsyncShow show) {
    std::string text;
    if (show == ImapsyncShow::folders) text += listing(1, report.source_mailboxes) + listing(2, report.destination_mailboxes);
    text += "Folders mapping from host1 to host2:\n";
    for (const sync::MailboxReport& mailbox : report.mailboxes)
        text += spelt(mailbox.source) + " -> " + spelt(mailbox.destination) + " (" +
                std::string(sync::to_string(mailbox.rule)) + (mailbox.created ? ", to be created" : "") + ")\n";
    return text;
}

}  // namespace mailhaul::cli
