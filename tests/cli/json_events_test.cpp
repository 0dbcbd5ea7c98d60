// SPDX-License-Identifier: Apache-2.0
#include "cli/json_events.hpp"

#include <gmock/gmock.h>

#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::HasSubstr;

constexpr WallTime now{std::chrono::milliseconds{1'795'456'525'013}};

TEST(JsonEvents, carry_the_time_in_utc_with_milliseconds) { EXPECT_EQ(rfc3339(now), "2026-11-23T17:55:25.013Z"); }

TEST(JsonEvents, exception_names_the_message) {
    EXPECT_EQ(json_exception(now, testkit::sample_report().exceptions[0]),
              R"({"type":"exception","time":"2026-11-23T17:55:25.013Z","mailbox":"INBOX","mailbox_raw":"INBOX","uid":4711,)"
              R"("size":52000000,"message_id":"<big@old.example>","subject":"Holiday photos","code":"too_big",)"
              R"("reason":"APPEND: NO [TOOBIG] larger than 50 MB"})");
}

sync::RepairedMessage repaired_message() {
    sync::RepairedMessage message;
    message.mailbox = imap::MailboxName("INBOX");
    message.uid = imap::Uid{7};
    message.size = Octets{1200};
    message.message_id = "<7@old.example>";
    message.subject = "Minutes";
    message.mended.insert(message::Defect::bare_lf);
    message.mended.insert(message::Defect::nul);
    return message;
}

TEST(JsonEvents, repaired_names_the_message_and_what_was_mended) {
    EXPECT_EQ(json_repaired(now, repaired_message()),
              R"({"type":"repaired","time":"2026-11-23T17:55:25.013Z","mailbox":"INBOX","mailbox_raw":"INBOX","uid":7,)"
              R"("size":1200,"message_id":"<7@old.example>","subject":"Minutes","mended":["bare LF","NUL"]})");
}

TEST(JsonEvents, mailbox_is_shown_decoded_and_raw) {
    const std::string line = json_mailbox_started(now, testkit::sample_report().mailboxes[1]);
    EXPECT_THAT(line, HasSubstr("\"source\":\"Entwürfe\",\"source_raw\":\"Entw&APw-rfe\",\"destination\":\"Drafts\""));
}

TEST(JsonEvents, report_says_what_the_text_says) {
    const std::string line = json_report(now, testkit::sample_report(), 3);
    EXPECT_THAT(line, HasSubstr(R"("ending":"complete_with_exceptions","exit_status":3,"dry_run":false,"elapsed_ms":185000)"));
    EXPECT_THAT(line, HasSubstr(R"("totals":{"source_messages":6236,"already":6033,"adopted":0,"copied":202,)"));
    EXPECT_THAT(line, HasSubstr(R"("warnings":["keyword $Label1 cannot be held by the destination"])"));
    EXPECT_THAT(line, testing::Not(HasSubstr("\n")));
}

TEST(JsonEvents, mailbox_done_counts_what_is_left_away_and_what_is_known_of_strangers) {
    sync::MailboxReport mailbox = testkit::sample_report().mailboxes[2];
    EXPECT_THAT(json_mailbox_done(now, mailbox), testing::Not(HasSubstr("strangers"))) << "unknown is left out";
    mailbox.withheld = 12;
    mailbox.labelled = 7;
    mailbox.strangers = 3;
    const std::string line = json_mailbox_done(now, mailbox);
    EXPECT_THAT(line, HasSubstr(R"("withheld":12,"failed":0,"flags_changed":0,"labelled":7,)"));
    EXPECT_THAT(line, HasSubstr(R"("strangers":3)"));
}

TEST(JsonEvents, report_tells_lost_connections) {
    sync::Report report = testkit::sample_report();
    report.source.reconnections = 2;
    EXPECT_THAT(json_report(now, report, 3), HasSubstr(R"("reconnections":2,)"));
}

sync::Pause pause_of_a_day() {
    sync::Pause pause;
    pause.reason = "why";
    pause.until = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24};
    pause.left = Octets{49'500'000'000};
    pause.finished = std::chrono::sys_days{std::chrono::year{2027} / 3 / 12};
    return pause;
}

TEST(JsonEvents, waiting_says_until_when_and_why) {
    EXPECT_EQ(json_waiting(now, pause_of_a_day()),
              R"({"type":"waiting","time":"2026-11-23T17:55:25.013Z","cause":"daily_limit","reason":"why",)"
              R"("until":"2026-11-24T00:00:00.000Z","octets_left":49500000000,"finished":"2027-03-12T00:00:00.000Z"})");
    sync::Pause bare;
    bare.cause = sync::Pause::Cause::quiet_hours;
    bare.reason = "why";
    EXPECT_THAT(json_waiting(now, bare), testing::EndsWith(R"("cause":"quiet_hours","reason":"why"})"))
        << "unknown is left out";
}

TEST(JsonEvents, report_of_a_paused_run_has_the_pause) {
    sync::Report report = testkit::sample_report();
    EXPECT_THAT(json_report(now, report, 3), testing::Not(HasSubstr("\"pause\"")));
    report.pause = pause_of_a_day();
    EXPECT_THAT(json_report(now, report, 4),
                HasSubstr(R"("pause":{"cause":"daily_limit","reason":"why","until":"2026-11-24T00:00:00.000Z",)"));
}

}  // namespace
}  // namespace mailhaul::cli
