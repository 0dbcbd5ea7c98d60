// SPDX-License-Identifier: Apache-2.0
// What the lines of `mailhaul verify` and `mailhaul certificate` mean, and what is printed; no server is needed for that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/certificate_files.hpp"
#include "cli/commands.hpp"
#include "cli/verify_text.hpp"
#include "testkit/cli/surroundings.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Row {
    std::vector<std::string> options;
    const char* mistake;
};

TEST(VerifyCommand, says_what_is_wrong_with_a_line) {
    for (const Row& row : {
             Row{{"--counted", "--bodies"}, "one level at a time"},
             Row{{"--sample", "5%"}, "needs --headers or --bodies"},
             Row{{"--bodies", "--sample", "much"}, "wanted a share such as 5%"},
             Row{{"--bodies", "--seed", "1"}, "add --sample"},
             Row{{"--headers", "--without-source"}, "is for --bodies"},
             Row{{"--html", "x.html"}, "add --certificate"},
             Row{{"--signing-key", "x"}, "add --certificate"},
         }) {
        testkit::FakeProcess process;
        std::vector<std::string> arguments{"u@old.example",          "--to", "u@new.example", "--source-password", "env:A",
                                           "--destination-password", "env:B"};
        arguments.insert(arguments.end(), row.options.begin(), row.options.end());
        EXPECT_EQ(verify_command(arguments, process.surroundings()), 64) << row.mistake;
        EXPECT_THAT(process.err, HasSubstr(row.mistake));
    }
}

TEST(VerifyCommand, takes_no_folder) {
    testkit::FakeProcess process;
    const std::vector<std::string> arguments{"imaps://u@old.example/INBOX", "--to", "u@new.example"};
    EXPECT_EQ(verify_command(arguments, process.surroundings()), 64);
    EXPECT_THAT(process.err, HasSubstr("without a folder"));
}

proof::Verification found_with_difference() {
    proof::Verification found;
    found.accounts = {"u@old.example:993", "u@new.example:993"};
    found.level = proof::Level::bodies;
    proof::MailboxResult& inbox = found.mailboxes.emplace_back();
    inbox.source = "INBOX";
    inbox.destination = "In\x1b[2J";
    inbox.tally = {.entries = 1240, .proven = 1239, .other_headers = 1};
    found.findings.push_back(
        {0, imap::Uid{4711}, imap::Uid{12}, proof::Verdict::other_headers, "", {"added X-New", "changed Date"}});
    return found;
}

TEST(VerificationText, names_the_message_and_the_header_lines_and_what_is_proven) {
    const std::string text = verification_text(found_with_difference());
    EXPECT_THAT(text, AllOf(HasSubstr("1,239 of 1,240 messages proven, 1 equal but for header lines"),
                            HasSubstr("uid 4711 on the source, 12 on the destination"),
                            HasSubstr("equal but for header lines: added X-New, changed Date"),
                            HasSubstr("\nProves: The octets"), HasSubstr("\nDoes not prove: "), Not(HasSubstr("\x1b"))));
    app::VerifyReport report;
    report.found = found_with_difference();
    EXPECT_THAT(
        json_verify_report({}, report, 3),
        AllOf(HasSubstr(R"("type":"verify_report")"), HasSubstr(R"("exit_status":3,"holds":false)"),
              HasSubstr(R"("verdict":"equal_but_headers")"), HasSubstr(R"("header_lines":["added X-New","changed Date"])")));
}

struct Checked {
    int status;
    std::string out;
    std::string err;
};

Checked check(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "check");
    testkit::FakeProcess process;
    const int status = certificate_command(arguments, process.surroundings());
    return {status, process.out, process.err};
}

TEST(CertificateCommand, tells_integrity_from_trust_and_has_a_status_for_each_ending) {
    const mailhaul::testkit::ScratchFolder folder;
    app::CertificateRequest request;
    request.document = folder.file("c.json");
    request.signing_key = folder.file("key");
    const auto issued = app::issue_certificate(found_with_difference(), request);
    ASSERT_TRUE(issued.ok());
    const std::string signer = proof::hex_from(proof::fingerprint_of(issued->signer));

    const Checked intact = check({request.document});
    EXPECT_EQ(intact.status, 3);
    EXPECT_THAT(intact.out, AllOf(HasSubstr(signer), HasSubstr("and not who signed")));
    EXPECT_THAT(check({request.document, "--trust", signer}).out, HasSubstr("which is the one you trust"));

    const Checked stranger = check({request.document, "--trust", std::string(64, 'a')});
    EXPECT_EQ(stranger.status, 20);
    EXPECT_THAT(stranger.err, HasSubstr("not the signer you trust"));
    EXPECT_THAT(stranger.out, IsEmpty());

    std::string text = mailhaul::testkit::content_of(request.document);
    text[100] ^= 1;
    EXPECT_EQ(check({folder.file_with("altered.json", text)}).status, 20);
    EXPECT_EQ(check({folder.file("nothing.json")}).status, 14);
    EXPECT_EQ(check({}).status, 64);
    EXPECT_EQ(check({request.document, "--trust", "abc"}).status, 64);
}

}  // namespace
}  // namespace mailhaul::cli
