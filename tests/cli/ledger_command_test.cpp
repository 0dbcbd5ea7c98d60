// SPDX-License-Identifier: Apache-2.0
// `mailhaul ledger` from its command line to its output, over real ledgers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <ctime>

#include "cli/commands.hpp"
#include "testkit/cli/surroundings.hpp"
#include "testkit/sample_ledger.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LedgerCommand : public testing::Test {
protected:
    void SetUp() override {
        setenv("TZ", "<+01>-1", 1);
        tzset();
        ASSERT_FALSE(mailhaul::testkit::write_sample_ledger(path_).empty());
    }
    void TearDown() override {
        unsetenv("TZ");
        tzset();
    }

    int run(std::vector<std::string> arguments) {
        process_.out.clear();
        process_.err.clear();
        arguments.insert(arguments.begin(), "ledger");
        return run_program("mailhaul", arguments, process_.surroundings());
    }

    mailhaul::testkit::ScratchFolder folder_;
    std::string path_ = folder_.file("u1.ledger");
    testkit::FakeProcess process_;
};

const std::string copied_text =
    "INBOX uid 7 (uidvalidity 11) -> INBOX uid 3 (uidvalidity 22)\n"
    "  copied 2026-11-23T18:55:25+01:00\n"
    "  flags   $Forwarded \\Seen\n"
    "  sha256  abababababababababababababababababababababababababababababababab\n";

const std::string refused_text =
    "INBOX uid 9 (uidvalidity 11): not copied\n"
    "  reason      NO [LIMIT] message \"too\" large\n"
    "  tried       2026-11-24T18:55:25+01:00\n"
    "  size        60.0 MB\n"
    "  subject     Holiday pictures, all\n"
    "  message-id  <43@old.example>\n";

TEST_F(LedgerCommand, show_tells_whose_it_is_and_what_it_holds) {
    EXPECT_EQ(run({"show", path_}), 0);
    EXPECT_THAT(process_.out, testing::StartsWith("Ledger of u1@old.example:993 to u1@new.example:993\n" + path_ +
                                                  "\n\n"
                                                  "  folder              uidvalidity  copied  adopted  exceptions  settled\n"
                                                  "  INBOX                  11 -> 22       1        0           1      yes\n"
                                                  "  Entwürfe -> Drafts     12 -> 23       0        1           0       no\n"
                                                  "  all 2 folders                         1        1           1\n\n"
                                                  "2 messages on both sides, 1 exception, "));
    EXPECT_THAT(process_.out, HasSubstr(" on disk, "));
    EXPECT_THAT(process_.out, testing::EndsWith(" octets a message\n"));
}

TEST_F(LedgerCommand, show_says_the_same_as_json) {
    EXPECT_EQ(run({"show", path_, "--json"}), 0);
    EXPECT_THAT(process_.out, testing::StartsWith(R"({"type":"ledger","path":")" + path_ +
                                                  R"(","source":"u1@old.example:993","destination":"u1@new.example:993",)"
                                                  R"("copied":1,"repaired":0,"adopted":1,"exceptions":1,"octets":)"));
    EXPECT_THAT(
        process_.out,
        HasSubstr(
            R"("mailboxes":[{"source":"INBOX","source_raw":"INBOX","source_uid_validity":11,"destination":"INBOX",)"
            R"("destination_raw":"INBOX","destination_uid_validity":22,"copied":1,"repaired":0,"adopted":0,"exceptions":1,)"
            R"("settled":true},{"source":"Entwürfe","source_raw":"Entw&APw-rfe",)"));
}

TEST_F(LedgerCommand, find_tells_where_a_message_is) {
    EXPECT_EQ(run({"find", path_, "--message-id", "<42@old.example>"}), 0);
    EXPECT_EQ(process_.out, copied_text);
    EXPECT_EQ(run({"find", "--ledger", path_, "--destination-uid", "3", "--folder", "INBOX"}), 0);
    EXPECT_EQ(process_.out, copied_text);
}

