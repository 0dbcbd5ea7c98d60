// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_text.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>

#include "cli/log_file.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::HasSubstr;

constexpr WallTime started{std::chrono::milliseconds{1'795'456'525'013}};

class ImapsyncText : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("TZ", "UTC0", 1);
        ::tzset();
    }
};

TEST_F(ImapsyncText, dates_are_written_as_wrappers_expect) {
    EXPECT_EQ(imapsync_date(started), "Monday 23 November 2026-11-23 17:55:25 +0000 UTC");
}

TEST_F(ImapsyncText, sizes_switch_units_at_a_thousand) {
    EXPECT_EQ(imapsync_size(Octets{146}), "0.143 KiB");
    EXPECT_EQ(imapsync_size(Octets{1'440'000}), "1.373 MiB");
}

TEST_F(ImapsyncText, statistics_stand_in_their_columns) {
    sync::Report report = testkit::sample_report();
    report.destination.reconnections = 2;
    report.mailboxes[0].biggest_copied = Octets{9U << 20};
    report.mailboxes[0].left_octets = report.mailboxes[1].left_octets = Octets{};
    report.mailboxes[2].left_octets = Octets{7'000'000};
    MachineUse machine;
    machine.memory_at_start = Octets{12U << 20};
    machine.memory_at_end = Octets{36U << 20};
    machine.cpu_seconds = 2.5;
    machine.load = {0.5, 0.25, 1.0};
    machine.cores = 4;
    const std::string text =
        imapsync_statistics(report, imapsync_verdict(report, {}), started, started + std::chrono::seconds{10}, machine);
    EXPECT_EQ(text, R"(++++ Statistics
Transfer started on                     : Monday 23 November 2026-11-23 17:55:25 +0000 UTC
Transfer ended on                       : Monday 23 November 2026-11-23 17:55:35 +0000 UTC
Transfer time                           : 10.0 sec
Folders synced                          : 3/3 synced
Messages transferred                    : 202
Messages skipped                        : 6033
Messages found duplicate on host1       : 0
Messages found crossduplicate on host2  : 0
Messages void (noheader) on host1       : 0  )"
                    R"(
Messages void (noheader) on host2       : 0  )"
                    R"(
Messages found in host1 not in host2    : 1 messages
Messages deleted on host1               : 0
Messages deleted on host2               : 0
Total bytes transferred                 : 81904096 (78.110 MiB)
Total bytes skipped                     : 7000000 (6.676 MiB)
Message rate                            : 20.2 messages/s
Average bandwidth rate                  : 7998.4 KiB/s
Reconnections to host1                  : 0
Reconnections to host2                  : 2
Memory consumption at the end           : 36.0 MiB (*time 0.1 MiB*h) (started with 12.0 MiB)
Load end is                             : 0.50 0.25 1.00 on 4 cores
CPU time and %cpu                       : 2.50 sec 25.0 %cpu 6.2 %allcpus
Biggest message transferred             : 9437184 (9.000 MiB)
Memory/biggest message ratio            : 4.0
Start difference host2 - host1          : NA
Final difference host2 - host1          : NA
The sync is not finished, there are 1 among 6236 identified messages in host1 that are not on host2.
Detected 1 errors
)");
}

TEST_F(ImapsyncText, a_good_run_looks_good) {
    sync::Report report = testkit::sample_report();
    report.exceptions.clear();
    report.mailboxes.erase(report.mailboxes.begin());
    report.ending = sync::Ending::complete;
    const ImapsyncVerdict verdict = imapsync_verdict(report, {});
    EXPECT_THAT(imapsync_statistics(report, verdict, started, started, MachineUse()),
                HasSubstr("The sync looks good, all 5002 identified messages in host1 are on host2.\n"));
    EXPECT_EQ(imapsync_exit_line(verdict, 4711), "Exiting with return value 0 (EX_OK) 0/50 nb_errors/max_errors PID 4711\n");
}

TEST_F(ImapsyncText, what_was_not_to_be_looked_at_is_neither_skipped_nor_missing) {
    sync::Report report = testkit::sample_report();
    report.exceptions.clear();
    report.mailboxes.erase(report.mailboxes.begin());
    report.ending = sync::Ending::complete;
    sync::MailboxReport& mailbox = report.mailboxes.front();
    mailbox.source_messages += 30;
    mailbox.filtered = 30;
    mailbox.unselected = 20;
    mailbox.crossed = 10;
    const std::string text = imapsync_statistics(report, imapsync_verdict(report, {}), started, started, MachineUse());
    EXPECT_THAT(text, HasSubstr("The sync looks good, all 5012 identified messages in host1 are on host2.\n"));
    EXPECT_THAT(text, HasSubstr("Messages found crossduplicate on host2  : 10\n"));
}

