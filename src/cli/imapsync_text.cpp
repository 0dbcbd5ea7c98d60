// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::size_t label_columns = 40;  // the colon stands in column 41
constexpr std::string_view dry_suffix = "\t(not really since --dry mode)";

std::string statistic(std::string_view label, const std::string& value) {
    return padded_right(std::string(label), label_columns) + ": " + value + "\n";
}

std::string octets(Octets octets) { return fmt::format("{} ({})", octets.value(), imapsync_size(octets)); }

std::uint64_t skipped(const sync::MailboxReport& totals) {
    return std::uint64_t{totals.already} + totals.adopted + totals.filtered - totals.unselected + totals.duplicates;
}

/// Not what was not to be looked at, nor what another folder brought.
std::uint64_t missing(const sync::MailboxReport& totals) {
    return std::uint64_t{totals.failed} + totals.filtered - totals.unselected - totals.crossed;
}

std::string folders_synced(const sync::Report& report) {
    return fmt::format("{}/{} synced", report.mailboxes.size(), report.mailboxes.size());
}

std::string duplicates_note(const sync::MailboxReport& totals) {
    if (totals.duplicates == 0) return {};
    return fmt::format(
        "Note: {} messages of host1 look like another of the same folder and are not copied; --syncduplicates copies them\n",
        totals.duplicates);
}

/// Of host2, where that is known: what host1 does not hold.
std::string strictness_line(const sync::Report& report, const sync::MailboxReport& totals) {
    if (!totals.strangers || !totals.destination_sizes || report.error) return {};
    const std::uint64_t deleted = totals.deleted_on_destination;
    const std::uint64_t on_host2 = std::uint64_t{totals.destination_sizes->messages} + totals.copied - deleted;
    const std::uint64_t strange = *totals.strangers - std::min<std::uint64_t>(*totals.strangers, deleted);
    if (strange == 0) return fmt::format("The sync is strict, all {} identified messages in host2 are on host1.\n", on_host2);
    return fmt::format(
        "The sync is not strict, there are {} among {} identified messages in host2 that are not on host1. Use --delete2 and "
        "sync again to delete them and have a strict sync.\n",
        strange, on_host2);
}

std::string verdict_lines(const sync::Report& report, const sync::MailboxReport& totals) {
    if (totals.source_messages == 0 || report.dry_run) return {};
    const std::uint64_t identified = totals.source_messages - totals.duplicates - totals.unselected;
    const bool is_all_there = report.ending == sync::Ending::complete || (totals.deletions_refused > 0 && !report.error);
    const std::string strictness = strictness_line(report, totals);
    if (missing(totals) == 0 && is_all_there)
        return fmt::format(
                   "The sync looks good, all {} identified messages in host1 are on host2.\n"
                   "There is no unidentified message on host1.\n",
                   identified) +
               strictness;
    return fmt::format("The sync is not finished, there are {} among {} identified messages in host1 that are not on host2.\n",
                       std::max<std::uint64_t>(missing(totals), 1), identified) +
           strictness;
}

std::string mebibytes(Octets amount) { return fmt::format("{:.1f} MiB", static_cast<double>(amount.value()) / (1 << 20)); }

std::string machine_lines(const MachineUse& machine, Octets biggest, double seconds) {
    const double hours = seconds / 3600;
    const double memory = static_cast<double>(machine.memory_at_end.value());
    std::string text = statistic("Memory consumption at the end",
                                 fmt::format("{} (*time {:.1f} MiB*h) (started with {})", mebibytes(machine.memory_at_end),
                                             memory / (1 << 20) * hours, mebibytes(machine.memory_at_start)));
    if (machine.load) {
        const auto& [one, five, fifteen] = *machine.load;
        text += statistic("Load end is", fmt::format("{:.2f} {:.2f} {:.2f} on {} cores", one, five, fifteen, machine.cores));
    }
    const double share = 100 * machine.cpu_seconds / seconds;
    text += statistic("CPU time and %cpu",
                      fmt::format("{:.2f} sec {:.1f} %cpu {:.1f} %allcpus", machine.cpu_seconds, share, share / machine.cores));
    text += statistic("Biggest message transferred", octets(biggest));
    const bool has_ratio = biggest.value() > 0;
    return text + statistic("Memory/biggest message ratio",
                            has_ratio ? fmt::format("{:.1f}", memory / static_cast<double>(biggest.value())) : "NA");
}

