// SPDX-License-Identifier: Apache-2.0
#include "cli/explain_folders.hpp"

#include <utility>

#include "base/octets.hpp"
#include "cli/commands.hpp"
#include "cli/imapsync_probe.hpp"
#include "cli/plain_text.hpp"
#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::cli {
namespace {

std::string shown(const imap::MailboxName& name) { return "[" + printable(imap::display_name(name.raw())) + "]"; }

std::string removed_lines(const sync::Report& report) {
    std::string text;
    for (const sync::RemovedMailbox& removed : report.removed_mailboxes)
        text += "  " + shown(removed.mailbox) + " of host2, with " + spell_messages(removed.messages) + "\n";
    for (const imap::MailboxName& name : report.removed_from_source) text += "  " + shown(name) + " of host1, which is empty\n";
    return text.empty() ? text : "\nDANGEROUS: folders it removes\n" + text;
}

}  // namespace

std::string folders_text(const sync::Report& report) {
    std::string text = "\nFolder by folder\n";
    for (const sync::MailboxReport& mailbox : report.mailboxes)
        text += "  " + shown(mailbox.source) + " -> " + shown(mailbox.destination) + " (" +
                std::string(sync::to_string(mailbox.rule)) + (mailbox.created ? ", to be created" : "") + "), " +
                spell_messages(mailbox.source_messages) + " on host1\n";
    if (report.mailboxes.empty()) text += "  none\n";
    if (!report.left_out.empty()) text += "\nFolders left out\n";
    for (const sync::LeftOut& left_out : report.left_out)
        text += "  " + shown(left_out.name) + ": " + printable(left_out.reason) + "\n";
    text += removed_lines(report);
    if (!report.warnings.empty()) text += "\nTo be known of the folders\n";
    for (const std::string& warning : report.warnings) text += "  " + printable(warning) + "\n";
    return text;
}

FoldersExplained explain_folders(ImapsyncOrder order) {
    FoldersExplained explained;
    if (order.request.extent == app::Extent::connect_only || order.request.extent == app::Extent::login_only) {
        explained.text = "\nNo folder is looked at: this line only connects.\n";
        return explained;
    }
    probe_implicit_tls(order);
    order.request.extent = app::Extent::folders_only;
    order.request.dry_run = true;
    sync::Observer nobody;
    const sync::Report report = app::run_sync(std::move(order.request), nobody);
    explained.status = app::exit_status(report);
    const bool is_known = !report.source_mailboxes.empty() || !report.error;
    if (is_known) explained.text = folders_text(report);
    if (report.error) explained.text += "\nThe servers did not tell everything: " + printable(report.error->describe()) + "\n";
    return explained;
}

}  // namespace mailhaul::cli
