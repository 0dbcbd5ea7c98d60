// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_text.hpp"

#include <gmock/gmock.h>

#include "cli/plain_text.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using std::chrono::seconds;

struct Halfway {
    Halfway() {
        progress.phase = sync::Progress::Phase::copying;
        progress.messages_total = 2000;
        progress.messages_to_copy = 2000;
        progress.octets_to_copy = Octets{100'000'000};
        SteadyTime now{};
        estimator.observe(progress, now);
        for (int second = 1; second <= 10; ++second) {
            now += seconds{1};
            progress.messages_done = progress.messages_copied = static_cast<std::uint64_t>(second) * 100;
            progress.octets_copied = Octets{static_cast<std::uint64_t>(second) * 5'000'000};
            estimator.observe(progress, now);
        }
    }
    sync::Progress progress;
    Estimator estimator;
};

TEST(LiveLine, shows_bar_share_messages_end_and_rate) {
    const Halfway at;
    EXPECT_EQ(live_line(at.progress, at.estimator, seconds{10}, Look{.width = 120}),
              "copying    ############............  50%  1,000/2,000 messages  ~10 s left  5.0 MB/s  50.0 MB/100.0 MB");
}

TEST(LiveLine, drops_what_does_not_fit_and_never_reaches_the_edge) {
    const Halfway at;
    for (std::size_t width = 1; width < 130; ++width) {
        const std::string line = live_line(at.progress, at.estimator, seconds{10}, Look{.width = width, .unicode = true});
        EXPECT_LE(columns_of(line), width > 1 ? width - 1 : 1) << line;
    }
    EXPECT_EQ(live_line(at.progress, at.estimator, seconds{10}, Look{.width = 80}),
              "copying    ############............  50%  1,000/2,000 messages  ~10 s left");
}

TEST(LiveLine, says_how_long_it_waits_before_anything_is_known) {
    const sync::Progress progress;
    EXPECT_EQ(live_line(progress, Estimator{}, seconds{12}, Look{.width = 80}),
              "connecting  12 s ........................   0%");
}

TEST(PlainProgressLine, reads_as_a_sentence) {
    const Halfway at;
    EXPECT_EQ(plain_progress_line(at.progress, at.estimator),
              "copying 1,000 of 2,000 messages, 50.0 MB of 100.0 MB, 5.0 MB/s, ~10 s left");
}

TEST(MailboxLine, tells_only_what_happened) {
    sync::Report report = testkit::sample_report();
    EXPECT_EQ(mailbox_line(report.mailboxes[0], false), "INBOX: 200 copied (81.9 MB), 1,033 already there, 1 refused");
    EXPECT_EQ(mailbox_line(report.mailboxes[1], true), "Entwürfe -> Drafts: would be created, 2 would be copied (4.1 kB)");
    report.mailboxes[2].withheld = 12;
    EXPECT_EQ(mailbox_line(report.mailboxes[2], false), "Archive: 5,000 already there, 12 removed there since the copy");
}

TEST(ExceptionLine, fits_one_line) {
    EXPECT_EQ(exception_line(testkit::sample_report().exceptions[0]),
              "INBOX uid 4711 \"Holiday photos\" (52.0 MB): APPEND: NO [TOOBIG] larger than 50 MB");
}

TEST(PlainText, is_measured_in_columns) {
    EXPECT_EQ(columns_of("日本語"), 6U);
    EXPECT_EQ(columns_of("e\u0301"), 1U);
    EXPECT_EQ(columns_of("\xFC"), 1U);
    EXPECT_EQ(fitted("日本語", 4), "日~");
}

TEST(PlainText, is_cut_by_code_points) {
    EXPECT_EQ(fitted("Entwürfe", 8), "Entwürfe");
    EXPECT_EQ(fitted("Entwürfe", 6), "Entwü~");
    EXPECT_EQ(fitted("Entwürfe", 1), "~");
    EXPECT_EQ(fitted("Entwürfe", 0), "");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(grouped(999), "999");
}

}  // namespace
}  // namespace mailhaul::cli
