// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_text.hpp"

#include <gmock/gmock.h>

#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::HasSubstr;

app::DemoOutcome sample_outcome() {
    app::DemoOutcome outcome;
    outcome.first = testkit::sample_report();
    outcome.first.ending = sync::Ending::complete;
    outcome.second.ending = sync::Ending::complete;
    outcome.second_pass_commands = 14;
    outcome.proof.mailboxes = 3;
    outcome.proof.messages = 202;
    outcome.proof.octets = Octets{81'900'000};
    return outcome;
}

TEST(DemoText, ends_in_the_proof) {
    EXPECT_EQ(demo_text(sample_outcome()),
              R"(First pass: 202 messages copied (81.9 MB) in 3 min 05 s, 6,033 already there; complete
Second pass: 0 messages copied (0 B) in 0.0 s; complete
  with 14 commands to both servers together, and nothing appended
Proof: both servers hold the same 202 messages of 81.9 MB in 3 folders, compared octet for octet, with flags and dates
Next:  mailhaul sync SOURCE --to DESTINATION --dry-run
)");
}

TEST(DemoText, names_every_difference) {
    app::DemoOutcome outcome = sample_outcome();
    outcome.proof.differences = {"INBOX: 1 message missing"};
    EXPECT_THAT(demo_text(outcome), HasSubstr("The proof FAILS: 202 messages equal, but\n  INBOX: 1 message missing\n"));
    EXPECT_THAT(json_proof({}, outcome, 1), HasSubstr(R"("holds":false,"exit_status":1,"mailboxes":3)"));
}

TEST(DemoText, shows_a_command_to_try_on_the_servers) {
    const app::DemoServer source{"old", "127.0.0.1", 1143, "anna@old.example", "sample"};
    const app::DemoServer destination{"new", "127.0.0.1", 2143, "anna", "sample"};
    EXPECT_THAT(
        demo_servers_text(source, destination),
        HasSubstr(
            "mailhaul sync imap+insecure://anna%40old.example@127.0.0.1:1143 --to imap+insecure://anna@127.0.0.1:2143\n"));
}

}  // namespace
}  // namespace mailhaul::cli
