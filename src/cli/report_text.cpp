// SPDX-License-Identifier: Apache-2.0
#include "cli/report_text.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "cli/estimate.hpp"
#include "cli/plain_text.hpp"
#include "cli/progress_text.hpp"
#include "govern/quiet_hours.hpp"
#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::cli {
namespace {

using sync::Ending;
using sync::MailboxReport;
using sync::Report;

/// A column of the table; one that is zero in every row is left away unless `always`.
struct Column {
    std::string_view title;
    std::string_view title_dry;  ///< in a dry run; empty: the same
    bool always;
    std::string (*cell)(const MailboxReport&);
};

template <auto Member>
std::string count(const MailboxReport& mailbox) {
    return mailbox.*Member == 0 ? "" : grouped(mailbox.*Member);
}

std::string copied_size(const MailboxReport& mailbox) { return mailbox.copied == 0 ? "" : spell(mailbox.copied_octets); }

constexpr std::array columns{
    Column{"messages", "", true, [](const MailboxReport& mailbox) { return grouped(mailbox.source_messages); }},
    Column{"copied", "would copy", true, [](const MailboxReport& mailbox) { return grouped(mailbox.copied); }},
    Column{"size", "", false, copied_size},
    Column{"repaired", "", false, count<&MailboxReport::repaired>},
    Column{"already", "", false, count<&MailboxReport::already>},
    Column{"found", "", false, count<&MailboxReport::adopted>},
    Column{"filtered", "", false, count<&MailboxReport::filtered>},
    Column{"duplicates", "", false, count<&MailboxReport::duplicates>},
    Column{"removed since", "", false, count<&MailboxReport::withheld>},
    Column{"refused", "", false, count<&MailboxReport::failed>},
    Column{"flags", "", false, count<&MailboxReport::flags_changed>},
    Column{"labels", "", false, count<&MailboxReport::labelled>},
    Column{"deleted (source)", "", false, count<&MailboxReport::deleted_on_source>},
    Column{"deleted (dest.)", "", false, count<&MailboxReport::deleted_on_destination>},
    Column{"not deleted", "", false, count<&MailboxReport::deletions_refused>},
};

bool has_news(const MailboxReport& mailbox) {
    return mailbox.created ||
           mailbox.copied + mailbox.adopted + mailbox.failed + mailbox.flags_changed + mailbox.labelled > 0 ||
           mailbox.deleted_on_source + mailbox.deleted_on_destination + mailbox.deletions_refused > 0 || mailbox.error;
}

std::string headline(const Report& report) {
    const std::string what = report.source.label + " to " + report.destination.label;
    if (report.dry_run) return "Dry run, nothing was changed: " + what + ", " + spell_elapsed(report.elapsed) + "\n";
    return "Copy of " + what + ", " + spell_elapsed(report.elapsed) + "\n";
}

/// One line of the table: a name and its cells under their titles.
std::string row(const std::string& name, std::size_t name_columns, const std::vector<std::string>& cells,
                const std::vector<std::size_t>& widths) {
    std::string line = "  " + padded_right(fitted(name, name_columns), name_columns);
    for (std::size_t i = 0; i < cells.size(); ++i) line += "  " + padded_left(cells[i], widths[i]);
    while (line.ends_with(' ')) line.pop_back();
    return line + '\n';
}

std::string row_name(const MailboxReport& mailbox) { return pair_name(mailbox) + (mailbox.created ? " (new)" : ""); }

struct Table {
    std::vector<const Column*> columns;
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
};

Table columns_for(const Report& report, const MailboxReport& totals) {
    Table table;
    for (const Column& column : columns) {
        if (!column.always && column.cell(totals).empty()) continue;
        const bool dry = report.dry_run && !column.title_dry.empty();
        const std::string title{dry ? column.title_dry : column.title};
        table.columns.push_back(&column);
        table.titles.push_back(title);
        table.widths.push_back(std::max(title.size(), column.cell(totals).size()));
    }
    return table;
}

std::vector<std::string> cells_of(const MailboxReport& mailbox, const Table& table) {
    std::vector<std::string> cells;
    cells.reserve(table.columns.size());
    for (const Column* column : table.columns) cells.push_back(column->cell(mailbox));
    return cells;
}

std::string folder_table(const Report& report, std::size_t width) {
    if (report.mailboxes.empty()) return {};
    const MailboxReport totals = report.totals();
    Table table = columns_for(report, totals);
    const std::string total_name = "all " + counted(report.mailboxes.size(), "folder");
    std::size_t name_columns = std::max<std::size_t>(total_name.size(), 6);
    std::size_t taken = 2;
    std::size_t quiet = 0;
    for (const MailboxReport& mailbox : report.mailboxes) {
        if (!has_news(mailbox)) {
            ++quiet;
            continue;
        }
        name_columns = std::max(name_columns, columns_of(row_name(mailbox)));
        const auto cells = cells_of(mailbox, table);
        for (std::size_t i = 0; i < cells.size(); ++i) table.widths[i] = std::max(table.widths[i], cells[i].size());
    }
    for (const std::size_t column : table.widths) taken += column + 2;
    name_columns = std::min(name_columns, std::max<std::size_t>(width > taken ? width - taken : 0, 20));

    std::string text = "\n" + row("folder", name_columns, table.titles, table.widths);
    for (const MailboxReport& mailbox : report.mailboxes)
        if (has_news(mailbox)) text += row(row_name(mailbox), name_columns, cells_of(mailbox, table), table.widths);
    text += row(total_name, name_columns, cells_of(totals, table), table.widths);
    if (quiet > 0) text += "  " + counted(quiet, "folder") + " had nothing new.\n";
    return text;
}

std::string folder_errors(const Report& report) {
    std::string text;
    for (const MailboxReport& mailbox : report.mailboxes) {
        if (!mailbox.error) continue;
        const bool is_paused = report.pause && mailbox.error->code == Errc::throttled;
        text +=
            "  " + pair_name(mailbox) + ": " + (is_paused ? "to be continued" : printable(mailbox.error->describe())) + '\n';
    }
    return text.empty() ? text : "\nFolders that ended early:\n" + text;
}

/// Folders left out; those that are only names above others are counted: no mail is missing there.
std::string left_out_text(const Report& report) {
    std::string text;
    std::size_t empty = 0;
    for (const sync::LeftOut& left_out : report.left_out) {
        if (left_out.reason.starts_with("holds no messages")) ++empty;
        else text += "  " + printable(imap::display_name(left_out.name.raw())) + ": " + printable(left_out.reason) + '\n';
    }
    if (empty > 0 && !text.empty()) text += "  and " + grouped(empty) + " that hold no messages, only other folders\n";
    return text.empty() ? text : "\nFolders left out:\n" + text;
}

std::string renamed_text(const Report& report) {
    std::string text;
    const auto name = [](const imap::MailboxName& mailbox) {
        return "\"" + printable(imap::display_name(mailbox.raw())) + "\"";
    };
    for (const sync::RenamedMailbox& one : report.renamed)
        text += "  " + name(one.destination_before) + " to " + name(one.destination) + '\n';
    const std::string title = report.dry_run ? "Would be renamed" : "Renamed";
    return text.empty() ? text : "\n" + title + " on the destination, as on the source:\n" + text;
}

std::string removed_folders_text(const Report& report) {
    std::string text;
    for (const sync::RemovedMailbox& one : report.removed_mailboxes)
        text += "  " + printable(imap::display_name(one.mailbox.raw())) + ", " + spell_messages(one.messages) +
                (one.now ? ", now " + printable(imap::display_name(one.now->raw())) : "") + '\n';
    const std::string title = report.dry_run ? "Folders that would be removed from" : "Folders removed from";
    return text.empty() ? text : "\n" + title + " the destination:\n" + text;
}

/// Of an exception or of a repaired message.
template <typename Message>
std::string message_block(const Message& message) {
    std::string text = "  " + printable(imap::display_name(message.mailbox.raw())) + ", uid " +
                       std::to_string(message.uid.value()) + ", " + spell(message.size) + '\n';
    if (!message.subject.empty()) text += "    subject:    " + printable(message.subject) + '\n';
    if (!message.message_id.empty()) text += "    message-id: " + printable(message.message_id) + '\n';
    return text;
}

std::string repaired_list(const Report& report) {
    if (report.repaired.empty()) return {};
    std::string text =
        "\nRepaired, as the destination refused the original (" + counted(report.repaired.size(), "message") + "):\n";
    for (const sync::RepairedMessage& message : report.repaired)
        text += message_block(message) + "    mended:     " + message::spell(message.mended) + '\n';
    return text;
}

std::string exceptions_list(const Report& report) {
    if (report.exceptions.empty()) return {};
    std::string text = "\nNot copied (" + counted(report.exceptions.size(), "message") + "):\n";
    for (const sync::MessageException& exception : report.exceptions)
        text += message_block(exception) + "    reason:     " + printable(exception.reason) + '\n';
    return text;
}

std::string removed_text(const Report& report) {
    if (!report.removed_mail) return {};
    return "\nWhat was deleted on the destination is in its folder \"" +
           printable(imap::display_name(report.removed_mail->raw())) + "\"; delete that folder once nobody misses anything.\n";
}

/// How fast it was, and why not faster.
std::string speed_text(const Report& report) {
    std::string text;
    for (const std::string& note : report.notes) text += "  " + printable(note) + '\n';
    if (report.verdict.limit == govern::Limit::nothing) return text.empty() ? text : "\nSpeed:\n" + text;
    const std::uint32_t width = std::max(report.source.connections, report.destination.connections);
    const std::chrono::duration<double> elapsed = report.elapsed;
    const double per_second = static_cast<double>(report.totals().copied_octets.value()) / std::max(elapsed.count(), 1e-3);
    return "\nSpeed: " + spell(Octets{static_cast<std::uint64_t>(per_second)}) + "/s over " + counted(width, "connection") +
           " to each server; " + govern::spell(report.verdict) + ".\n" + text;
}

std::string warnings_list(const Report& report) {
    std::string text;
    for (const std::string& warning : report.warnings) text += "  " + printable(warning) + '\n';
    return text.empty() ? text : "\nWarnings:\n" + text;
}

bool all_verified(const Report& report) {
    return std::ranges::all_of(report.mailboxes, [](const MailboxReport& mailbox) { return mailbox.verified; });
}

bool was_stopped(const Report& report) { return report.error && report.error->code == Errc::cancelled; }

/// Nothing stopped the run; a person must decide whether to delete.
bool only_kept_from_deleting(const Report& report) {
    return !report.error && report.totals().deletions_refused + report.mailboxes_refused > 0;
}

std::string words_of_refused_deletions(const Report& report) {
    const std::string but =
        report.exceptions.empty() ? "" : ", but for the " + counted(report.exceptions.size(), "message") + " named above";
    std::string kept;
    if (report.totals().deletions_refused > 0) kept = counted(report.totals().deletions_refused, "message");
    if (report.mailboxes_refused > 0) kept += (kept.empty() ? "" : " and ") + counted(report.mailboxes_refused, "folder");
    return (report.dry_run ? "everything would be copied" : "everything is copied") + but + "; " + kept +
           " on the destination " + (report.dry_run ? "would not be" : "were not") + " deleted, see the warnings";
}

/// What stays away because it was removed; empty where there is none.
std::string words_of_withheld(const Report& report, std::string_view before) {
    const std::uint32_t withheld = report.totals().withheld;
    if (withheld == 0) return {};
    return std::string(before) + counted(withheld, "message") +
           " removed there since the copy (--restore-removed copies such messages again)";
}

std::string words_of_completeness(const Report& report) {
    std::string text = report.totals().filtered > 0 ? "complete: every message that was chosen" : "complete: every message";
    text += " is on the destination";
    if (all_verified(report)) text += ", looked at there";
    text += words_of_withheld(report, ", but for ");
    if (!report.repaired.empty()) text += "; " + counted(report.repaired.size(), "message") + " repaired, named above";
    return text;
}

std::string result_words(const Report& report) {
    const std::uint64_t refused = report.exceptions.size();
    switch (report.ending) {
        case Ending::complete: return report.dry_run ? "nothing stands in the way of the run" : words_of_completeness(report);
        case Ending::complete_with_exceptions:
            return "complete, but for the " + counted(refused, "message") + " named above" + words_of_withheld(report, " and ");
        case Ending::paused:
            return report.pause && report.pause->until ? "paused until " + govern::spell_minute(*report.pause->until)
                                                       : "paused";
        case Ending::needs_person:
            return only_kept_from_deleting(report) ? words_of_refused_deletions(report) : "stopped: somebody must act";
        case Ending::failed: return was_stopped(report) ? "stopped by you" : "failed";
    }
    return {};
}

std::string ending_text(const Report& report) {
    std::string text = "\nResult: " + result_words(report) + '\n';
    if (report.error) {
        const std::string side = report.error_side ? std::string(sync::to_string(*report.error_side)) + ": " : "";
        text += "Reason: " + side + printable(report.error->describe()) + '\n';
    }
    const std::string left = report.pause ? left_words(*report.pause) : "";
    if (!left.empty()) text += "Left:   " + left + '\n';
    const std::string next = next_step(report);
    if (!next.empty()) text += "Next:   " + next + '\n';
    return text;
}

constexpr std::string_view run_again = "run the same command again: it goes on where it stands, and copies nothing twice";

std::string next_step_after(const Error& error) {
    switch (error.code) {
        case Errc::login_refused: return "do what the reason says, then run again";
        case Errc::login_unavailable:
            return "give a token (--source-token, --destination-token) or another --source-auth, then run again";
        case Errc::credential_unavailable: return "make the password, token or ticket available, then run again";
        case Errc::over_quota: return "free space on the destination or raise its quota, then run again";
        case Errc::certificate_rejected:
            return "name the authority with --ca, or the key with --source-pin or --destination-pin, then run again";
        case Errc::plaintext_refused:
            return "use a server that offers TLS, or write imap+insecure:// if you accept a readable password";
        case Errc::unknown_host: return "correct the server's name, then run again";
        case Errc::connect_failed: return "check the server's port and firewall, and that it is up, then run again";
        case Errc::mailbox_missing: return "name a folder that is there, then run again";
        case Errc::mailbox_renamed:
            return "rename the folder on the destination by hand, or add --copy-renamed, then run again";
        case Errc::same_account: return "name the account that the mail is to go to, then run again";
        case Errc::usage: return "correct the command line, then run again";
        default: return std::string(run_again);
    }
}

}  // namespace

