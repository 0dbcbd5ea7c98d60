// SPDX-License-Identifier: Apache-2.0
// Prints what happens in imapsync's words, and looks for the file by which another process ends the run.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>

#include "cli/console.hpp"
#include "cli/estimate.hpp"
#include "cli/imapsync_request.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::cli {

class ImapsyncWatch final : public sync::Observer {
public:
    ImapsyncWatch(const ImapsyncOrder& order, const Surroundings& surroundings);

    /// The file was there, and the run was asked to end.
    [[nodiscard]] bool was_aborted_by_file() const { return aborted_; }

    void on_progress(const sync::Progress& progress) override;
    void on_connected(sync::SideName side, const sync::SideReport& server) override;
    void on_mailbox_started(const sync::MailboxReport& mailbox) override;
    void on_mailbox_done(const sync::MailboxReport& mailbox) override;
    void on_exception(const sync::MessageException& exception) override;
    void on_left_out(const sync::LeftOutMessage& message) override;
    void on_note(const std::string& words) override;
    void on_warning(const std::string& words) override;

private:
    void say_eta(SteadyTime now);
    void say(const std::string& text) { surroundings_.out(text); }
    void look_for_abort_file();

    Surroundings surroundings_;
    bool dry_run_;
    bool says_folders_;
    app::Extent extent_;
    std::string abort_file_;  // empty: none
    bool aborted_ = false;
    std::array<std::string, 2> hosts_;
    std::array<std::string, 2> users_;
    std::array<bool, 2> shown_{};
    sync::Progress progress_;
    Estimator estimator_;
    std::optional<SteadyTime> last_eta_;
    std::uint32_t position_ = 0;
    std::set<std::string> under_way_;  ///< source mailboxes that are named and not done
};

}  // namespace mailhaul::cli
