// SPDX-License-Identifier: Apache-2.0
// What `mailhaul login` and `mailhaul probe` make of their command lines, as far as that goes without a network; and what a
// probe says about what it found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/account_request.hpp"
#include "cli/commands.hpp"
#include "cli/probe_text.hpp"
#include "cli/sync_options.hpp"
#include "cli/sync_request.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::HasSubstr;

struct Row {
    std::vector<std::string> arguments;
    const char* mistake;
};

TEST(LoginCommand, says_what_is_wrong_with_its_line_before_anything_is_asked) {
    for (const Row& row : {
             Row{{}, "no account"},
             Row{{"u1@old.example", "more"}, "one account at a time"},
             Row{{"u1@old.example", "--paste"}, "--paste goes with --authorize PROVIDER"},
             Row{{"u1@old.example", "--authorize", "google", "--oauth", "f"}, "add --client-id ID"},
             Row{{"u1@old.example", "--authorize", "google", "--client-id", "i"}, "add --oauth FILE"},
             Row{{"u1@old.example", "--authorize", "lab", "--client-id", "i", "--oauth", "f"}, "is no provider mailhaul knows"},
             Row{{"u1@old.example", "--authorize", "google", "--device", "--client-id", "i", "--oauth", "f"},
                 "gives no mail tokens to devices"},
             Row{{"u1@old.example", "--authorize", "google", "--device", "--paste", "--client-id", "i", "--oauth", "f"},
                 "choose one"},
             Row{{"u1@old.example", "--authorize", "google", "--service-account", "f", "--oauth", "f"},
                 "would overwrite the key"},
             Row{{"u1@old.example", "--impersonate", "kerio"}, "add --authorize-as USER"},
             Row{{"u1@old.example", "--authorize-as", "u2", "--impersonate", "magic"}, "wanted sasl, proxyauth or kerio"},
             Row{{"u1@old.example", "--key", "k"}, "add --certificate FILE"},
             Row{{"u1@old.example", "--oauth", "f", "--token", "env:T"}, "two ways to one token"},
             Row{{"u1@old.example", "--token", "geheim"}, "wanted file:PATH"},
         }) {
        testkit::FakeProcess process;
        EXPECT_EQ(login_command(row.arguments, process.surroundings()), exit_usage);
        EXPECT_THAT(process.err, HasSubstr(row.mistake));
        EXPECT_THAT(process.err, testing::Not(HasSubstr("geheim")));
        EXPECT_EQ(process.out, "");
    }
}

TEST(ProbeCommand, wants_one_target_that_makes_sense) {
    for (const Row& row : {Row{{}, "name one account"}, Row{{"a", "b"}, "name one account"}, Row{{"@x"}, "wanted user@domain"},
                           Row{{"host:99999"}, "wanted a port"}, Row{{"host", "--timeout", "soon"}, "wanted a time"},
                           Row{{"host", "--profiles", "/nowhere/at/all"}, "cannot be read"}}) {
        testkit::FakeProcess process;
        EXPECT_EQ(probe_command(row.arguments, process.surroundings()), exit_usage);
        EXPECT_THAT(process.err, HasSubstr(row.mistake));
    }
}

SyncOrder order(std::vector<std::string> options) {
    testkit::FakeProcess process;
    options.insert(options.begin(), {"u1@old.example", "--to", "u2@new.example"});
    return order_sync(parse_native(options, sync_help.groups), process.surroundings());
}

TEST(AccountOptions, reach_each_side_on_its_own) {
    const SyncOrder made = order({"--source-authorize-as", "boss", "--source-impersonate", "proxyauth", "--destination-oauth",
                                  "f.json", "--destination-certificate", "c.pem"});
    ASSERT_TRUE(made.mistakes.empty()) << made.mistakes.front();
    EXPECT_EQ(made.request.source.impersonation, client::Impersonation::proxyauth);
    EXPECT_TRUE(made.request.source.password);
    EXPECT_FALSE(made.request.source.tokens);
    EXPECT_TRUE(made.request.destination.tokens);
    EXPECT_FALSE(made.request.destination.password) << "with an authorization nobody is asked for a password";
    EXPECT_EQ(made.request.destination.tls.key_file, "c.pem") << "one file may hold both";
}

TEST(AccountOptions, pin_instead_of_the_chain_or_besides_it) {
    const std::string pin(64, 'a');
    const SyncOrder instead = order({"--source-pin", pin});
    EXPECT_EQ(instead.request.source.tls.verification, net::Verification::pin_only);
    const SyncOrder besides = order({"--source-require-pin", pin});
    EXPECT_EQ(besides.request.source.tls.verification, net::Verification::full);
    EXPECT_EQ(besides.request.source.tls.pin_sha256, pin);
    EXPECT_THAT(order({"--source-pin", pin, "--source-require-pin", pin}).mistakes,
                testing::ElementsAre(HasSubstr("choose one")));
    EXPECT_THAT(order({"--source-require-pin", "abc"}).mistakes, testing::ElementsAre(HasSubstr("64 hex digits")));
}

TEST(ProbeText, says_what_was_found_how_sure_that_is_and_what_follows) {
    app::ProbeOutcome outcome;
    app::ProbeAttempt& attempt = outcome.attempts.emplace_back();
    attempt.host = "imap.gmail.com";
    attempt.source = "SRV record _imaps._tcp.x";
    attempt.user = "u1@x";
    outcome.answered = true;
    outcome.evidence.greeting = "Gimap ready for requests from 1\x1b[31m";
    outcome.evidence.host = "imap.gmail.com";
    outcome.evidence.capabilities.insert("X-GM-EXT-1");
    outcome.transport = "TLSv1.3";
    outcome.recognition = provider::recognise(provider::built_in_profiles(), outcome.evidence);
    const std::string text = probe_text(outcome);
    for (const char* words :
         {"Found:    imaps://imap.gmail.com:993 (SRV record", "Log in as: u1@x", "Profile:  Gmail, Google Workspace, certain",
          "greeting \"gimap ready", "app passwords", "--authorize google", "--service-account", "4 connections", "35.7 MB"})
        EXPECT_THAT(text, HasSubstr(words));
    EXPECT_THAT(text, testing::Not(HasSubstr("\x1b")));
    const std::string json = probe_json(outcome, 0);
    EXPECT_THAT(json, HasSubstr(R"("id":"gmail")"));
    EXPECT_THAT(json, HasSubstr(R"("sureness":"certain")"));
    outcome.recognition = {};
    EXPECT_THAT(probe_text(outcome), HasSubstr("none fits"));
}

}  // namespace
}  // namespace mailhaul::cli