std::string difference(std::int64_t messages, std::int64_t amount) {
    const std::string human = imapsync_size(Octets{static_cast<std::uint64_t>(std::abs(amount))});
    return fmt::format("{} messages, {} bytes ({}{})", messages, amount, amount < 0 ? "-" : "", human);
}

/// What host2 holds more than host1 did, and does; `NA` where that is not known without looking once more.
std::string difference_lines(const sync::Report& report, const sync::MailboxReport& totals) {
    std::string first = "NA";
    std::string last = "NA";
    if (totals.source_sizes && totals.destination_sizes) {
        const auto held = [](const sync::MailboxSizes& sizes) {
            return std::pair{static_cast<std::int64_t>(sizes.messages), static_cast<std::int64_t>(sizes.octets.value())};
        };
        const auto [on_host1, octets_on_host1] = held(*totals.source_sizes);
        const auto [on_host2, octets_on_host2] = held(*totals.destination_sizes);
        first = last = difference(on_host2 - on_host1, octets_on_host2 - octets_on_host1);
        if (!report.dry_run)
            last = difference(on_host2 - on_host1 + totals.copied,
                              octets_on_host2 - octets_on_host1 + static_cast<std::int64_t>(totals.copied_octets.value()));
    }
    if (!report.dry_run && totals.deleted_on_source + totals.deleted_on_destination > 0) last = "NA";
    return statistic("Start difference host2 - host1", first) + statistic("Final difference host2 - host1", last);
}

}  // namespace

std::string imapsync_date(WallTime time) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 96> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%A %d %B %Y-%m-%d %H:%M:%S %z %Z", &local);
    return {text.data(), length};
}

std::string imapsync_size(Octets octets) {
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB"};
    double amount = static_cast<double>(octets.value()) / 1024;
    std::size_t unit = 0;
    while (amount >= 1000 && unit + 1 < units.size()) {
        amount /= 1024;
        ++unit;
    }
    return fmt::format("{:.3f} {}", amount, units.at(unit));
}

std::string imapsync_folder_line(const sync::MailboxReport& mailbox, std::uint32_t position, std::uint32_t total) {
    const std::string source = "[" + printable(mailbox.source.raw()) + "]";
    const std::string destination = "[" + printable(mailbox.destination.raw()) + "]";
    return fmt::format("Folder {:>7} {} -> {}\n", fmt::format("{}/{}", position, total), padded_right(source, 35), destination);
}

std::string imapsync_folder_result(const sync::MailboxReport& mailbox, bool dry_run) {
    const std::string name = printable(mailbox.source.raw());
    const std::string target = printable(mailbox.destination.raw());
    const std::string_view suffix = dry_run ? dry_suffix : "";
    std::string text;
    if (mailbox.created) text += fmt::format("Host2: creating folder [{}]{}\n", target, suffix);
    text += fmt::format("Host1: folder [{}] has {} messages in total (mentioned by SELECT)\n", name, mailbox.source_messages);
    text += fmt::format("Host1: folder [{}] considering {} messages\n", name, mailbox.source_messages - mailbox.unselected);
    text += fmt::format("Host1: folder [{}] selected {} messages, duplicates {}\n", name,
                        mailbox.source_messages - mailbox.unselected - mailbox.duplicates, mailbox.duplicates);
    if (mailbox.copied > 0)
        text += fmt::format("Host1: folder [{}] {} messages copied to [{}] {}{}\n", name, mailbox.copied, target,
                            octets(mailbox.copied_octets), suffix);
    if (mailbox.labelled > 0)
        text += fmt::format("Host2: folder [{}] {} messages were given labels\n", target, mailbox.labelled);
    if (mailbox.error) text += fmt::format("Folder [{}] ended early: {}\n", name, printable(mailbox.error->describe()));
    return text;
}

