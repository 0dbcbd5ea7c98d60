// SPDX-License-Identifier: Apache-2.0
// What becomes of one message, whatever mailbox it goes through.
#include "sync/executor/rewriting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

namespace mailhaul::sync {
namespace {

using testing::HasSubstr;

struct Fate {
    std::string stored;
    std::string left_out;
    std::string why;
    std::string date;
};

Task<std::optional<Fate>> rewrite(std::shared_ptr<const Rewriting> rewriting, std::string message, std::string prefix) {
    auto held = std::make_shared<const std::string>(std::move(message));
    auto made = co_await rewriting->rewrite(std::move(held), std::move(prefix));
    Fate fate;
    if (!made.ok()) {
        fate.why = made.error().describe();
        co_return fate;
    }
    fate.left_out = made.value().left_out;
    if (made.value().octets) fate.stored = *made.value().octets;
    if (made.value().date) fate.date = made.value().date->to_string();
    co_return fate;
}

Fate fate_of(const RewriteRules& rules, std::string message, std::string prefix = {}) {
    auto rewriting = Rewriting::make(rules, imap::MailboxName("INBOX.Old"), imap::MailboxName("Old"));
    if (!rewriting.ok()) return {{}, {}, rewriting.error().describe(), {}};
    asio::io_context loop(1);
    std::optional<Fate> outcome;
    asio::co_spawn(loop, rewrite(std::move(rewriting).value(), std::move(message), std::move(prefix)),
                   [&](const std::exception_ptr& thrown, std::optional<Fate> fate) {
                       if (thrown) std::rethrow_exception(thrown);
                       outcome = std::move(fate);
                   });
    loop.run();
    return *outcome;
}

TEST(Rewriting, what_matches_is_left_out_before_anything_is_done_with_it) {
    RewriteRules rules;
    rules.skip_matches = {"m/^Subject: spam/m"};
    rules.pipes = {{"false"}};
    EXPECT_EQ(fate_of(rules, "Subject: spam\r\n\r\n").left_out, "matched by --skipmess m/^Subject: spam/m");
    EXPECT_THAT(fate_of(rules, "Subject: ham\r\n\r\n").why, HasSubstr("failed with exit status 1"));
}

TEST(Rewriting, goes_in_imapsyncs_order) {
    RewriteRules rules;
    rules.substitutions = {"s/a/b/", "s/b/c/"};
    rules.pipes = {{"tr", "c", "d"}, {"sed", "s/d/longer/"}};
    rules.truncate = 10;
    EXPECT_EQ(fate_of(rules, "a", "X: y\r\n").stored, "X: y\r\nlong") << "the header that is added comes before the cut";
}

TEST(Rewriting, knows_the_folders_and_the_variables_of_the_run) {
    RewriteRules rules;
    rules.variables = {{"user1", "anna"}};
    rules.substitutions = {"s/^/$user1 $h1_fold $h2_fold /"};
    EXPECT_EQ(fate_of(rules, "x").stored, "anna INBOX.Old Old x");
    rules.substitutions = {"s/a/b/e"};
    EXPECT_THAT(fate_of(rules, "x").why, HasSubstr("never run"));
}

TEST(Rewriting, looks_at_lines_last) {
    RewriteRules rules;
    rules.longest_line = 5;
    EXPECT_THAT(fate_of(rules, "123456\r\n").left_out, HasSubstr("8 octets is above 5"));
    EXPECT_EQ(fate_of(rules, "123\r\n").left_out, "");
    rules.long_line_pipe = {"cut", "-c", "1-2"};
    EXPECT_EQ(fate_of(rules, "123456\n").stored, "12\n");
    RewriteRules least;
    least.least_longest_line = 5;
    EXPECT_THAT(fate_of(least, "123\r\n").left_out, HasSubstr("not above 5"));
}

TEST(Rewriting, takes_the_date_of_the_message_that_is_stored) {
    RewriteRules rules;
    rules.date_from_header = true;
    EXPECT_EQ(fate_of(rules, "Date: Thu, 26 Nov 2026 10:11:12 +0100\r\n\r\n").date, "26-Nov-2026 10:11:12 +0100");
    EXPECT_EQ(fate_of(rules, "Subject: x\r\n\r\n").date, "") << "the source's then";
}

TEST(Rewriting, of_which_nothing_is_left_is_a_failure) {
    RewriteRules rules;
    rules.substitutions = {"s/.*//gs"};
    EXPECT_THAT(fate_of(rules, "abc").why, HasSubstr("nothing is left"));
}

}  // namespace
}  // namespace mailhaul::sync
