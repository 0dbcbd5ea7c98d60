// SPDX-License-Identifier: Apache-2.0
// `mailhaul imapsync`, and the program started under the name imapsync: its options, its words, its exit statuses.
#include <fmt/core.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "app/leave_message.hpp"
#include "cli/commands.hpp"
#include "cli/imapsync_extra.hpp"
#include "cli/imapsync_options.hpp"
#include "cli/imapsync_pages.hpp"
#include "cli/imapsync_pid_file.hpp"
#include "cli/imapsync_probe.hpp"
#include "cli/imapsync_report_mail.hpp"
#include "cli/imapsync_request.hpp"
#include "cli/imapsync_self_test.hpp"
#include "cli/imapsync_text.hpp"
#include "cli/imapsync_watch.hpp"
#include "cli/log_file.hpp"
#include "cli/plain_text.hpp"
#include "cli/secret_arguments.hpp"
#include "process/filter.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::string_view imapsync_version = "2.229";  // whose command line this is
constexpr int exit_no_input = 66;
constexpr int exit_pid_file = 8;

constexpr std::string_view usage_text =
    "usage: imapsync --host1 HOST --user1 USER --password1 WORD --host2 HOST --user2 USER --password2 WORD [options]\n"
    "\n"
    "This is mailhaul speaking imapsync's command line. docs/imapsync.md lists all 218 options and what becomes of each;\n"
    "mailhaul explain imapsync ... says what a line means, and what it is in mailhaul's own words.\n"
    "\n"
    "  --passfile1 FILE, --passfile2 FILE   passwords from files, better than on the command line\n"
    "  --dry                                change nothing, say what would be done\n"
    "  --justlogin, --justconnect           stop early\n"
    "  --folder NAME, --exclude REGEX       choose folders\n"
    "  --maxage DAYS, --maxsize OCTETS      choose messages\n"
    "  --search WORDS                       choose messages by IMAP's SEARCH\n"
    "  --automap, --f1f2 OLD=NEW            place folders\n"
    "  --regextrans2 s/OLD/NEW/             rename folders\n"
    "  --regexmess s/OLD/NEW/               CHANGES messages on their way\n"
    "  --gmail1, --office2 ...              presets for Gmail, Microsoft 365, Exchange, Domino\n"
    "  --delete1                            REMOVES messages from host1 once copied\n"
    "  --delete2                            REMOVES messages from host2 that host1 does not hold\n";

/// Everything printed goes to the log file as well. Returns the line that says where it is.
Result<std::string> open_log(const ImapsyncOrder& order, Surroundings& surroundings, std::string& where) {
    if (!order.log) return std::string("No log file because of option --nolog\n");
    const std::string name = order.log_name.empty()
                                 ? imapsync_log_name(surroundings.wall_now(), order.request.source.mailbox_user(),
                                                     order.request.destination.mailbox_user())
                                 : order.log_name;
    const std::string path = order.log_folder.empty() ? name : order.log_folder + "/" + name;
    MH_TRY(log, open_log_file(path));
    where = path;
    const auto both = [](TextSink first, TextSink second) {
        return [first = std::move(first), second = std::move(second)](std::string_view text) {
            first(text);
            second(text);
        };
    };
    surroundings.out = both(surroundings.out, log);
    surroundings.err = both(surroundings.err, log);
    return fmt::format("Log file is {} (--logfile NAME gives it another name, --nolog makes none)\n", path);
}

std::string banner(std::span<const std::string> arguments, const std::string& log_line, WallTime now) {
    std::string text =
        fmt::format("Here is mailhaul {} with the command line of imapsync {}\n", MAILHAUL_VERSION, imapsync_version);
    text += "Transfer started at " + imapsync_date(now) + "\n";
    text += fmt::format("PID is {} my PPID is {}\n", ::getpid(), ::getppid()) + log_line + "Command line used:\n";
    std::string line = "imapsync";
    for (const std::string& argument : masked_arguments(arguments))
        line += " " + (argument.empty() ? "''" : printable(argument));
    return text + line + "\n";
}

std::string side_line(std::size_t side, const client::Access& access, const ImapsyncSide& given) {
    if (!given.given) return {};
    return fmt::format("Host{}: IMAP server [{}] port [{}] user [{}]\n", side + 1, printable(access.host), access.port,
                       printable(access.mailbox_user()));
}

int end_with(const ImapsyncVerdict& verdict, const Surroundings& surroundings) {
    surroundings.out(imapsync_exit_line(verdict, ::getpid()));
    return verdict.status;
}

int refuse_order(const ImapsyncOrder& order, const Surroundings& surroundings) {
    ImapsyncVerdict verdict;
    for (const Refusal& refusal : order.refusals) surroundings.err(printable(refusal.words) + "\n");
    verdict.status = order.refusals.front().status;
    verdict.symbol = verdict.status == exit_usage ? "EX_USAGE" : "EXIT_TLS_FAILURE";
    return end_with(verdict, surroundings);
}

