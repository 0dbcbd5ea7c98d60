// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "cli/console.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testkit::FakeProcess;

sync::Progress copying(std::uint64_t messages) {
    sync::Progress progress;
    progress.phase = sync::Progress::Phase::copying;
    progress.messages_total = progress.messages_to_copy = 1000;
    progress.messages_done = progress.messages_copied = messages;
    return progress;
}

TEST(Lines, come_every_ten_seconds_at_most) {
    FakeProcess process;
    const auto observer = watch_as_lines(process.surroundings(), Chattiness::normal, false);
    for (std::uint64_t second = 0; second < 35; ++second) {
        observer->on_progress(copying(second));
        process.steady += seconds{1};
    }
    EXPECT_EQ(std::ranges::count(process.err, '\n'), 4);
    EXPECT_EQ(process.out, "");
}

TEST(Lines, are_silent_about_folders_with_nothing_new_unless_verbose) {
    const sync::Report report = testkit::sample_report();
    FakeProcess process;
    watch_as_lines(process.surroundings(), Chattiness::normal, false)->on_mailbox_done(report.mailboxes[2]);
    EXPECT_EQ(process.err, "");
    watch_as_lines(process.surroundings(), Chattiness::verbose, false)->on_mailbox_done(report.mailboxes[2]);
    EXPECT_EQ(process.err, "Archive: 5,000 already there\n");
}

TEST(Lines, are_none_when_quiet) {
    FakeProcess process;
    const auto observer = watch_as_lines(process.surroundings(), Chattiness::quiet, false);
    observer->on_progress(copying(1));
    observer->on_warning("words");
    EXPECT_EQ(process.err, "");
}

TEST(JsonEventsOfARun, are_one_object_a_line_and_progress_once_a_second) {
    FakeProcess process;
    const auto observer = watch_as_json(process.surroundings());
    for (std::uint64_t tenth = 0; tenth < 25; ++tenth) {
        observer->on_progress(copying(tenth));
        process.steady += std::chrono::milliseconds{100};
    }
    observer->on_warning("two\nlines");
    EXPECT_EQ(std::ranges::count(process.out, '\n'), 4);
    EXPECT_THAT(process.out, HasSubstr(R"("message":"two\nlines"})"));
    EXPECT_EQ(process.err, "");
}

TEST(LiveProgress, leaves_an_empty_line_behind) {
    FakeProcess process;
    {
        const auto observer = watch_live(process.surroundings(), Chattiness::normal, false);
        observer->on_exception(testkit::sample_report().exceptions[0]);
    }
    EXPECT_THAT(process.err, HasSubstr("not copied: INBOX uid 4711"));
    EXPECT_THAT(process.err, testing::EndsWith("\r\x1b[K"));
}

TEST(Watch, falls_back_to_lines_on_a_dumb_terminal) {
    FakeProcess process;
    Surroundings surroundings = process.surroundings();
    surroundings.err_is_terminal = true;
    process.variables["TERM"] = "dumb";
    watch(surroundings, Chattiness::normal, false);
    EXPECT_EQ(process.err, "");
    process.variables["TERM"] = "xterm";
    watch(surroundings, Chattiness::normal, false);
    EXPECT_THAT(process.err, HasSubstr("\x1b[K"));
}

TEST(Look, has_no_colour_where_nobody_wants_it) {
    FakeProcess process;
    Surroundings surroundings = process.surroundings();
    surroundings.err_is_terminal = true;
    process.variables = {{"TERM", "xterm"}, {"LANG", "de_DE.UTF-8"}};
    EXPECT_TRUE(look_of(surroundings).colour);
    EXPECT_TRUE(look_of(surroundings).unicode);
    process.variables["NO_COLOR"] = "1";
    process.variables["LC_ALL"] = "C";
    EXPECT_FALSE(look_of(surroundings).colour);
    EXPECT_FALSE(look_of(surroundings).unicode);
}

TEST(Waiting, is_told_at_once_by_every_way_of_watching) {
    setenv("TZ", "UTC", 1);
    tzset();
    sync::Pause pause;
    pause.reason = "quiet hours (08:00-18:00)";
    pause.until = std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + std::chrono::hours{18};
    pause.left = Octets{1'000'000};
    const std::string line = "waiting until Fri 27 Nov 2026 18:00: quiet hours (08:00-18:00); left: about 1.0 MB\n";
    FakeProcess process;
    watch_as_lines(process.surroundings(), Chattiness::normal, false)->on_waiting(pause);
    EXPECT_EQ(process.err, line);
    watch_as_json(process.surroundings())->on_waiting(pause);
    EXPECT_THAT(process.out, HasSubstr(R"({"type":"waiting",)"));
    FakeProcess live;
    watch_live(live.surroundings(), Chattiness::normal, false)->on_waiting(pause);
    EXPECT_THAT(live.err, HasSubstr(line));
    EXPECT_THAT(live.err, HasSubstr("waiting   "));
}

}  // namespace
}  // namespace mailhaul::cli
