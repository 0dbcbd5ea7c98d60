// SPDX-License-Identifier: Apache-2.0
#include "cli/report_text.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>

#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::HasSubstr;
using testkit::sample_report;

TEST(ReportText, names_what_changed_and_what_was_not_copied) {
    EXPECT_EQ(report_text(sample_report(), 100), R"(Copy of u1@old.example:993 to u1@new.example:993, 3 min 05 s

  folder                    messages  copied     size  already  refused
  INBOX                        1,234     200  81.9 MB    1,033        1
  Entwürfe -> Drafts (new)         2       2   4.1 kB
  all 3 folders                6,236     202  81.9 MB    6,033        1
  1 folder had nothing new.

Folders left out:
  Spam: excluded by --exclude ^Spam

Not copied (1 message):
  INBOX, uid 4711, 52.0 MB
    subject:    Holiday photos
    message-id: <big@old.example>
    reason:     APPEND: NO [TOOBIG] larger than 50 MB

Warnings:
  keyword $Label1 cannot be held by the destination

Result: complete, but for the 1 message named above
Next:   move the messages named above by hand, or remove the reason and run again
)");
}

sync::Report report_with_a_repair() {
    sync::Report report = sample_report();
    report.exceptions.clear();
    report.mailboxes[0].failed = 0;
    report.mailboxes[0].repaired = 1;
    report.mailboxes[0].verified = true;
    report.ending = sync::Ending::complete;
    sync::RepairedMessage message;
    message.mailbox = imap::MailboxName("INBOX");
    message.uid = imap::Uid{7};
    message.size = Octets{1200};
    message.subject = "Minutes";
    message.mended.insert(message::Defect::bare_lf);
    report.repaired = {message};
    return report;
}

sync::Report report_of_a_complete_run() {
    sync::Report report = report_with_a_repair();
    report.mailboxes[0].repaired = 0;
    report.repaired.clear();
    return report;
}

TEST(ReportText, says_what_is_not_there_though_nothing_failed) {
    sync::Report report = report_of_a_complete_run();
    EXPECT_THAT(report_text(report, 100),
                HasSubstr("Result: complete: every message is on the destination, looked at there\n"));
    report.mailboxes[2].withheld = 12;
    const std::string text = report_text(report, 100);
    EXPECT_THAT(text, HasSubstr("removed since"));
    EXPECT_THAT(text, HasSubstr("is on the destination, looked at there, but for 12 messages removed there since the copy "
                                "(--restore-removed copies such messages again)\n"));
    report.mailboxes[2].withheld = 0;
    report.mailboxes[2].filtered = 5;
    EXPECT_THAT(report_text(report, 100), HasSubstr("Result: complete: every message that was chosen is on the destination, "));
}

TEST(ReportText, of_a_run_with_exceptions_says_what_else_is_not_there) {
    sync::Report report = sample_report();
    report.mailboxes[2].withheld = 1;
    EXPECT_THAT(report_text(report, 100), HasSubstr("Result: complete, but for the 1 message named above and 1 message removed "
                                                    "there since the copy (--restore-removed"));
}

TEST(ReportText, labels_given_are_news) {
    sync::Report report = report_of_a_complete_run();
    report.mailboxes[2].labelled = 7;
    EXPECT_THAT(report_text(report, 100), testing::ContainsRegex("labels\n(.*\n)*  Archive .* 7\n"));
}

TEST(ReportText, names_what_was_repaired) {
    const std::string text = report_text(report_with_a_repair(), 100);
    EXPECT_THAT(text, HasSubstr("Repaired, as the destination refused the original (1 message):\n"
                                "  INBOX, uid 7, 1.2 kB\n    subject:    Minutes\n    mended:     bare LF\n"));
    EXPECT_THAT(text, HasSubstr("Result: complete: every message is on the destination, looked at there; 1 message repaired"));
    EXPECT_THAT(text, HasSubstr("repaired  already\n"));
    EXPECT_THAT(exceptions_text(report_with_a_repair()), testing::StartsWith("Repaired, as")) << "quiet runs name it as well";
}

TEST(ReportText, of_a_dry_run_says_would) {
    sync::Report report = sample_report();
    report.dry_run = true;
    report.exceptions.clear();
    report.ending = sync::Ending::complete;
    const std::string text = report_text(report, 100);
    EXPECT_THAT(text, testing::StartsWith("Dry run, nothing was changed: "));
    EXPECT_THAT(text, HasSubstr("would copy"));
    EXPECT_THAT(text, HasSubstr("Next:   run it without --dry-run\n"));
}

TEST(ReportText, of_a_failure_says_whose_and_what_to_do) {
    sync::Report report;
    report.source.label = "a@b:993";
    report.destination.label = "c@d:993";
    report.ending = sync::Ending::needs_person;
    report.error = Error(Errc::login_refused, Scope::account, Retry::never, "login refused", "NO [AUTHENTICATIONFAILED] no");
    report.error_side = sync::SideName::destination;
    const std::string text = report_text(report, 80);
    EXPECT_THAT(text, HasSubstr("Result: stopped: somebody must act\n"));
    EXPECT_THAT(text, HasSubstr("Reason: destination: login refused: server said \"NO [AUTHENTICATIONFAILED] no\"\n"));
    EXPECT_THAT(text, HasSubstr("Next:   do what the reason says, then run again"));
}