/// One mailbox as it was found: 10 messages of 1000 octets here, `there` of them on host2, three of those strangers.
sync::Report measured_report(std::uint32_t there) {
    sync::Report report;
    sync::MailboxReport mailbox;
    mailbox.source_messages = 10;
    mailbox.already = there - 3;
    mailbox.copied = 10 - mailbox.already;
    mailbox.copied_octets = Octets{1000U * mailbox.copied};
    mailbox.source_sizes = sync::MailboxSizes{10, Octets{10'000}, Octets{1000}};
    mailbox.destination_sizes = sync::MailboxSizes{there, Octets{1000U * there}, Octets{1000}};
    mailbox.strangers = 3;
    mailbox.verified = true;
    report.mailboxes = {mailbox};
    report.ending = sync::Ending::complete;
    return report;
}

TEST_F(ImapsyncText, what_host2_holds_besides_is_said_where_it_is_known) {
    sync::Report report = measured_report(8);
    const auto text = [&] { return imapsync_statistics(report, imapsync_verdict(report, {}), started, started, MachineUse()); };
    EXPECT_THAT(text(), HasSubstr("Messages found in host2 not in host1    : 3 messages\n"));
    EXPECT_THAT(text(), HasSubstr("Start difference host2 - host1          : -2 messages, -2000 bytes (-1.953 KiB)\n"));
    EXPECT_THAT(text(), HasSubstr("Final difference host2 - host1          : 3 messages, 3000 bytes (2.930 KiB)\n"));
    EXPECT_THAT(text(),
                HasSubstr("The sync is not strict, there are 3 among 13 identified messages in host2 that are not on host1."));

    report.mailboxes[0].deleted_on_destination = 3;
    EXPECT_THAT(text(), HasSubstr("The sync is strict, all 10 identified messages in host2 are on host1.\n"));
    EXPECT_THAT(text(), HasSubstr("Final difference host2 - host1          : NA\n")) << "nobody looked at what is left";

    report.mailboxes[0].strangers.reset();
    EXPECT_THAT(text(), testing::Not(testing::AnyOf(HasSubstr("strict"), HasSubstr("in host2 not in host1"))));
}

TEST_F(ImapsyncText, an_end_by_signal_or_by_file_has_its_status) {
    sync::Report report = testkit::sample_report();
    report.error = Error{Errc::cancelled, Scope::run, Retry::now, "stopped"};
    for (const auto& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGQUIT, 131}, std::pair{SIGTERM, 143}}) {
        report.stopped_by = signal;
        EXPECT_EQ(imapsync_verdict(report, {}).status, status);
    }
    ImapsyncCircumstances by_file;
    by_file.was_aborted_by_file = true;
    EXPECT_EQ(imapsync_verdict(report, by_file).status, 7);
}

TEST_F(ImapsyncText, a_refused_deletion_is_an_error_and_no_missing_message) {
    sync::Report report = testkit::sample_report();
    report.exceptions.clear();
    report.mailboxes.erase(report.mailboxes.begin());
    report.mailboxes[0].deletions_refused = 12;
    report.ending = sync::Ending::needs_person;
    const ImapsyncVerdict verdict = imapsync_verdict(report, {});
    EXPECT_EQ(verdict.status, 111);
    EXPECT_THAT(imapsync_statistics(report, verdict, started, started, MachineUse()),
                HasSubstr("all 5002 identified messages in host1 are on host2.\n"));
    EXPECT_THAT(imapsync_error_list(verdict), HasSubstr("Err 1/1: Entwürfe -> Drafts: 12 messages not deleted on host2"));
}

TEST_F(ImapsyncText, a_dry_run_says_what_could_be) {
    sync::Report report = testkit::sample_report();
    report.dry_run = true;
    EXPECT_THAT(imapsync_statistics(report, {}, started, started, MachineUse()),
                HasSubstr(": 0 (could be 202 without dry mode)\n"));
}

