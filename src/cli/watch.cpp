// SPDX-License-Identifier: Apache-2.0
// The three ways of watching a run: observers that decide when to speak; the words are made elsewhere.
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "cli/console.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds between_lines{10};         // a log of a day-long run stays readable
constexpr seconds between_events{1};         // a program that draws needs no more
constexpr milliseconds between_frames{200};  // 5 Hz: smooth to the eye, nothing to the terminal

/// Says "yes" at most once per interval; the first time at once.
class Interval {
public:
    explicit Interval(milliseconds length) : length_(length) {}
    bool passed(SteadyTime now) {
        if (last_ && now - *last_ < length_) return false;
        last_ = now;
        return true;
    }

private:
    milliseconds length_;
    std::optional<SteadyTime> last_;
};

class JsonWatch final : public sync::Observer {
public:
    explicit JsonWatch(const Surroundings& surroundings) : surroundings_(surroundings) {}

    void on_progress(const sync::Progress& progress) override {
        const bool news = progress.phase != phase_;
        phase_ = progress.phase;
        if (interval_.passed(surroundings_.steady_now()) || news) say(json_progress(now(), progress));
    }
    void on_connected(sync::SideName side, const sync::SideReport& server) override {
        say(json_connected(now(), side, server));
    }
    void on_mailbox_started(const sync::MailboxReport& mailbox) override { say(json_mailbox_started(now(), mailbox)); }
    void on_mailbox_done(const sync::MailboxReport& mailbox) override { say(json_mailbox_done(now(), mailbox)); }
    void on_exception(const sync::MessageException& exception) override { say(json_exception(now(), exception)); }
    void on_repaired(const sync::RepairedMessage& message) override { say(json_repaired(now(), message)); }
    void on_note(const std::string& words) override { say(json_note(now(), words)); }
    void on_waiting(const sync::Pause& pause) override { say(json_waiting(now(), pause)); }
    void on_warning(const std::string& words) override { say(json_warning(now(), words)); }

private:
    [[nodiscard]] WallTime now() const { return surroundings_.wall_now(); }
    void say(const std::string& line) { surroundings_.out(line + "\n"); }

    Surroundings surroundings_;
    Interval interval_{between_events};
    std::optional<sync::Progress::Phase> phase_;
};

/// True where a folder's line says something: a pass over a thousand settled folders is silent.
bool worth_a_line(const sync::MailboxReport& mailbox, Chattiness chattiness) {
    if (chattiness == Chattiness::verbose) return true;
    return mailbox.created || mailbox.error || mailbox.copied + mailbox.adopted + mailbox.failed + mailbox.flags_changed > 0 ||
           mailbox.deleted_on_source + mailbox.deleted_on_destination > 0;
}

/// A verification without a copy takes as long as one; the look after a copy is soon over.
bool is_worth_a_line(const sync::Progress& progress) {
    return progress.phase == sync::Progress::Phase::copying ||
           (progress.phase == sync::Progress::Phase::verifying && progress.messages_to_copy == 0);
}

class LineWatch final : public sync::Observer {
public:
    LineWatch(const Surroundings& surroundings, Chattiness chattiness, bool dry_run)
        : surroundings_(surroundings), chattiness_(chattiness), dry_run_(dry_run) {}

    void on_progress(const sync::Progress& progress) override {
        const SteadyTime now = surroundings_.steady_now();
        estimator_.observe(progress, now);
        if (is_worth_a_line(progress) && interval_.passed(now)) say(plain_progress_line(progress, estimator_));
    }
    void on_connected(sync::SideName side, const sync::SideReport& server) override { say(connected_line(side, server)); }
    void on_mailbox_done(const sync::MailboxReport& mailbox) override {
        if (worth_a_line(mailbox, chattiness_)) say(mailbox_line(mailbox, dry_run_));
    }
    void on_exception(const sync::MessageException& exception) override { say("not copied: " + exception_line(exception)); }
    void on_note(const std::string& words) override { say(printable(words)); }
    void on_waiting(const sync::Pause& pause) override { say(waiting_line(pause)); }
    void on_warning(const std::string& words) override { say("warning: " + printable(words)); }

private:
    void say(const std::string& line) {
        if (chattiness_ != Chattiness::quiet) surroundings_.err(line + "\n");
    }