/// Reads each secret once, so that an unreadable file is known before anybody is connected, and a question is asked
/// before anything else is printed.
Result<void> read_secrets(ImapsyncOrder& order) {
    if (order.request.extent == app::Extent::connect_only) return {};
    for (std::size_t side = 0; side < 2; ++side) {
        for (const client::SecretSource* source : {&order.access(side).password, &order.access(side).token})
            if (*source) MH_TRY_VOID((*source)());
    }
    return {};
}

/// A side nobody named, as --justconnect of one host wants it, is the other side again.
void complete_sides(ImapsyncOrder& order) {
    if (!order.sides[0].given) order.request.source = order.request.destination;
    if (!order.sides[1].given) order.request.destination = order.request.source;
}

/// Not where the run only looked, nor where it ended before there was a folder.
bool has_statistics(const sync::Report& report, app::Extent extent) {
    if (extent == app::Extent::connect_only || extent == app::Extent::login_only) return false;
    return !report.mailboxes.empty() || !report.error;
}

/// Folders somebody may miss; not those that were not asked for or hold nothing.
std::string left_out_lines(const sync::Report& report) {
    std::string text;
    for (const sync::LeftOut& left_out : report.left_out)
        if (!left_out.reason.starts_with("holds no messages") && !left_out.reason.starts_with("not among"))
            text +=
                fmt::format("Host1: folder [{}] left out: {}\n", printable(left_out.name.raw()), printable(left_out.reason));
    return text;
}

/// On a blank, as imapsync tries it.
Task<std::optional<Error>> failure_of(std::vector<std::string> words) {
    auto blank = std::make_shared<const std::string>(" ");
    auto printed = co_await process::run_filter(std::move(words), std::move(blank), process::FilterLimits());
    if (printed.ok()) co_return std::nullopt;
    co_return std::move(printed).error();
}

/// Each command for messages on a blank, so that one that cannot work is known before anybody is connected.
Result<void> try_filters(const ImapsyncOrder& order) {
    for (const std::vector<std::string>& words : order.filters_to_try) {
        asio::io_context loop(1);
        std::optional<Error> failure;
        asio::co_spawn(loop, failure_of(words), [&failure](const std::exception_ptr& thrown, std::optional<Error> why) {
            if (thrown) std::rethrow_exception(thrown);
            failure = std::move(why);
        });
        loop.run();
        if (failure) return std::move(*failure);
    }
    return {};
}

/// What is printed at the end, and left in the accounts where that was asked for.
std::string closing_words(const sync::Report& report, const ImapsyncOrder& order, const ImapsyncCircumstances& circumstances,
                          const ImapsyncVerdict& verdict, WallTime started, WallTime ended, const MachineUse& machine) {
    if (order.show != ImapsyncShow::run) return report.error ? "" : imapsync_mapping(report, order.show);
    if (circumstances.extent == app::Extent::sizes_only) return report.error ? "" : imapsync_sizes(report);
    std::string text = left_out_lines(report);
    for (const imap::MailboxName& name : report.removed_from_source)
        text += "Host1: empty folder [" + printable(name.raw()) + "] removed" +
                (report.dry_run ? "\t(not really since --dry mode)" : "") + "\n";
    if (has_statistics(report, circumstances.extent)) text += imapsync_statistics(report, verdict, started, ended, machine);
    return text;
}

void leave_reports(const ImapsyncOrder& order, const std::array<client::Access, 2>& accounts, const std::string& words,
                   const Surroundings& surroundings) {
    const std::string mail = imapsync_report_mail(accounts[0].mailbox_user(), accounts[1].mailbox_user(), order.email_from,
                                                  surroundings.wall_now(), words);
    for (std::size_t side = 0; side < 2; ++side) {
        if (!order.email_report.at(side)) continue;
        const auto left = app::leave_message(accounts.at(side), mail);
        surroundings.out(left.ok()
                             ? fmt::format("Host{}: the report is in INBOX\n", side + 1)
                             : fmt::format("Host{}: no report in INBOX: {}\n", side + 1, printable(left.error().describe())));
    }
}

int run_order(ImapsyncOrder& order, const Surroundings& surroundings) {
    const WallTime started = surroundings.wall_now();
    const Octets memory_at_start = resident_memory();
    complete_sides(order);
    probe_implicit_tls(order);
    for (std::size_t side = 0; side < 2; ++side) surroundings.out(side_line(side, order.access(side), order.sides.at(side)));
    ImapsyncCircumstances circumstances{order.request.extent,
                                        {order.request.source.security, order.request.destination.security}};
    ImapsyncWatch watch(order, surroundings);
    const std::array<client::Access, 2> accounts{order.request.source, order.request.destination};
    const sync::Report report = app::run_sync(std::move(order.request), watch);
    circumstances.was_aborted_by_file = watch.was_aborted_by_file();
    ImapsyncVerdict verdict = imapsync_verdict(report, circumstances);
    verdict.errors_max = order.errors_max;
    const std::string words =
        closing_words(report, order, circumstances, verdict, started, surroundings.wall_now(), machine_use(memory_at_start));
    surroundings.out(words + imapsync_error_list(verdict));
    const bool has_copied = circumstances.extent == app::Extent::everything && !report.dry_run && !report.stopped_by;
    if (has_copied) leave_reports(order, accounts, words, surroundings);
    return end_with(verdict, surroundings);
}

