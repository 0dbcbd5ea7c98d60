// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_watch.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <csignal>

#include "cli/imapsync_pid_file.hpp"
#include "cli/imapsync_text.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::chrono::seconds between_etas{6};  // what imapsync's web page looks at

}  // namespace

ImapsyncWatch::ImapsyncWatch(const ImapsyncOrder& order, const Surroundings& surroundings)
    : surroundings_(surroundings),
      dry_run_(order.request.dry_run),
      says_folders_(order.show == ImapsyncShow::run && order.request.extent != app::Extent::sizes_only),
      extent_(order.request.extent) {
    if (!order.pid_file.empty()) abort_file_ = abort_file(order.pid_file, ::getpid());
    for (std::size_t side = 0; side < 2; ++side) {
        const client::Access& access = side == 0 ? order.request.source : order.request.destination;
        hosts_.at(side) = printable(access.host);
        users_.at(side) = printable(access.mailbox_user());
        shown_.at(side) = order.sides.at(side).given;
    }
}

/// As SIGTERM does: what is under way is finished.
void ImapsyncWatch::look_for_abort_file() {
    if (aborted_ || abort_file_.empty() || ::access(abort_file_.c_str(), F_OK) != 0) return;
    aborted_ = true;
    ::unlink(abort_file_.c_str());
    say("Found " + printable(abort_file_) + ": this run ends\n");
    std::raise(SIGTERM);
}

void ImapsyncWatch::on_progress(const sync::Progress& progress) {
    progress_ = progress;
    look_for_abort_file();
    const SteadyTime now = surroundings_.steady_now();
    estimator_.observe(progress, now);
    if (!last_eta_ || now - *last_eta_ >= between_etas) say_eta(now);
}

void ImapsyncWatch::on_connected(sync::SideName side, const sync::SideReport& server) {
    const std::size_t at = side == sync::SideName::source ? 0 : 1;
    if (!shown_.at(at)) return;
    const std::string banner = printable(server.server + " " + server.transport);
    say(fmt::format("Host{}: {}\n", at + 1, banner));
    if (extent_ != app::Extent::connect_only)
        say(fmt::format("Host{}: success login on [{}] with user [{}] auth [{}]\n", at + 1, hosts_.at(at), users_.at(at),
                        printable(server.mechanism)));
}

void ImapsyncWatch::on_mailbox_started(const sync::MailboxReport& mailbox) {
    look_for_abort_file();
    if (!says_folders_) return;
    under_way_.insert(mailbox.source.raw());
    say(imapsync_folder_line(mailbox, ++position_, progress_.mailboxes_total));
}

/// One that need not be opened was not started; imapsync names it all the same.
void ImapsyncWatch::on_mailbox_done(const sync::MailboxReport& mailbox) {
    if (!says_folders_) return;
    const bool was_started = under_way_.erase(mailbox.source.raw()) > 0;
    if (!was_started && !mailbox.error) say(imapsync_folder_line(mailbox, ++position_, progress_.mailboxes_total));
    say(imapsync_folder_result(mailbox, dry_run_));
}

void ImapsyncWatch::on_exception(const sync::MessageException& exception) {
    say(fmt::format("msg {}/{} {{{}}} could not be copied: {}\n", printable(exception.mailbox.raw()), exception.uid.value(),
                    exception.size.value(), printable(exception.reason)));
}

void ImapsyncWatch::on_left_out(const sync::LeftOutMessage& message) {
    say(fmt::format("- msg {}/{} {{{}}} skipped ({})\n", printable(message.mailbox.raw()), message.uid.value(),
                    message.size.value(), printable(message.reason)));
}

void ImapsyncWatch::on_note(const std::string& words) { say("Note: " + printable(words) + "\n"); }
void ImapsyncWatch::on_warning(const std::string& words) { say("Note: " + printable(words) + "\n"); }

void ImapsyncWatch::say_eta(SteadyTime now) {
    const auto remaining = estimator_.remaining();
    if (!remaining) return;
    last_eta_ = now;
    say(imapsync_eta_line(surroundings_.wall_now(), *remaining, progress_));
}

}  // namespace mailhaul::cli