std::string imapsync_eta_line(WallTime now, std::chrono::seconds remaining, const sync::Progress& progress) {
    return fmt::format("ETA: {}  {} s  {}/{} msgs left\n", imapsync_date(now + remaining), remaining.count(),
                       progress.messages_total - std::min(progress.messages_done, progress.messages_total),
                       progress.messages_total);
}

std::string imapsync_statistics(const sync::Report& report, const ImapsyncVerdict& verdict, WallTime started, WallTime ended,
                                const MachineUse& machine) {
    const sync::MailboxReport totals = report.totals();
    const double seconds = std::max(0.001, std::chrono::duration<double>(ended - started).count());
    const std::uint32_t copied = report.dry_run ? 0 : totals.copied;
    const Octets copied_octets = report.dry_run ? Octets{} : totals.copied_octets;
    const double rate = static_cast<double>(copied_octets.value()) / 1024 / seconds;
    std::string text = "++++ Statistics\n";
    text += statistic("Transfer started on", imapsync_date(started));
    text += statistic("Transfer ended on", imapsync_date(ended));
    text += statistic("Transfer time", fmt::format("{:.1f} sec", seconds));
    text += statistic("Folders synced", folders_synced(report));
    text += statistic("Messages transferred",
                      report.dry_run ? fmt::format("0 (could be {} without dry mode)", totals.copied) : std::to_string(copied));
    text += statistic("Messages skipped", std::to_string(skipped(totals)));
    text += statistic("Messages found duplicate on host1", std::to_string(totals.duplicates));
    text += statistic("Messages found crossduplicate on host2", std::to_string(totals.crossed));
    for (const char* host : {"host1", "host2"})  // imapsync leaves such messages alone; here each has an identity
        text += statistic(fmt::format("Messages void (noheader) on {}", host), "0  ");
    text += statistic("Messages found in host1 not in host2", fmt::format("{} messages", missing(totals)));
    if (totals.strangers)
        text += statistic("Messages found in host2 not in host1", fmt::format("{} messages", *totals.strangers));
    text += statistic("Messages deleted on host1", std::to_string(report.dry_run ? 0 : totals.deleted_on_source));
    text += statistic("Messages deleted on host2", std::to_string(report.dry_run ? 0 : totals.deleted_on_destination));
    text += statistic("Total bytes transferred", octets(copied_octets));
    text += statistic("Total bytes skipped", totals.left_octets ? octets(*totals.left_octets) : "NA");
    text += statistic("Message rate", fmt::format("{:.1f} messages/s", copied / seconds));
    text += statistic("Average bandwidth rate", fmt::format("{:.1f} KiB/s", rate));
    text += statistic("Reconnections to host1", std::to_string(report.source.reconnections));
    text += statistic("Reconnections to host2", std::to_string(report.destination.reconnections));
    text += machine_lines(machine, report.dry_run ? Octets{} : totals.biggest_copied, seconds);
    text += difference_lines(report, totals);
    text += duplicates_note(totals) + verdict_lines(report, totals);
    return text + fmt::format("Detected {} errors\n", verdict.errors.size());
}

std::string imapsync_error_list(const ImapsyncVerdict& verdict) {
    std::string text;
    for (std::size_t i = 0; i < verdict.errors.size(); ++i)
        text += fmt::format("Err {}/{}: {}\n", i + 1, verdict.errors.size(), printable(verdict.errors[i].words));
    if (!verdict.most_frequent.empty()) text += "The most frequent error is " + verdict.most_frequent + ".\n";
    return text;
}

std::string imapsync_exit_line(const ImapsyncVerdict& verdict, int pid) {
    const int shown = verdict.symbol == "EXIT_BY_SIGNAL" ? 6 : verdict.status;
    return fmt::format("Exiting with return value {} ({}) {}/{} nb_errors/max_errors PID {}\n", shown, verdict.symbol,
                       verdict.errors.size(), verdict.errors_max, pid);
}

}  // namespace mailhaul::cli