TEST(ReportText, of_refused_deletions_claims_no_plain_success) {
    sync::Report report = sample_report();
    report.exceptions.clear();
    report.mailboxes[0].failed = 0;
    report.mailboxes[0].deletions_refused = 12;
    report.warnings = {"nothing is deleted from \"INBOX\" on the destination: the evidence"};
    report.ending = sync::Ending::needs_person;
    const std::string text = report_text(report, 100);
    EXPECT_THAT(text, HasSubstr("not deleted\n"));
    EXPECT_THAT(text, HasSubstr("Result: everything is copied; 12 messages on the destination were not deleted, see the "
                                "warnings\nNext:   look at what the warnings name"));
    EXPECT_THAT(exceptions_text(report), HasSubstr("the evidence")) << "quiet runs say it as well";
    report.dry_run = true;
    EXPECT_THAT(report_text(report, 100), HasSubstr("Result: everything would be copied; 12 messages on the destination would "
                                                    "not be deleted"));
}

TEST(ReportText, names_folders_renamed_and_removed) {
    sync::Report report = sample_report();
    report.renamed.push_back(
        {imap::MailboxName("Old"), imap::MailboxName("New"), imap::MailboxName("Old"), imap::MailboxName("New")});
    report.removed_mailboxes.push_back({imap::MailboxName("Gone"), 3, imap::MailboxName("Removed by mailhaul/Gone")});
    EXPECT_THAT(report_text(report, 100), HasSubstr("Renamed on the destination, as on the source:\n  \"Old\" to \"New\"\n"));
    EXPECT_THAT(report_text(report, 100),
                HasSubstr("Folders removed from the destination:\n  Gone, 3 messages, now Removed by"));
    report.dry_run = true;
    EXPECT_THAT(report_text(report, 100), HasSubstr("Would be renamed on the destination"));
    EXPECT_THAT(report_text(report, 100), HasSubstr("Folders that would be removed from the destination"));
}

TEST(ReportText, of_refused_folders_claims_no_plain_success) {
    sync::Report report = sample_report();
    report.exceptions.clear();
    report.mailboxes[0].failed = 0;
    report.mailboxes_refused = 2;
    report.ending = sync::Ending::needs_person;
    EXPECT_THAT(report_text(report, 100), HasSubstr("2 folders on the destination were not deleted, see the warnings"));
}

TEST(ReportText, lets_no_sender_steer_the_terminal) {
    sync::Report report = sample_report();
    report.exceptions[0].subject = "\x1b[2Jgone\xC2\x9B";
    EXPECT_THAT(report_text(report, 100), HasSubstr("subject:    ?[2Jgone?\n"));
}

TEST(ReportText, cuts_long_names_to_the_width) {
    sync::Report report = sample_report();
    report.mailboxes[1].source = imap::MailboxName(std::string(200, 'x'));
    std::size_t longest = 0;
    const std::string text = report_text(report, 70);
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
        if (text.find("xxx", begin) < end) longest = std::max(longest, end - begin);
    EXPECT_GT(longest, 0U);
    EXPECT_LE(longest, 70U);
}

TEST(ExceptionsText, is_empty_where_all_is_well) {
    sync::Report report = sample_report();
    EXPECT_THAT(exceptions_text(report), testing::StartsWith("Not copied (1 message):\n"));
    report.ending = sync::Ending::complete;
    EXPECT_EQ(exceptions_text(report), "");
}

sync::Report paused_report() {
    setenv("TZ", "UTC", 1);
    tzset();
    sync::Report report = sample_report();
    report.exceptions.clear();
    report.ending = sync::Ending::paused;
    report.pause.emplace();
    report.pause->reason = "500.0 MB a day may be sent to the destination";
    report.pause->until = std::chrono::sys_days{std::chrono::year{2026} / 11 / 27} + std::chrono::minutes{18 * 60 + 12};
    report.pause->left = Octets{49'500'000'000};
    report.pause->finished = std::chrono::sys_days{std::chrono::year{2027} / 3 / 12};
    report.error = Error{Errc::throttled, Scope::run, Retry::later, report.pause->reason};
    return report;
}

TEST(ReportText, of_a_paused_run_says_until_when_why_what_is_left_and_when_it_is_finished) {
    EXPECT_THAT(report_text(paused_report(), 100), HasSubstr("Result: paused until Fri 27 Nov 2026 18:12\n"
                                                             "Reason: 500.0 MB a day may be sent to the destination\n"
                                                             "Left:   about 49.5 GB, finished on 12 March 2027 at this pace\n"
                                                             "Next:   run the same command again then, or with --wait: "));
    EXPECT_THAT(exceptions_text(paused_report()), HasSubstr("paused until Fri 27 Nov 2026 18:12"))
        << "quiet runs say it as well";
    sync::Report begun = paused_report();
    begun.mailboxes[0].error = begun.error;
    EXPECT_THAT(report_text(begun, 100), HasSubstr("Folders that ended early:\n  INBOX: to be continued\n"));
    sync::Report unknown = paused_report();
    unknown.pause->left.reset();
    EXPECT_THAT(report_text(unknown, 100), testing::Not(HasSubstr("Left:")));
}

}  // namespace
}  // namespace mailhaul::cli
