// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_text.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "cli/plain_text.hpp"
#include "govern/activity.hpp"
#include "govern/quiet_hours.hpp"
#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::size_t bar_columns = 24;
constexpr std::size_t phase_columns = 10;  // `connecting`

/// `text` repeated `times`.
std::string repeated(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) result += text;
    return result;
}

std::string bar(double fraction, const Look& look) {
    const auto full = static_cast<std::size_t>(fraction * static_cast<double>(bar_columns));
    const std::string done = repeated(look.unicode ? "━" : "#", full);
    const std::string left = repeated(look.unicode ? "─" : ".", bar_columns - full);
    if (!look.colour) return done + left;
    return "\x1b[32m" + done + "\x1b[0m\x1b[2m" + left + "\x1b[0m";
}

std::string percent(double fraction) {
    // 100 % is said only when it is all: rounding up would promise an end that is not there.
    const auto whole = static_cast<unsigned>(std::floor(fraction * 100));
    std::string text = std::to_string(whole) + "%";
    return padded_left(text, 5);
}

std::string octets_per_second(double rate) { return spell(Octets{static_cast<std::uint64_t>(std::max(0.0, rate))}) + "/s"; }

/// Some mailboxes may be verified already while others are copied.
bool is_copying(const sync::Progress& progress) {
    return progress.phase == sync::Progress::Phase::copying ||
           (progress.phase == sync::Progress::Phase::verifying && progress.messages_copied < progress.messages_to_copy);
}

/// Nothing is known yet but how long it takes.
bool is_starting(const sync::Progress& progress) {
    return progress.phase == sync::Progress::Phase::connecting || progress.phase == sync::Progress::Phase::listing;
}

/// Parts of the line after the bar, most important first.
std::vector<std::string> parts_of(const sync::Progress& progress, const Estimator& estimator) {
    std::vector<std::string> parts;
    if (progress.messages_total > 0)
        parts.push_back(grouped(progress.messages_done) + "/" + grouped(progress.messages_total) + " messages");
    if (progress.failed > 0) parts.push_back(grouped(progress.failed) + " refused");
    if (!is_copying(progress)) return parts;
    if (const auto remaining = estimator.remaining()) parts.push_back(spell_remaining(*remaining) + " left");
    if (const auto rate = estimator.octet_rate()) parts.push_back(octets_per_second(*rate));
    parts.push_back(spell(progress.octets_copied) + "/" + spell(progress.octets_to_copy));
    if (const auto limit = govern::in_short(progress.limit); !limit.empty()) parts.emplace_back(limit);
    return parts;
}

}  // namespace

std::string live_line(const sync::Progress& progress, const Estimator& estimator, std::chrono::milliseconds elapsed,
                      const Look& look) {
    const std::size_t room = look.width > 1 ? look.width - 1 : 1;
    std::string phase{sync::to_string(progress.phase)};
    if (is_starting(progress)) phase += "  " + spell_elapsed(elapsed);
    phase.resize(std::max(phase.size(), phase_columns), ' ');
    if (room < phase.size() + bar_columns + 7) return fitted(phase + percent(Estimator::fraction(progress)), room);
    const double fraction = Estimator::fraction(progress);
    std::string line = phase + " " + bar(fraction, look) + percent(fraction);
    std::size_t columns = phase.size() + 1 + bar_columns + 5;  // the colour's octets take no column
    for (const std::string& part : parts_of(progress, estimator)) {
        if (columns + 2 + part.size() > room) break;
        line += "  " + part;
        columns += 2 + part.size();
    }
    return line;
}

std::string plain_progress_line(const sync::Progress& progress, const Estimator& estimator) {
    std::string line{sync::to_string(progress.phase)};
    if (progress.messages_total > 0)
        line += " " + grouped(progress.messages_done) + " of " + grouped(progress.messages_total) + " messages";
    if (progress.failed > 0) line += ", " + grouped(progress.failed) + " refused";
    if (!is_copying(progress)) return line;
    line += ", " + spell(progress.octets_copied) + " of " + spell(progress.octets_to_copy);
    if (const auto rate = estimator.octet_rate()) line += ", " + octets_per_second(*rate);
    if (const auto remaining = estimator.remaining()) line += ", " + spell_remaining(*remaining) + " left";
    if (const auto limit = govern::in_short(progress.limit); !limit.empty()) line += "; " + std::string(limit);
    return line;
}

std::string pair_name(const sync::MailboxReport& mailbox) {
    const std::string source = printable(imap::display_name(mailbox.source.raw()));
    const std::string destination = printable(imap::display_name(mailbox.destination.raw()));
    return source == destination || destination.empty() ? source : source + " -> " + destination;
}

std::string mailbox_line(const sync::MailboxReport& mailbox, bool dry_run) {
    std::vector<std::string> facts;
    if (mailbox.created) facts.emplace_back(dry_run ? "would be created" : "created");
    if (mailbox.copied > 0)
        facts.push_back(grouped(mailbox.copied) + (dry_run ? " would be copied (" : " copied (") +
                        spell(mailbox.copied_octets) + ")");
    const auto count = [&](std::uint32_t number, const char* words) {
        if (number > 0) facts.push_back(grouped(number) + " " + words);
    };
    count(mailbox.already, "already there");
    count(mailbox.adopted, "found there");
    count(mailbox.filtered, "left out by filters");
    count(mailbox.duplicates, "duplicates left out");
    count(mailbox.withheld, "removed there since the copy");
    count(mailbox.failed, "refused");
    count(mailbox.flags_changed, dry_run ? "flags would change" : "flags changed");
    count(mailbox.labelled, dry_run ? "would be given labels" : "given labels");
    count(mailbox.deleted_on_source, dry_run ? "would be deleted on the source" : "deleted on the source");
    count(mailbox.deleted_on_destination, dry_run ? "would be deleted on the destination" : "deleted on the destination");
    if (mailbox.error) facts.push_back(printable("ended early: " + mailbox.error->describe()));
    std::string line = pair_name(mailbox) + ":";
    if (facts.empty()) return line + " nothing to do";
    for (const std::string& fact : facts) line += (&fact == &facts.front() ? " " : ", ") + fact;
    return line;
}

std::string exception_line(const sync::MessageException& exception) {
    std::string line = imap::display_name(exception.mailbox.raw()) + " uid " + std::to_string(exception.uid.value());
    if (!exception.subject.empty()) line += " \"" + exception.subject + "\"";
    return printable(line + " (" + spell(exception.size) + "): " + exception.reason);
}

std::string connected_line(sync::SideName side, const sync::SideReport& server) {
    std::string line = std::string(sync::to_string(side)) + " " + server.label + ":";
    for (const std::string* fact : {&server.server, &server.transport, &server.mechanism})
        if (!fact->empty()) line += (line.ends_with(':') ? " " : ", ") + *fact;
    return printable(line);
}

std::string left_words(const sync::Pause& pause) {
    if (!pause.left) return {};
    std::string words = "about " + spell(*pause.left);
    if (pause.finished) words += ", finished on " + govern::spell_day(*pause.finished) + " at this pace";
    return words;
}

std::string waiting_line(const sync::Pause& pause) {
    std::string line = "waiting";
    if (pause.until) line += " until " + govern::spell_minute(*pause.until);
    line += ": " + pause.reason;
    const std::string left = left_words(pause);
    return printable(left.empty() ? line : line + "; left: " + left);
}

}  // namespace mailhaul::cli