    Surroundings surroundings_;
    Chattiness chattiness_;
    bool dry_run_;
    Estimator estimator_;
    Interval interval_{between_lines};
};

/// Redraws from a thread of its own, so that the clock runs on and a silent server is seen to be silent.
class LiveWatch final : public sync::Observer {
public:
    LiveWatch(const Surroundings& surroundings, Chattiness chattiness, bool dry_run)
        : surroundings_(surroundings),
          chattiness_(chattiness),
          dry_run_(dry_run),
          look_(look_of(surroundings)),
          started_(surroundings.steady_now()),
          painter_([this](const std::stop_token& stop) { paint(stop); }) {}
    LiveWatch(const LiveWatch&) = delete;
    LiveWatch& operator=(const LiveWatch&) = delete;
    ~LiveWatch() override {
        painter_.request_stop();
        painter_.join();
        surroundings_.err(erase_line);
    }

    void on_progress(const sync::Progress& progress) override {
        const std::scoped_lock hold(mutex_);
        progress_ = progress;
    }
    void on_connected(sync::SideName side, const sync::SideReport& server) override {
        if (chattiness_ == Chattiness::verbose) say(connected_line(side, server));
    }
    void on_mailbox_done(const sync::MailboxReport& mailbox) override {
        if (chattiness_ == Chattiness::verbose) say(mailbox_line(mailbox, dry_run_));
    }
    void on_exception(const sync::MessageException& exception) override { say("not copied: " + exception_line(exception)); }
    void on_note(const std::string& words) override { say(printable(words)); }
    void on_waiting(const sync::Pause& pause) override {
        {
            const std::scoped_lock hold(mutex_);
            progress_.phase = sync::Progress::Phase::waiting;
        }
        say(waiting_line(pause));
    }
    void on_warning(const std::string& words) override { say("warning: " + printable(words)); }

private:
    static constexpr std::string_view erase_line = "\r\x1b[K";

    void say(const std::string& line) {
        const std::scoped_lock hold(mutex_);
        surroundings_.err(std::string(erase_line) + line + "\n");
        draw();
    }

    void paint(const std::stop_token& stop) {
        std::unique_lock hold(mutex_);
        while (!stop.stop_requested()) {
            draw();
            wake_.wait_for(hold, stop, between_frames, [] { return false; });
        }
    }

    void draw() {  // mutex_ is held
        const SteadyTime now = surroundings_.steady_now();
        look_.width = surroundings_.width();
        estimator_.observe(progress_, now);
        const auto elapsed = std::chrono::duration_cast<milliseconds>(now - started_);
        surroundings_.err(std::string(erase_line) + live_line(progress_, estimator_, elapsed, look_));
    }

    Surroundings surroundings_;
    Chattiness chattiness_;
    bool dry_run_;
    Look look_;
    SteadyTime started_;
    std::mutex mutex_;  // guards progress_, estimator_, look_ and what is on the screen
    std::condition_variable_any wake_;
    sync::Progress progress_;
    Estimator estimator_;
    std::jthread painter_;  // last: it uses everything above
};

}  // namespace

std::unique_ptr<sync::Observer> watch_as_json(const Surroundings& surroundings) {
    return std::make_unique<JsonWatch>(surroundings);
}

std::unique_ptr<sync::Observer> watch_as_lines(const Surroundings& surroundings, Chattiness chattiness, bool dry_run) {
    return std::make_unique<LineWatch>(surroundings, chattiness, dry_run);
}

std::unique_ptr<sync::Observer> watch_live(const Surroundings& surroundings, Chattiness chattiness, bool dry_run) {
    return std::make_unique<LiveWatch>(surroundings, chattiness, dry_run);
}

}  // namespace mailhaul::cli
