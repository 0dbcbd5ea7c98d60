// SPDX-License-Identifier: Apache-2.0
// Limits a day and quiet hours: kept, remembered from run to run, and no reason to lose or double a message. The clock is
// the test's; nothing sleeps.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using namespace std::chrono_literals;
using govern::Instant;
using testing::HasSubstr;
using testing::IsEmpty;

// A Thursday.
constexpr Instant noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 26} + 12h;
constexpr std::uint64_t message_octets = 2'000;

govern::QuietHours quiet(const std::string& text) {
    auto parsed = govern::QuietHours::parse(text);
    if (!parsed.ok()) throw std::logic_error(parsed.error().describe());
    return std::move(parsed).value();
}

/// Tells a test of the run's moments.
class Teller : public Watcher {
public:
    std::function<void(const Progress&)> when_progress;
    std::function<void(const Pause&)> when_waiting;
    void on_progress(const Progress& progress) override {
        Watcher::on_progress(progress);
        if (when_progress) when_progress(progress);
    }
    void on_waiting(const Pause& pause) override {
        ++waits;
        if (when_waiting) when_waiting(pause);
    }
    int waits = 0;
};

struct Limited : testing::Test {
    Limited() {
        setenv("TZ", "UTC", 1);
        tzset();
        servers.request.clock = [this] { return std::chrono::system_clock::time_point(now); };
    }
    /// In two mailboxes.
    void fill(int count, std::uint64_t octets = message_octets) {
        const std::string other = make_mailbox(servers.from(), {"Other"});
        for (int i = 1; i <= count; ++i)
            put(servers.from(), i % 2 == 0 ? "INBOX" : other, dated(mail(i, std::string(octets, 'x'))));
    }
    Report sync() { return servers.run(app::sync_account(servers.request, teller)); }
    /// Octets that the source served during `run`.
    std::uint64_t served(const std::function<void()>& run) {
        const std::uint64_t before = servers.source.counters().sent.value();
        run();
        return servers.source.counters().sent.value() - before;
    }
    /// One run on each day, until nothing is left to do; then everything must be there, once.
    int days_until_complete(int most) {
        for (int day = 1; day <= most; ++day) {
            const Report report = sync();
            if (report.ending == Ending::complete) {
                EXPECT_TRUE(servers.equal());
                expect_counts_add_up(report);
                return day;
            }
            EXPECT_EQ(report.ending, Ending::paused) << in_words(report);
            if (!report.pause || !report.pause->until) return -1;
            EXPECT_GT(*report.pause->until, now);
            now = *report.pause->until;
        }
        return -1;
    }
    TwoServers servers;
    Teller teller;
    Instant now = noon;
};

// --- limits a day ---