/// Held for as long as the value lives. An Error only where the user named the file; else a note.
Result<std::optional<OwnPidFile>> hold_pid_file(ImapsyncOrder& order, const std::string& log_file) {
    if (order.pid_file.empty()) return std::optional<OwnPidFile>();
    auto written = OwnPidFile::write(order.pid_file, log_file);
    if (written.ok()) return std::optional<OwnPidFile>(std::move(written).value());
    if (order.pid_locking || order.pid_file_given) return std::move(written).error();
    order.notes.push_back(written.error().describe());
    return std::optional<OwnPidFile>();
}

int abort_another(const ImapsyncOrder& order, const Surroundings& surroundings) {
    if (order.abort) abort_by_signal(order.pid_file, surroundings);
    else abort_by_file(order.pid_file, surroundings);
    return exit_ok;
}

/// Another run holds the pid file.
int leave_to(const PidFile& other, const ImapsyncOrder& order, const Surroundings& surroundings) {
    if (order.tail && other.is_alive) {
        follow_log(other, surroundings);
        return exit_ok;
    }
    surroundings.out("pidfile " + printable(order.pid_file) +
                     (other.is_alive ? " is of a run that goes on, PID " + std::to_string(*other.process)
                                     : " names no process: remove it, if it is imapsync's") +
                     "\n");
    ImapsyncVerdict verdict;
    verdict.status = exit_pid_file;
    verdict.symbol = "EXIT_PID_FILE_ERROR";
    return end_with(verdict, surroundings);
}

int fail_early(const Error& error, int status, const char* symbol, const Surroundings& surroundings) {
    surroundings.err(printable(error.describe()) + "\n");
    ImapsyncVerdict verdict;
    verdict.status = status;
    verdict.symbol = symbol;
    return end_with(verdict, surroundings);
}

}  // namespace

constexpr CommandHelp imapsync_help{
    .name = "imapsync",
    .task = "Copy mail",
    .summary = "Take imapsync's options and answer with its words and exit statuses.",
    .usage = "--host1 ... --user1 ... --host2 ... --user2 ... [imapsync options]",
    .examples = {},
    .groups = {},
    .exit_status = "Exit status: as imapsync's (docs/imapsync.md).",
};

int imapsync_command(std::span<const std::string> given, const Surroundings& real_surroundings) {
    Surroundings surroundings = real_surroundings;
    const ExtraOptions extra = given.empty() ? ExtraOptions() : read_extra_options("options_extra.txt");
    std::vector<std::string> arguments(given.begin(), given.end());
    arguments.insert(arguments.end(), extra.words.begin(), extra.words.end());
    ImapsyncOrder order = order_imapsync(arguments, surroundings);
    for (const std::string& mistake : extra.mistakes) order.refusals.push_back({exit_usage, mistake});
    if (!extra.words.empty())
        order.notes.emplace_back("options_extra.txt of this folder adds options, see the command line above");
    if (order.refusals.empty() && (order.help || arguments.empty())) {
        surroundings.out(usage_text);
        return exit_ok;
    }
    if (order.refusals.empty() && order.version) {
        surroundings.out(std::string(imapsync_version) + "\n");
        return exit_ok;
    }
    if (!order.refusals.empty()) return refuse_order(order, surroundings);
    if (order.self_test) return end_with(imapsync_self_test(surroundings), surroundings);
    if (order.simulated_seconds) {
        imapsync_simulation(*order.simulated_seconds, surroundings);
        return end_with({}, surroundings);
    }
    if (order.abort || order.abort_by_file) return abort_another(order, surroundings);
    const std::optional<PidFile> other = read_pid_file(order.pid_file);
    if (other && order.pid_locking && (other->is_alive || !other->process)) return leave_to(*other, order, surroundings);
    std::string log_file;
    auto log_line = open_log(order, surroundings, log_file);
    if (!log_line.ok()) return fail_early(log_line.error(), exit_usage, "EX_USAGE", surroundings);
    surroundings.out(banner(arguments, log_line.value(), surroundings.wall_now()));
    const auto pid_file = hold_pid_file(order, log_file);
    if (!pid_file.ok()) return fail_early(pid_file.error(), exit_pid_file, "EXIT_PID_FILE_ERROR", surroundings);
    for (const std::string& note : order.notes) surroundings.out("Note: " + printable(note) + "\n");
    const bool nothing_to_do = !order.sides[0].given && !order.sides[1].given;
    if (order.banner_only || nothing_to_do) return end_with({}, surroundings);
    if (auto read = read_secrets(order); !read.ok()) return fail_early(read.error(), exit_no_input, "EX_NOINPUT", surroundings);
    if (auto tried = try_filters(order); !tried.ok()) return fail_early(tried.error(), exit_usage, "EX_USAGE", surroundings);
    return run_order(order, surroundings);
}

}  // namespace mailhaul::cli
