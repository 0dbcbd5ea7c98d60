// SPDX-License-Identifier: Apache-2.0
#include "cli/accounts_text.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "cli/estimate.hpp"
#include "cli/json.hpp"
#include "cli/plain_text.hpp"
#include "cli/report_text.hpp"

namespace mailhaul::cli {
namespace {

using sync::Ending;

std::string_view words_for(Ending ending) {
    switch (ending) {
        case Ending::complete: return "complete";
        case Ending::complete_with_exceptions: return "complete, but for messages named below";
        case Ending::paused: return "paused";
        case Ending::needs_person: return "needs a person";
        case Ending::failed: break;
    }
    return "failed";
}

std::string counts_of(const sync::Report& report) {
    const sync::MailboxReport totals = report.totals();
    std::string text = grouped(totals.copied) + (report.dry_run ? " to copy" : " copied");
    if (totals.copied > 0) text += " (" + spell(totals.copied_octets) + ")";
    if (totals.already > 0) text += ", " + grouped(totals.already) + " already there";
    if (totals.adopted > 0) text += ", " + grouped(totals.adopted) + " found";
    if (totals.failed > 0) text += ", " + grouped(totals.failed) + " refused";
    return text;
}

/// What went wrong, two columns in.
std::string indented(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (!line.empty()) out += "    " + std::string(line) + '\n';
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return out;
}

std::string part(std::size_t number, std::string_view one, std::string_view several) {
    return number == 0 ? "" : ", " + grouped(number) + " " + std::string(number == 1 ? one : several);
}

}  // namespace

void AccountCounts::add(const sync::Report& report) {
    ++by_ending[static_cast<std::size_t>(report.ending)];
    const sync::MailboxReport totals = report.totals();
    copied += totals.copied;
    failed += totals.failed;
    octets += totals.copied_octets;
}

std::size_t AccountCounts::all() const { return std::accumulate(by_ending.begin(), by_ending.end(), not_begun); }

std::string account_text(const sync::Report& report, std::size_t line, std::size_t ended, std::size_t of) {
    std::string text = "[" + grouped(ended) + "/" + grouped(of) + "] line " + std::to_string(line) + ": " +
                       printable(report.source.label) + " to " + printable(report.destination.label) + ": ";
    text += std::string(words_for(report.ending)) + ": " + counts_of(report) + ", in " + spell_elapsed(report.elapsed) + '\n';
    if (report.ending == Ending::complete) return text;
    if (report.error) text += indented(printable(report.error->describe()));
    if (report.ending == Ending::complete_with_exceptions) return text + indented(exceptions_text(report));
    const std::string next = next_step(report);
    return next.empty() ? text : text + indented(next);
}

std::string accounts_text(const AccountCounts& counts, std::chrono::milliseconds elapsed) {
    const auto number = [&](Ending ending) { return counts.by_ending[static_cast<std::size_t>(ending)]; };
    std::string text = counted(counts.all(), "account") + " in " + spell_elapsed(elapsed) + ": " +
                       grouped(number(Ending::complete)) + " complete";
    text += part(number(Ending::complete_with_exceptions), "complete but for messages named above",
                 "complete but for messages named above");
    text += part(number(Ending::paused), "paused", "paused");
    text += part(number(Ending::needs_person), "needs a person", "need a person");
    text += part(number(Ending::failed), "failed", "failed");
    text += part(counts.not_begun, "not begun", "not begun");
    text += "; " + grouped(counts.copied) + " messages copied";
    if (counts.copied > 0) text += " (" + spell(counts.octets) + ")";
    text += '\n';
    if (number(Ending::complete) < counts.all())
        text +=
            "Next:   correct what is named above and run the same command again: what is done costs seconds, and nothing is "
            "copied twice\n";
    return text;
}

std::string json_account(WallTime time, std::size_t line, const std::string& report) {
    JsonObject object;
    object.text("type", "account").text("time", rfc3339(time)).number("line", line).json("report", report);
    return object.str();
}

std::string json_accounts(WallTime time, const AccountCounts& counts, std::chrono::milliseconds elapsed, int exit_status) {
    JsonObject object;
    object.text("type", "accounts").text("time", rfc3339(time)).number("accounts", counts.all());
    for (std::size_t i = 0; i < counts.by_ending.size(); ++i)
        object.number(sync::to_string(static_cast<Ending>(i)), counts.by_ending[i]);
    object.number("not_begun", counts.not_begun).number("copied", counts.copied).number("copied_octets", counts.octets.value());
    object.number("failed_messages", counts.failed).number("elapsed_ms", static_cast<std::uint64_t>(elapsed.count()));
    return object.number("exit_status", static_cast<std::uint64_t>(exit_status)).str();
}

int worst_status(int one, int other) {
    constexpr std::array from_best{0, 3, 4, 5, 16, 17, 66, 10, 11, 15, 12, 13, 14, 1, 130, 70};
    const auto rank = [&](int status) { return std::ranges::find(from_best, status) - from_best.begin(); };
    return rank(other) > rank(one) ? other : one;
}

}  // namespace mailhaul::cli