TEST_F(Limited, a_run_that_reaches_the_limit_of_the_source_is_paused_and_finishes_the_next_day) {
    fill(40);
    servers.request.allowance.source_a_day = Octets{50'000};
    Report report;
    EXPECT_LE(served([&] { report = sync(); }), 51'000U) << "no more than a LOGOUT above it";
    EXPECT_EQ(report.ending, Ending::paused) << in_words(report);
    EXPECT_EQ(app::exit_status(report), 4);
    EXPECT_GT(report.totals().copied, 10U);
    EXPECT_LT(report.totals().copied, 30U);
    EXPECT_EQ(report.totals().copied, messages_in(truth_of(servers.to()))) << "what was under way is recorded";
    ASSERT_TRUE(report.pause);
    EXPECT_EQ(report.pause->cause, Pause::Cause::daily_limit);
    EXPECT_EQ(report.pause->until, noon + 24h);
    EXPECT_THAT(report.pause->reason, HasSubstr("50.0 kB a day may be read from the source (--source-daily-limit)"));
    ASSERT_TRUE(report.pause->left);
    EXPECT_NEAR(static_cast<double>(report.pause->left->value()), (40.0 - report.totals().copied) * message_octets, 8'000);
    EXPECT_EQ(report.pause->finished, noon + 24h) << "the rest is less than another day's";

    now = noon + 24h;
    report = sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal()) << "nothing lost, nothing doubled";
}

TEST_F(Limited, a_run_before_its_time_connects_to_nobody) {
    fill(40);
    servers.request.allowance.source_a_day = Octets{50'000};
    EXPECT_EQ(sync().ending, Ending::paused);
    now += 23h;
    Report report;
    EXPECT_EQ(served([&] { report = sync(); }), 0U);
    EXPECT_EQ(report.ending, Ending::paused);
    ASSERT_TRUE(report.pause);
    EXPECT_EQ(report.pause->until, noon + 24h);
    EXPECT_EQ(app::exit_status(report), 4);
}

TEST_F(Limited, what_is_sent_to_the_destination_has_a_limit_of_its_own) {
    fill(40);
    servers.request.allowance.destination_a_day = Octets{50'000};
    const std::uint64_t before = servers.destination.counters().received.value();
    const Report report = sync();
    EXPECT_LE(servers.destination.counters().received.value() - before, 51'000U);
    EXPECT_EQ(report.ending, Ending::paused);
    ASSERT_TRUE(report.pause);
    EXPECT_THAT(report.pause->reason, HasSubstr("sent to the destination (--destination-daily-limit)"));
    EXPECT_EQ(days_until_complete(3), 1 + 1) << "paused at once, then complete";
}

TEST_F(Limited, days_later_everything_is_there_once) {
    fill(100);
    servers.request.allowance.source_a_day = Octets{60'000};
    const int days = days_until_complete(20);
    EXPECT_GE(days, 4) << "no day has more than its limit";
    EXPECT_LE(days, 7);
}

TEST_F(Limited, a_limit_below_what_the_listings_take_still_gets_somewhere_each_day) {
    fill(12, 300);
    servers.request.allowance.source_a_day = Octets{1'000};
    EXPECT_LE(days_until_complete(13), 13);
    EXPECT_TRUE(servers.equal());
}

TEST_F(Limited, a_message_larger_than_a_day_allows_is_named_and_the_rest_goes_on) {
    put(servers.from(), "INBOX", dated(mail(1)));
    put(servers.from(), "INBOX", dated(mail(2, std::string(60'000, 'x'))));
    put(servers.from(), "INBOX", dated(mail(3)));
    servers.request.allowance.source_a_day = Octets{50'000};
    const Report report = sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    ASSERT_EQ(report.exceptions.size(), 1U);
    EXPECT_EQ(report.exceptions.front().uid, imap::Uid(2));
    EXPECT_EQ(report.exceptions.front().code, Errc::too_big);
    EXPECT_THAT(report.exceptions.front().reason, HasSubstr("in a day (50.0 kB): give a larger --source-daily-limit"));
    EXPECT_EQ(servers.to().messages(), 2U);
    expect_counts_add_up(report);
}

TEST_F(Limited, messages_that_the_source_does_not_serve_use_nothing_up) {
    fill(40);
    servers.request.allowance.source_a_day = Octets{70'000};
    servers.source.faults().on("UID FETCH").holding("BODY.PEEK[])").always().after_executing().rewrite([](std::string answer) {
        for (auto open = answer.find("BODY[] {"); open != std::string::npos; open = answer.find("BODY[] {", open)) {
            open += std::string_view("BODY[] ").size();
            const std::size_t octets = std::stoul(answer.substr(open + 1));
            answer.replace(open, answer.find("\r\n", open) + 2 + octets - open, "NIL");
        }
        return answer;
    });
    const Report report = sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions) << in_words(report);
    EXPECT_EQ(report.exceptions.size(), 40U);
}

TEST_F(Limited, a_lost_ledger_remembers_no_use) {
    fill(40);
    servers.request.allowance.source_a_day = Octets{50'000};
    EXPECT_EQ(sync().ending, Ending::paused);
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(servers.ledger_path() + suffix);
    const std::size_t there = servers.to().messages();
    const Report report = sync();
    EXPECT_GT(servers.to().messages(), there) << "it goes on at once: " << in_words(report);
    EXPECT_GE(days_until_complete(3), 1) << "and nothing is doubled";
}

TEST_F(Limited, what_an_unlimited_run_used_counts_as_well) {
    fill(20);
    expect_complete(sync());
    servers.request.allowance.source_a_day = Octets{40'000};
    now += 1h;
    EXPECT_EQ(sync().ending, Ending::paused);
    now = noon + 24h;
    expect_complete(sync());
}

TEST_F(Limited, a_dry_run_leaves_no_use_behind) {
    fill(20);
    servers.request.dry_run = true;
    sync();
    EXPECT_FALSE(std::filesystem::exists(servers.ledger_path()));
}

// --- quiet hours ---

TEST_F(Limited, quiet_hours_that_begin_in_the_middle_pause_the_run_until_they_end) {
    fill(2000);
    servers.request.budget = Octets{1};  // as little at a time as goes
    servers.request.allowance.quiet = quiet("12:30-18:00");
    teller.when_progress = [this](const Progress& progress) {
        if (progress.messages_copied > 0) now = noon + 45min;
    };
    Report report = sync();
    EXPECT_EQ(report.ending, Ending::paused) << in_words(report);
    EXPECT_EQ(app::exit_status(report), 4);
    EXPECT_GT(report.totals().copied, 0U);
    EXPECT_LT(report.totals().copied, 2000U);
    EXPECT_EQ(report.totals().copied, messages_in(truth_of(servers.to())));
    ASSERT_TRUE(report.pause);
    EXPECT_EQ(report.pause->cause, Pause::Cause::quiet_hours);
    EXPECT_EQ(report.pause->until, noon + 6h);
    EXPECT_THAT(report.pause->reason, HasSubstr("12:30-18:00"));

    EXPECT_EQ(served([&] { EXPECT_EQ(sync().ending, Ending::paused); }), 0U) << "nobody is asked anything in them";
    now = noon + 6h;
    teller.when_progress = nullptr;
    expect_complete(sync());
    EXPECT_TRUE(servers.equal());
}

TEST_F(Limited, a_limit_that_ends_in_quiet_hours_is_waited_for_until_they_end) {
    fill(40);
    servers.request.allowance.source_a_day = Octets{50'000};
    servers.request.allowance.quiet = quiet("Fri 08:00-18:00");
    const Report report = sync();
    ASSERT_TRUE(report.pause);
    EXPECT_EQ(report.pause->until, noon + 24h + 6h);
}

// --- waiting ---

TEST_F(Limited, a_run_that_waits_goes_on_until_all_is_there_and_reports_it_as_one) {
    fill(100);
    servers.request.allowance.source_a_day = Octets{60'000};
    servers.request.on_pause = app::OnPause::wait;
    teller.when_waiting = [this](const Pause& pause) {
        EXPECT_EQ(servers.source.counters().count("LOGIN") + servers.source.counters().count("AUTHENTICATE"),
                  servers.source.counters().count("LOGOUT"))
            << "no connection is kept meanwhile";
        now = pause.until.value();
    };
    const Report report = sync();
    expect_complete(report);
    EXPECT_GE(teller.waits, 3);
    EXPECT_EQ(report.totals().copied, 100U);
    EXPECT_TRUE(report.mailboxes.front().created || report.mailboxes.back().created);
    EXPECT_FALSE(report.pause);
    EXPECT_TRUE(servers.equal());
}

TEST_F(Limited, a_stop_ends_the_wait_at_once) {
    fill(4);
    servers.request.allowance.quiet = quiet("12:00-18:00");
    servers.request.on_pause = app::OnPause::wait;
    teller.when_waiting = [](const Pause&) { std::raise(SIGTERM); };
    const auto began = std::chrono::steady_clock::now();
    const Report report = app::run_sync(servers.request, teller);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
    EXPECT_EQ(teller.waits, 1);
    EXPECT_EQ(app::exit_status(report), 130);
    ASSERT_TRUE(report.error);
    EXPECT_THAT(report.error->message, HasSubstr("while it waited"));
    EXPECT_EQ(report.source.label, servers.request.source.label());
}

// --- the whole run (imapsync's --exitwhenover) ---

TEST_F(Limited, a_run_ends_with_the_messages_that_reach_its_limit) {
    fill(40);
    servers.request.allowance.in_all = Octets{20'000};
    const Report report = sync();
    EXPECT_EQ(report.ending, Ending::paused);
    ASSERT_TRUE(report.pause);
    EXPECT_EQ(report.pause->cause, Pause::Cause::total);
    EXPECT_FALSE(report.pause->until);
    EXPECT_GE(report.totals().copied_octets.value(), 20'000U);
    EXPECT_LT(report.totals().copied_octets.value(), 25'000U);
}

}  // namespace
}  // namespace mailhaul::sync