TEST_F(LedgerCommand, tells_what_was_repaired_and_how) {
    message::Repair repair{message::Defects(5), {}};
    repair.sha256.fill(0xcd);
    const std::array entries{store::Entry{.source = imap::Uid{8},
                                          .destination = imap::Uid{4},
                                          .sha256 = message::Sha256{},
                                          .message_id = std::nullopt,
                                          .flags = {},
                                          .repair = repair}};
    ASSERT_TRUE(store::open_sqlite_ledger(path_, mailhaul::testkit::sample_account)
                    .value()
                    ->record(mailhaul::testkit::sample_inbox, entries)
                    .ok());
    EXPECT_EQ(run({"find", path_, "--uid", "8"}), 0);
    EXPECT_THAT(process_.out, AllOf(HasSubstr("  repaired before it was stored: bare LF, NUL\n"), HasSubstr("  stored  cdcd")));
    EXPECT_EQ(run({"find", path_, "--uid", "8", "--json"}), 0);
    EXPECT_THAT(process_.out, HasSubstr(R"("repaired":["bare LF","NUL"],"repaired_sha256":"cdcd)"));
    EXPECT_EQ(run({"export", path_, "--csv"}), 0);
    EXPECT_THAT(process_.out, HasSubstr(",\"bare LF, NUL\",cdcd"));
    EXPECT_EQ(run({"show", path_}), 0);
    EXPECT_THAT(process_.out, HasSubstr("1 message repaired before being stored"));
}

TEST_F(LedgerCommand, find_tells_why_a_message_is_not_there) {
    EXPECT_EQ(run({"find", path_, "--subject", "holiday"}), 0);
    EXPECT_EQ(process_.out, refused_text);
}

TEST_F(LedgerCommand, find_tells_what_it_does_not_know_of_an_adopted_message) {
    EXPECT_EQ(run({"find", path_, "--uid", "1"}), 0);
    EXPECT_THAT(process_.out, AllOf(HasSubstr("Entwürfe uid 1"), HasSubstr("adopted (it was there already) 2026-11-23"),
                                    HasSubstr("flags   none"), HasSubstr("sha256  not known")));
}

TEST_F(LedgerCommand, find_takes_a_day_as_the_clock_on_the_wall_has_it) {
    EXPECT_EQ(run({"find", path_, "--date", "2026-11-24"}), 0);
    EXPECT_EQ(process_.out, refused_text);
    setenv("TZ", "<+10>-10", 1);  // there it is the next morning
    EXPECT_EQ(run({"find", path_, "--date", "2026-11-24", "--uid", "7"}), 0);
    EXPECT_THAT(process_.out, HasSubstr("copied 2026-11-24T03:55:25+10:00"));
}

TEST_F(LedgerCommand, find_prints_one_json_object_for_each_message) {
    EXPECT_EQ(run({"find", path_, "--uid", "7", "--json"}), 0);
    EXPECT_EQ(
        process_.out,
        R"({"type":"message","source":"INBOX","source_raw":"INBOX","source_uid_validity":11,"destination":"INBOX",)"
        R"("destination_raw":"INBOX","destination_uid_validity":22,"source_uid":7,"destination_uid":3,"how":"copied",)"
        R"("at":"2026-11-23T17:55:25.000Z","sha256":"abababababababababababababababababababababababababababababababab",)"
        R"("message_id_digest":")" +
            [] {
                char digits[17];
                std::snprintf(digits, sizeof digits, "%016llx",
                              static_cast<unsigned long long>(message::digest_of_message_id("<42@old.example>")));
                return std::string(digits);
            }() +
            R"(","flags":["$Forwarded","\\Seen"]})"
            "\n");
    EXPECT_EQ(run({"find", path_, "--uid", "9", "--json"}), 0);
    EXPECT_THAT(process_.out,
                HasSubstr(R"("how":"exception","at":"2026-11-24T17:55:25.000Z","reason":"NO [LIMIT] message \"too\" )"
                          R"(large","size":60000000,"subject":"Holiday pictures, all",)"));
}

TEST_F(LedgerCommand, nothing_found_is_status_1_and_names_the_way) {
    EXPECT_EQ(run({"find", path_, "--subject", "invoice"}), 1);
    EXPECT_THAT(process_.out, IsEmpty());
    EXPECT_THAT(process_.err,
                AllOf(HasSubstr("no such message among the 3"), HasSubstr("only of messages that could not be copied"),
                      HasSubstr("on the server by its subject, then here by its Message-ID or UID")));
    EXPECT_EQ(run({"find", path_, "--message-id", "<none@old.example>"}), 1);
    EXPECT_THAT(process_.err, AllOf(HasSubstr("of 1 message the Message-ID was never read"), Not(HasSubstr("subject"))));
    EXPECT_EQ(run({"find", path_, "--uid", "7", "--folder", "Nowhere"}), 1);
    EXPECT_THAT(process_.err, HasSubstr("knows no folder Nowhere"));
}

TEST_F(LedgerCommand, export_gives_json_lines_of_everything) {
    EXPECT_EQ(run({"export", path_}), 0);
    EXPECT_EQ(std::count(process_.out.begin(), process_.out.end(), '\n'), 3);
    EXPECT_THAT(process_.out, AllOf(testing::StartsWith(R"({"type":"message",)"), HasSubstr(R"("how":"adopted")")));
}

TEST_F(LedgerCommand, export_gives_csv_with_a_header_and_quotes_what_needs_it) {
    EXPECT_EQ(run({"export", path_, "--csv"}), 0);
    EXPECT_THAT(process_.out, testing::StartsWith(
                                  "source,source_raw,source_uid_validity,source_uid,destination,destination_raw,"
                                  "destination_uid_validity,destination_uid,how,at,sha256,message_id_digest,flags,reason,size,"
                                  "subject,message_id,repaired,repaired_sha256\r\n"
                                  "INBOX,INBOX,11,7,INBOX,INBOX,22,3,copied,2026-11-23T17:55:25.000Z,abab"));
    EXPECT_THAT(
        process_.out,
        HasSubstr("INBOX,INBOX,11,9,INBOX,INBOX,22,,exception,2026-11-24T17:55:25.000Z,,,,"
                  "\"NO [LIMIT] message \"\"too\"\" large\",60000000,\"Holiday pictures, all\",<43@old.example>,,\r\n"));
    EXPECT_THAT(process_.out, testing::EndsWith("Entwürfe,Entw&APw-rfe,12,1,Drafts,Drafts,23,1,adopted,"
                                                "2026-11-23T17:55:25.000Z,,,,,,,,,\r\n"));
}