std::string next_step(const Report& report) {
    switch (report.ending) {
        case Ending::complete: return report.dry_run ? "run it without --dry-run" : "";
        case Ending::complete_with_exceptions:
            return "move the messages named above by hand, or remove the reason and run again";
        case Ending::paused:
            if (report.pause && report.pause->until)
                return "run the same command again then, or with --wait: it goes on where it stands, and copies nothing twice";
            return "run the same command again later: it goes on where it stands, and copies nothing twice";
        case Ending::needs_person:
            if (only_kept_from_deleting(report))
                return "look at what the warnings name; if it may go, run again with the options they name";
            [[fallthrough]];
        case Ending::failed: return report.error ? next_step_after(*report.error) : std::string(run_again);
    }
    return {};
}

std::string report_text(const Report& report, std::size_t width) {
    width = std::max<std::size_t>(width, 60);
    return headline(report) + folder_table(report, width) + renamed_text(report) + removed_folders_text(report) +
           left_out_text(report) + folder_errors(report) + exceptions_list(report) + repaired_list(report) +
           speed_text(report) + warnings_list(report) + removed_text(report) + ending_text(report);
}

std::string exceptions_text(const Report& report) {
    if (report.ending == Ending::complete && report.repaired.empty()) return {};
    const std::string refusals = report.totals().deletions_refused + report.mailboxes_refused > 0 ? warnings_list(report) : "";
    std::string text = folder_errors(report) + exceptions_list(report) + repaired_list(report) + refusals + ending_text(report);
    return text.substr(text.find_first_not_of('\n'));
}

}  // namespace mailhaul::cli