TEST_F(ImapsyncText, the_end_is_foretold_where_the_web_page_looks_for_it) {
    sync::Progress progress;
    progress.messages_total = 100;
    progress.messages_done = 40;
    EXPECT_EQ(imapsync_eta_line(started, std::chrono::seconds{5}, progress),
              "ETA: Monday 23 November 2026-11-23 17:55:30 +0000 UTC  5 s  60/100 msgs left\n");
}

TEST_F(ImapsyncText, logs_are_named_by_time_and_users) {
    EXPECT_EQ(imapsync_log_name(started, "a/b c", "d@e"), "2026_11_23_17_55_25_013_a_bc_d@e.txt");
}

struct VerdictRow {
    std::string name;
    Errc code;
    sync::SideName side;
    client::Security security;
    app::Extent extent;
    int status;
};
class Verdict : public testing::TestWithParam<VerdictRow> {};

TEST_P(Verdict, has_imapsyncs_exit_status) {
    sync::Report report;
    report.error = Error(GetParam().code, Scope::account, Retry::later, "words");
    report.error_side = GetParam().side;
    EXPECT_EQ(imapsync_verdict(report, {GetParam().extent, {GetParam().security, GetParam().security}}).status,
              GetParam().status);
}

using sync::SideName;
INSTANTIATE_TEST_SUITE_P(
    table, Verdict,
    testing::Values(
        VerdictRow{"login_1", Errc::login_refused, SideName::source, client::Security::starttls, app::Extent::everything, 161},
        VerdictRow{"login_2", Errc::login_refused, SideName::destination, client::Security::starttls, app::Extent::everything,
                   162},
        VerdictRow{"host_1", Errc::connect_failed, SideName::source, client::Security::starttls, app::Extent::everything, 101},
        VerdictRow{"host_2", Errc::unknown_host, SideName::destination, client::Security::starttls, app::Extent::everything,
                   102},
        VerdictRow{"justconnect", Errc::unknown_host, SideName::source, client::Security::starttls, app::Extent::connect_only,
                   10},
        VerdictRow{"starttls", Errc::certificate_rejected, SideName::source, client::Security::starttls,
                   app::Extent::everything, 12},
        VerdictRow{"implicit", Errc::certificate_rejected, SideName::source, client::Security::implicit_tls,
                   app::Extent::everything, 101},
        VerdictRow{"quota", Errc::over_quota, SideName::destination, client::Security::starttls, app::Extent::everything, 113},
        VerdictRow{"signal", Errc::cancelled, SideName::source, client::Security::starttls, app::Extent::everything, 130},
        VerdictRow{"one_account", Errc::same_account, SideName::source, client::Security::starttls, app::Extent::everything,
                   64},
        VerdictRow{"other", Errc::store_failed, SideName::source, client::Security::starttls, app::Extent::everything, 111}),
    [](const auto& info) { return info.param.name; });

TEST(VerdictOfSeveral, is_that_of_the_most_frequent_kind) {
    sync::Report report = testkit::sample_report();
    sync::MessageException virus = report.exceptions[0];
    virus.code = Errc::message_refused;
    virus.reason = "contains a Virus";
    report.exceptions.push_back(virus);
    EXPECT_EQ(imapsync_verdict(report, {}).most_frequent, "ERR_APPEND_SIZE") << "ties go to the first in the alphabet";
    report.exceptions.push_back(virus);
    EXPECT_EQ(imapsync_verdict(report, {}).status, 119);
    EXPECT_THAT(imapsync_error_list(imapsync_verdict(report, {})), HasSubstr("The most frequent error is ERR_APPEND_VIRUS.\n"));
}

TEST(ImapsyncVerdict, of_a_run_that_reached_its_limit_is_118_whatever_mailboxes_it_left) {
    sync::Report report = testkit::sample_report();
    report.exceptions.clear();
    report.ending = sync::Ending::paused;
    report.error = Error{Errc::throttled, Scope::run, Retry::later, "1.0 MB are copied"};
    report.mailboxes[0].error = report.mailboxes[1].error = report.error;
    report.pause.emplace();
    report.pause->cause = sync::Pause::Cause::total;
    report.pause->reason = report.error->message;
    const ImapsyncVerdict verdict = imapsync_verdict(report, {});
    EXPECT_EQ(verdict.status, 118);
    EXPECT_EQ(verdict.symbol, "EXIT_TRANSFER_EXCEEDED");
    ASSERT_EQ(verdict.errors.size(), 1U);
    EXPECT_THAT(verdict.errors.front().words, HasSubstr("Maximum bytes transferred reached"));
}

}  // namespace
}  // namespace mailhaul::cli