TEST_F(LedgerCommand, the_ledger_of_two_accounts_is_found_in_its_usual_place) {
    const std::string state = folder_.file("state");
    setenv("XDG_STATE_HOME", state.c_str(), 1);
    ASSERT_FALSE(mailhaul::testkit::write_sample_ledger(store::default_ledger_path(mailhaul::testkit::sample_account)).empty());
    EXPECT_EQ(run({"find", "u1@old.example", "--to", "imaps://u1@new.example", "--uid", "7"}), 0);
    EXPECT_EQ(process_.out, copied_text);
    EXPECT_EQ(run({"show", "u2@old.example", "--to", "u1@new.example"}), 14);
    EXPECT_THAT(process_.err, AllOf(HasSubstr("u2@old.example:993 to u1@new.example:993"), HasSubstr(state + "/mailhaul/u2@")));
    unsetenv("XDG_STATE_HOME");
}

TEST_F(LedgerCommand, works_while_a_run_holds_the_ledger) {
    auto run_of_its_own = store::open_sqlite_ledger(path_, mailhaul::testkit::sample_account);
    ASSERT_TRUE(run_of_its_own.ok());
    EXPECT_EQ(run({"find", path_, "--uid", "7"}), 0);
    EXPECT_EQ(process_.out, copied_text);
}

TEST_F(LedgerCommand, a_ledger_that_cannot_be_used_is_status_14) {
    EXPECT_EQ(run({"show", folder_.file("none")}), 14);
    EXPECT_THAT(process_.err, HasSubstr("there is no ledger \"" + folder_.file("none") + "\""));
    EXPECT_EQ(run({"export", folder_.file_with("list.csv", "user1;secret\n")}), 14);
    EXPECT_THAT(process_.err, AllOf(HasSubstr("is not a ledger"), Not(HasSubstr("secret"))));
    EXPECT_EQ(run({"show", "u2@old.example", "--to", "u2@new.example", "--ledger", path_}), 14);
    EXPECT_THAT(process_.err, HasSubstr("belongs to u1@old.example:993 to u1@new.example:993, not to u2@old.example:993"));
}

struct Mistake {
    std::vector<std::string> arguments;
    const char* said;
};

TEST_F(LedgerCommand, a_wrong_line_is_status_64_and_says_what_is_wanted) {
    const std::vector<Mistake> mistakes{
        {{}, "wanted show, find or export"},
        {{"list", "x"}, "what is 'list'? wanted show, find or export"},
        {{"show"}, "no ledger: name its FILE, or its accounts as SOURCE --to DESTINATION"},
        {{"show", "x", "y"}, "one ledger at a time: what is 'y'?"},
        {{"show", "x", "--ledger", "y"}, "two ledgers, 'x' and --ledger y: name one"},
        {{"show", "--to", "u1@new.example"}, "--to without a source"},
        {{"show", "u1", "--to", "u1@new.example"}, "source: "},
        {{"show", "x", "--uid", "7"}, "--uid is for find"},
        {{"show", "x", "--csv"}, "--csv is for export"},
        {{"export", "x", "--csv", "--json"}, "--json and --csv: choose one"},
        {{"find", "x"}, "nothing to find: add --message-id"},
        {{"find", "x", "--folder", "INBOX"}, "nothing to find: add --message-id"},
        {{"find", "x", "--uid", "0"}, "--uid 0: wanted a UID"},
        {{"find", "x", "--destination-uid", "4294967296"}, "wanted a UID"},
        {{"find", "x", "--date", "2026-02-30"}, "--date 2026-02-30: wanted a day such as 2024-01-31"},
        {{"find", "x", "--date", "yesterday"}, "wanted a day"},
        {{"find", "x", "--subject", ""}, "--subject is empty"},
        {{"find", "x", "--nonsense"}, "unknown option --nonsense"},
    };
    for (const Mistake& mistake : mistakes) {
        EXPECT_EQ(run(mistake.arguments), 64) << mistake.said;
        EXPECT_THAT(process_.err, HasSubstr(mistake.said));
        EXPECT_THAT(process_.out, Not(HasSubstr("INBOX")));
    }
    EXPECT_EQ(run({"show", "--json"}), 64);
    EXPECT_THAT(process_.out, testing::StartsWith(R"({"type":"usage_error",)"));
}

TEST_F(LedgerCommand, help_says_which_subjects_are_known_and_what_1_means) {
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_THAT(process_.out, AllOf(HasSubstr("mailhaul ledger show|find|export"), HasSubstr("keeps no subjects of\n"),
                                    HasSubstr("1 nothing was found")));
}

}  // namespace
}  // namespace mailhaul::cli
