// SPDX-License-Identifier: Apache-2.0
// `mailhaul imapsync`, and the program started under the name imapsync: its options, its words, its exit statuses.
#include <fmt/core.h>
#include <unistd.h>

#include "cli/commands.hpp"
#include "cli/imapsync_options.hpp"
#include "cli/imapsync_probe.hpp"
#include "cli/imapsync_request.hpp"
#include "cli/imapsync_text.hpp"
#include "cli/log_file.hpp"
#include "cli/plain_text.hpp"
#include "cli/secret_arguments.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::string_view imapsync_version = "2.229";  // whose command line this is
constexpr int exit_no_input = 66;

constexpr std::string_view usage_text =
    "usage: imapsync --host1 HOST --user1 USER --password1 WORD --host2 HOST --user2 USER --password2 WORD [options]\n"
    "\n"
    "This is mailhaul speaking imapsync's command line. docs/imapsync.md lists all 218 options and what becomes of each.\n"
    "\n"
    "  --passfile1 FILE, --passfile2 FILE   passwords from files, better than on the command line\n"
    "  --dry                                change nothing, say what would be done\n"
    "  --justlogin, --justconnect           stop early\n"
    "  --folder NAME, --exclude REGEX       choose folders\n"
    "  --maxage DAYS, --maxsize OCTETS      choose messages\n"
    "  --automap, --f1f2 OLD=NEW            place folders\n"
    "  --delete1                            REMOVES messages from host1 once copied\n"
    "  --delete2                            REMOVES messages from host2 that host1 does not hold\n";

/// Prints what happens in imapsync's words.
class ImapsyncWatch final : public sync::Observer {
public:
    ImapsyncWatch(const ImapsyncOrder& order, const Surroundings& surroundings)
        : surroundings_(surroundings), dry_run_(order.request.dry_run), extent_(order.request.extent) {
        for (std::size_t side = 0; side < 2; ++side) {
            const client::Access& access = side == 0 ? order.request.source : order.request.destination;
            hosts_.at(side) = printable(access.host);
            users_.at(side) = printable(access.authorize_as.empty() ? access.user : access.authorize_as);
            shown_.at(side) = order.sides.at(side).given;
        }
    }

    void on_progress(const sync::Progress& progress) override {
        progress_ = progress;
        const SteadyTime now = surroundings_.steady_now();
        estimator_.observe(progress, now);
        if (!last_eta_ || now - *last_eta_ >= between_etas) say_eta(now);
    }
    void on_connected(sync::SideName side, const sync::SideReport& server) override {
        const std::size_t at = side == sync::SideName::source ? 0 : 1;
        if (!shown_.at(at)) return;
        const std::string banner = printable(server.server + " " + server.transport);
        say(fmt::format("Host{}: {}\n", at + 1, banner));
        if (extent_ != app::Extent::connect_only)
            say(fmt::format("Host{}: success login on [{}] with user [{}] auth [{}]\n", at + 1, hosts_.at(at), users_.at(at),
                            printable(server.mechanism)));
    }
    void on_mailbox_started(const sync::MailboxReport& mailbox) override {
        say(imapsync_folder_line(mailbox, ++position_, progress_.mailboxes_total));
    }
    void on_mailbox_done(const sync::MailboxReport& mailbox) override { say(imapsync_folder_result(mailbox, dry_run_)); }
    void on_exception(const sync::MessageException& exception) override {
        say(fmt::format("msg {}/{} {{{}}} could not be copied: {}\n", printable(exception.mailbox.raw()), exception.uid.value(),
                        exception.size.value(), printable(exception.reason)));
    }
    void on_note(const std::string& words) override { say("Note: " + printable(words) + "\n"); }
    void on_warning(const std::string& words) override { say("Note: " + printable(words) + "\n"); }

private:
    static constexpr std::chrono::seconds between_etas{6};  // what imapsync's web page looks at

    void say_eta(SteadyTime now) {
        const auto remaining = estimator_.remaining();
        if (!remaining) return;
        last_eta_ = now;
        say(imapsync_eta_line(surroundings_.wall_now(), *remaining, progress_));
    }
    void say(const std::string& text) { surroundings_.out(text); }

    Surroundings surroundings_;
    bool dry_run_;
    app::Extent extent_;
    std::array<std::string, 2> hosts_;
    std::array<std::string, 2> users_;
    std::array<bool, 2> shown_{};
    sync::Progress progress_;
    Estimator estimator_;
    std::optional<SteadyTime> last_eta_;
    std::uint32_t position_ = 0;
};

/// Everything printed goes to the log file as well. Returns the line that says where it is.
Result<std::string> open_log(const ImapsyncOrder& order, Surroundings& surroundings) {
    if (!order.log) return std::string("No log file because of option --nolog\n");
    const auto user = [](const client::Access& access) {
        return access.authorize_as.empty() ? access.user : access.authorize_as;
    };
    const std::string name = order.log_name.empty() ? imapsync_log_name(surroundings.wall_now(), user(order.request.source),
                                                                        user(order.request.destination))
                                                    : order.log_name;
    const std::string path = order.log_folder.empty() ? name : order.log_folder + "/" + name;
    MH_TRY(log, open_log_file(path));
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
    const std::string& user = access.authorize_as.empty() ? access.user : access.authorize_as;
    return fmt::format("Host{}: IMAP server [{}] port [{}] user [{}]\n", side + 1, printable(access.host), access.port,
                       printable(user));
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

int run_order(ImapsyncOrder& order, const Surroundings& surroundings) {
    const WallTime started = surroundings.wall_now();
    complete_sides(order);
    probe_implicit_tls(order);
    for (std::size_t side = 0; side < 2; ++side) surroundings.out(side_line(side, order.access(side), order.sides.at(side)));
    ImapsyncCircumstances circumstances{order.request.extent,
                                        {order.request.source.security, order.request.destination.security}};
    ImapsyncWatch watch(order, surroundings);
    const sync::Report report = app::run_sync(std::move(order.request), watch);
    const ImapsyncVerdict verdict = imapsync_verdict(report, circumstances);
    surroundings.out(left_out_lines(report));
    if (has_statistics(report, circumstances.extent))
        surroundings.out(imapsync_statistics(report, verdict, started, surroundings.wall_now()));
    surroundings.out(imapsync_error_list(verdict));
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

int imapsync_command(std::span<const std::string> arguments, const Surroundings& real_surroundings) {
    Surroundings surroundings = real_surroundings;
    ImapsyncOrder order = order_imapsync(arguments, surroundings);
    if (order.refusals.empty() && (order.help || arguments.empty())) {
        surroundings.out(usage_text);
        return exit_ok;
    }
    if (order.refusals.empty() && order.version) {
        surroundings.out(std::string(imapsync_version) + "\n");
        return exit_ok;
    }
    if (!order.refusals.empty()) return refuse_order(order, surroundings);
    auto log_line = open_log(order, surroundings);
    if (!log_line.ok()) return fail_early(log_line.error(), exit_usage, "EX_USAGE", surroundings);
    surroundings.out(banner(arguments, log_line.value(), surroundings.wall_now()));
    for (const std::string& note : order.notes) surroundings.out("Note: " + printable(note) + "\n");
    const bool nothing_to_do = !order.sides[0].given && !order.sides[1].given;
    if (order.banner_only || nothing_to_do) return end_with({}, surroundings);
    if (auto read = read_secrets(order); !read.ok()) return fail_early(read.error(), exit_no_input, "EX_NOINPUT", surroundings);
    return run_order(order, surroundings);
}

}  // namespace mailhaul::cli
