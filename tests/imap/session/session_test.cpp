// SPDX-License-Identifier: Apache-2.0
// The session without a socket: what it writes, in which order, and what it makes of what it hears.
#include "imap/session/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mailhaul::imap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string words_of(StatusKind kind) {
    switch (kind) {
        case StatusKind::ok: return "OK";
        case StatusKind::no: return "NO";
        case StatusKind::bad: return "BAD";
        case StatusKind::bye: return "BYE";
        case StatusKind::preauth: return "PREAUTH";
    }
    return "?";
}

std::string description_of(const SessionEvent& event) {
    if (const auto* hello = std::get_if<Greeting>(&event)) return "greeting " + words_of(hello->status.kind);
    if (const auto* done = std::get_if<Completed>(&event))
        return "done " + std::to_string(done->id.value()) + " " + words_of(done->status.kind);
    if (const auto* bye = std::get_if<Goodbye>(&event)) return "bye " + bye->status.text;
    if (const auto* challenge = std::get_if<Challenge>(&event)) return "challenge " + challenge->text;
    if (const auto* begin = std::get_if<BodyBegin>(&event)) return "body of " + std::to_string(begin->size.value());
    if (const auto* data = std::get_if<BodyData>(&event)) return "octets " + std::string(data->octets);
    if (std::holds_alternative<BodyEnd>(event)) return "body end";
    const Response& response = std::get<Untagged>(event).response;
    if (std::holds_alternative<ContinuationRequest>(response)) return "go on";
    if (const auto* status = std::get_if<StatusResponse>(&response)) return "untagged " + words_of(status->kind);
    if (const auto* exists = std::get_if<ExistsResponse>(&response)) return "exists " + std::to_string(exists->count);
    if (std::holds_alternative<CapabilityResponse>(response)) return "capabilities";
    if (std::holds_alternative<FetchResponse>(response)) return "fetch";
    if (std::holds_alternative<UnreadableResponse>(response)) return "unreadable";
    return "other data";
}

/// A session, its client's end and its server's, each one line of a test.
struct Dialogue {
    Dialogue() = default;
    explicit Dialogue(const SessionOptions& options) : session(options) {}

    /// What the server says, as events; the last is `error: ...` where the session gave up.
    std::vector<std::string> hear(std::string octets) {
        heard.push_back(std::move(octets));
        session.feed(heard.back());
        std::vector<std::string> events;
        while (true) {
            auto event = session.next();
            if (!event.ok()) {
                EXPECT_EQ(event.error().code, Errc::protocol_violation);
                EXPECT_EQ(event.error().scope, Scope::account);
                events.push_back("error: " + event.error().message);
                return events;
            }
            if (!event.value()) return events;
            events.push_back(description_of(*event.value()));
        }
    }

    /// Everything that may be written now; octets from outside show as `<n>`.
    std::string written() {
        std::string all;
        while (auto output = session.next_output())
            all += output->external ? "<" + std::to_string(output->external->value()) + ">" : output->text;
        return all;
    }

    void log_in() {
        hear("* OK hi\r\n");
        session.submit(login_command("ann", "secret", LiteralMode::synchronising));
        written();
        hear("m1 OK in\r\n");
    }

    Session session;
    std::vector<std::string> heard;  // what was fed is borrowed
};

Command noop() { return noop_command(); }
Command status(const std::string& name) { return status_command(MailboxName(name), "MESSAGES", LiteralMode::synchronising); }
Command select(const std::string& name) {
    return select_command(MailboxName(name), SelectMode::select, "", LiteralMode::synchronising);
}
Command fetch(std::string_view set) { return uid_fetch_command(set, "FLAGS", ""); }
Command append(std::uint64_t octets, LiteralMode literals) {
    CommandBuilder builder("APPEND", CommandKind::append, literals);
    builder.mailbox(MailboxName("INBOX")).external_literal(Octets{octets}, false);
    return std::move(builder).build();
}
Command append_two(LiteralMode literals) {
    CommandBuilder builder("APPEND", CommandKind::append, literals);
    builder.mailbox(MailboxName("INBOX")).external_literal(Octets{5}, false).external_literal(Octets{6}, false);
    return std::move(builder).build();
}

// ---- the greeting ----------------------------------------------------------------------------------------------

TEST(Session, begins_not_logged_in_after_an_OK_greeting) {
    Dialogue d;
    EXPECT_EQ(d.session.state(), State::greeting);
    EXPECT_THAT(d.hear("* OK hi\r\n"), ElementsAre("greeting OK"));
    EXPECT_EQ(d.session.state(), State::not_authenticated);
    EXPECT_FALSE(d.session.knows_capabilities());
}

TEST(Session, begins_logged_in_after_PREAUTH_and_ended_after_BYE) {
    Dialogue d;
    EXPECT_THAT(d.hear("* PREAUTH hello ann\r\n"), ElementsAre("greeting PREAUTH"));
    EXPECT_EQ(d.session.state(), State::authenticated);
    Dialogue turned_away;
    EXPECT_THAT(turned_away.hear("* BYE too busy\r\n"), ElementsAre("greeting BYE"));
    EXPECT_EQ(turned_away.session.state(), State::logged_out);
    turned_away.session.submit(noop());
    EXPECT_EQ(turned_away.written(), "");
}

TEST(Session, learns_capabilities_from_the_greeting) {
    Dialogue d;
    d.hear("* OK [CAPABILITY IMAP4rev1 LITERAL+ sasl-ir] hi\r\n");
    EXPECT_TRUE(d.session.knows_capabilities());
    EXPECT_EQ(d.session.capabilities().to_string(), "IMAP4REV1 LITERAL+ SASL-IR");
    EXPECT_EQ(d.session.literal_mode(), LiteralMode::plus);
    d.session.disbelieve("LITERAL+");
    EXPECT_EQ(d.session.literal_mode(), LiteralMode::synchronising);
}

TEST(Session, takes_nothing_but_a_status_for_a_greeting) {
    for (const char* first : {"* 1 EXISTS\r\n", "+ go on\r\n", "HTTP/1.1 400 Bad Request\r\n", "220 mail.example ESMTP\r\n",
                              "* CAPABILITY IMAP4rev1\r\n", "+OK POP3 ready\r\n"}) {
        Dialogue d;
        EXPECT_THAT(d.hear(first), ElementsAre(HasSubstr("did not begin with a greeting"))) << first;
    }
}

// ---- tags ------------------------------------------------------------------------------------------------------

TEST(Session, gives_every_command_its_own_tag_and_its_own_answer) {
    Dialogue d;
    d.log_in();
    const CommandId first = d.session.submit(status("a"));
    const CommandId second = d.session.submit(status("b"));
    EXPECT_NE(first.value(), second.value());
    EXPECT_EQ(d.written(), "m2 STATUS a (MESSAGES)\r\nm3 STATUS b (MESSAGES)\r\n");
    EXPECT_EQ(d.session.waiting_for(), "STATUS \"a\"");
    EXPECT_THAT(d.hear("m3 NO no\r\nM2 ok yes\r\n"), ElementsAre("done 3 NO", "done 2 OK"));
    EXPECT_EQ(d.session.outstanding(), 0U);
    EXPECT_EQ(d.session.waiting_for(), "");
}

TEST(Session, gives_up_on_an_answer_to_a_command_never_sent) {
    Dialogue d;
    d.log_in();
    EXPECT_THAT(d.hear("m99 OK what\r\n"), ElementsAre(HasSubstr("never sent (tag \"m99\")")));
}

TEST(Session, gives_up_on_a_second_answer_to_the_same_command) {
    Dialogue d;
    d.log_in();
    d.session.submit(noop());
    d.written();
    EXPECT_THAT(d.hear("m2 OK once\r\nm2 OK twice\r\n"), ElementsAre("done 2 OK", HasSubstr("never sent")));
}

TEST(Session, gives_up_on_an_answer_to_a_command_that_still_waits_to_be_sent) {
    Dialogue d;
    d.log_in();
    d.session.submit(select("a"));
    d.session.submit(noop());
    d.written();
    EXPECT_THAT(d.hear("m3 OK too early\r\n"), ElementsAre(HasSubstr("never sent")));
}

TEST(Session, names_at_most_a_little_of_a_long_unknown_tag) {
    Dialogue d;
    d.log_in();
    const auto events = d.hear(std::string(5000, 'x') + " OK what\r\n");
    ASSERT_EQ(events.size(), 1U);
    EXPECT_LT(events[0].size(), 200U);
}

// ---- pipelining ------------------------------------------------------------------------------------------------

TEST(Session, sends_exclusive_commands_alone) {
    Dialogue d;
    d.hear("* OK hi\r\n");
    d.session.submit(capability_command());
    d.session.submit(login_command("ann", "secret", LiteralMode::synchronising));
    d.session.submit(noop());
    EXPECT_EQ(d.written(), "m1 CAPABILITY\r\n");
    d.hear("m1 OK\r\n");
    EXPECT_THAT(d.written(), testing::StartsWith("m2 LOGIN "));
    EXPECT_EQ(d.written(), "");
    d.hear("m2 OK\r\n");
    EXPECT_EQ(d.written(), "m3 NOOP\r\n");
}

TEST(Session, sends_nothing_after_SELECT_until_its_answer) {
    Dialogue d;
    d.log_in();
    d.session.submit(select("a"));
    d.session.submit(fetch("1:*"));
    EXPECT_EQ(d.written(), "m2 SELECT a\r\n");
    EXPECT_THAT(d.hear("* 3 EXISTS\r\n"), ElementsAre("exists 3"));
    EXPECT_EQ(d.written(), "");
    d.hear("m2 OK done\r\n");
    EXPECT_EQ(d.session.state(), State::selected);
    EXPECT_EQ(d.written(), "m3 UID FETCH 1:* (FLAGS)\r\n");
}

Command held_append(const std::string& body) {
    CommandBuilder command("APPEND", CommandKind::append, LiteralMode::plus);
    command.mailbox(MailboxName("a")).shared_literal(std::make_shared<const std::string>(body), false);
    return std::move(command).build_held();
}

TEST(Session, holds_the_end_of_a_command_and_all_behind_it_until_it_is_released) {
    Dialogue d;
    d.log_in();
    const CommandId id = d.session.submit(held_append("hi"));
    d.session.submit(noop());
    EXPECT_EQ(d.written(), "m2 APPEND a {2+}\r\n");  // shared octets are not shown here
    EXPECT_EQ(d.written(), "");
    d.session.release(id);
    EXPECT_EQ(d.written(), "\r\nm3 NOOP\r\n");
}

TEST(Session, cancels_a_held_command_with_an_empty_literal) {
    Dialogue d;
    d.log_in();
    const CommandId id = d.session.submit(held_append("hi"));
    d.written();
    d.session.cancel(id);
    d.session.release(id);
    EXPECT_EQ(d.written(), " {0+}\r\n\r\n");
    EXPECT_THAT(d.hear("m2 NO cancelled\r\n"), ElementsAre("done 2 NO"));
}

TEST(Session, ends_a_held_command_that_was_refused_already) {
    Dialogue d;
    d.log_in();
    d.session.submit(held_append("hi"));
    d.written();
    d.hear("m2 NO too large\r\n");
    d.session.submit(noop());
    EXPECT_EQ(d.written(), "\r\nm3 NOOP\r\n");
}

TEST(Session, releases_a_command_that_waits_its_turn_still) {
    Dialogue d;
    d.log_in();
    d.session.submit(select("a"));
    const CommandId id = d.session.submit(held_append("hi"));
    d.session.release(id);
    d.written();
    d.hear("m2 OK\r\n");
    EXPECT_EQ(d.written(), "m3 APPEND a {2+}\r\n\r\n");
}

TEST(Session, sends_behind_SELECT_only_what_may_be_in_vain) {
    Dialogue d;
    d.log_in();
    d.session.submit(select("a"));
    Command list = fetch("1:*");
    list.follows_select = true;
    d.session.submit(std::move(list));
    d.session.submit(fetch("1"));
    EXPECT_EQ(d.written(), "m2 SELECT a\r\nm3 UID FETCH 1:* (FLAGS)\r\n");
    d.hear("m2 OK\r\n");
    EXPECT_EQ(d.written(), "m4 UID FETCH 1 (FLAGS)\r\n");
}

TEST(Session, sends_SELECT_behind_what_does_not_depend_on_it) {
    Dialogue d;
    d.log_in();
    d.session.submit(noop());
    d.session.submit(select("a"));
    EXPECT_EQ(d.written(), "m2 NOOP\r\nm3 SELECT a\r\n");
}

TEST(Session, sends_SELECT_behind_an_APPEND_only_where_that_is_meant) {
    for (const bool is_meant : {true, false}) {
        Dialogue d;
        d.log_in();
        d.session.submit(held_append("hi"));
        d.session.release(CommandId{2});
        Command again = select("a");
        again.follows_append = is_meant;
        d.session.submit(std::move(again));
        const std::string written = d.written();
        EXPECT_EQ(written.find("m3 SELECT a") != std::string::npos, is_meant) << written;
    }
}

TEST(Session, sends_SELECT_behind_an_APPEND_never_while_a_FETCH_is_under_way) {
    Dialogue d;
    d.log_in();
    d.session.submit(fetch("1"));
    Command again = select("a");
    again.follows_append = true;
    d.session.submit(std::move(again));
    EXPECT_EQ(d.written(), "m2 UID FETCH 1 (FLAGS)\r\n");
    d.hear("m2 OK\r\n");
    EXPECT_EQ(d.written(), "m3 SELECT a\r\n");
}

TEST(Session, sends_SELECT_only_once_everything_before_it_is_answered) {
    Dialogue d;
    d.log_in();
    d.session.submit(fetch("1"));
    d.session.submit(select("a"));
    EXPECT_EQ(d.written(), "m2 UID FETCH 1 (FLAGS)\r\n");
    d.hear("m2 OK\r\n");
    EXPECT_EQ(d.written(), "m3 SELECT a\r\n");
}

TEST(Session, is_back_to_no_mailbox_after_a_refused_SELECT_and_after_UNSELECT) {
    Dialogue d;
    d.log_in();
    d.session.submit(select("a"));
    d.written();
    d.hear("m2 OK\r\n");
    d.session.submit(select("b"));
    d.written();
    d.hear("m3 NO no such mailbox\r\n");
    EXPECT_EQ(d.session.state(), State::authenticated);
    d.session.submit(select("a"));
    d.written();
    d.hear("m4 OK\r\n");
    d.session.submit(unselect_command());
    d.written();
    d.hear("m5 OK\r\n");
    EXPECT_EQ(d.session.state(), State::authenticated);
}

TEST(Session, sends_FETCHes_together_and_an_APPEND_behind_an_APPEND) {
    Dialogue d;
    d.log_in();
    d.session.submit(fetch("1"));
    d.session.submit(fetch("2"));
    d.session.submit(append(5, LiteralMode::plus));
    d.session.submit(append(6, LiteralMode::plus));
    EXPECT_EQ(d.written(),
              "m2 UID FETCH 1 (FLAGS)\r\nm3 UID FETCH 2 (FLAGS)\r\n"
              "m4 APPEND INBOX {5+}\r\n<5>\r\nm5 APPEND INBOX {6+}\r\n<6>\r\n");
}

TEST(Session, keeps_no_more_commands_in_flight_than_allowed) {
    SessionOptions options;
    options.max_in_flight = 2;
    Dialogue d(options);
    d.log_in();
    for (const char* set : {"1", "2", "3"}) d.session.submit(fetch(set));
    EXPECT_EQ(d.written(), "m2 UID FETCH 1 (FLAGS)\r\nm3 UID FETCH 2 (FLAGS)\r\n");
    EXPECT_EQ(d.session.outstanding(), 3U);
    d.hear("m2 OK\r\n");
    EXPECT_EQ(d.written(), "m4 UID FETCH 3 (FLAGS)\r\n");
}

TEST(Session, sends_LOGOUT_last_and_nothing_behind_it) {
    Dialogue d;
    d.log_in();
    d.session.submit(noop());
    d.session.submit(logout_command());
    d.session.submit(noop());
    EXPECT_EQ(d.written(), "m2 NOOP\r\n");
    d.hear("m2 OK\r\n");
    EXPECT_EQ(d.written(), "m3 LOGOUT\r\n");
    EXPECT_THAT(d.hear("* BYE see you\r\nm3 OK\r\n"), ElementsAre("bye see you", "done 3 OK"));
    EXPECT_EQ(d.session.state(), State::logged_out);
    EXPECT_EQ(d.written(), "");
}

TEST(Session, writes_nothing_more_after_BYE_but_still_hears_answers) {
    Dialogue d;
    d.log_in();
    d.session.submit(noop());
    d.written();
    EXPECT_THAT(d.hear("* BYE going down\r\n"), ElementsAre("bye going down"));
    d.session.submit(noop());
    EXPECT_EQ(d.written(), "");
    EXPECT_THAT(d.hear("m2 OK\r\n"), ElementsAre("done 2 OK"));
}

// ---- literals --------------------------------------------------------------------------------------------------

TEST(Session, holds_a_synchronising_literal_until_the_server_says_go_on) {
    Dialogue d;
    d.log_in();
    d.session.submit(append(5, LiteralMode::synchronising));
    d.session.submit(noop());
    EXPECT_EQ(d.written(), "m2 APPEND INBOX {5}\r\n");
    EXPECT_THAT(d.hear("* 7 EXISTS\r\n"), ElementsAre("exists 7"));
    EXPECT_EQ(d.written(), "");
    EXPECT_THAT(d.hear("+ \r\n"), ElementsAre("go on"));
    EXPECT_EQ(d.written(), "<5>\r\nm3 NOOP\r\n");
}

TEST(Session, says_whose_the_octets_from_outside_are) {
    Dialogue d;
    d.log_in();
    const CommandId id = d.session.submit(append(5, LiteralMode::plus));
    auto head = d.session.next_output();
    ASSERT_TRUE(head);
    EXPECT_FALSE(head->external);
    auto body = d.session.next_output();
    ASSERT_TRUE(body && body->external);
    EXPECT_EQ(body->id.value(), id.value());
    EXPECT_EQ(body->external->value(), 5U);
    EXPECT_EQ(body->text, "");
}

TEST(Session, drops_the_rest_of_a_command_refused_instead_of_go_on) {
    Dialogue d;
    d.log_in();
    d.session.submit(append(5, LiteralMode::synchronising));
    d.session.submit(noop());
    d.written();
    EXPECT_THAT(d.hear("m2 NO [OVERQUOTA] full\r\n"), ElementsAre("done 2 NO"));
    EXPECT_EQ(d.written(), "m3 NOOP\r\n");
    EXPECT_THAT(d.hear("m3 OK\r\n"), ElementsAre("done 3 OK"));
}

TEST(Session, asks_again_for_each_literal_of_one_command) {
    Dialogue d;
    d.log_in();
    d.session.submit(append_two(LiteralMode::synchronising));
    EXPECT_EQ(d.written(), "m2 APPEND INBOX {5}\r\n");
    d.hear("+ \r\n");
    EXPECT_EQ(d.written(), "<5> {6}\r\n");
    EXPECT_EQ(d.written(), "");
    d.hear("+ \r\n");
    EXPECT_EQ(d.written(), "<6>\r\n");
}

// The server reads what was announced to it whatever it has answered: without the rest, the next command would be taken
// for the end of this one.
TEST(Session, ends_a_literal_under_way_whose_command_was_refused_early) {
    Dialogue d;
    d.log_in();
    d.session.submit(append(5, LiteralMode::plus));
    d.session.submit(noop());
    EXPECT_EQ(d.session.next_output()->text, "m2 APPEND INBOX {5+}\r\n");
    EXPECT_TRUE(d.session.next_output()->external);
    EXPECT_THAT(d.hear("m2 NO [TOOBIG] no\r\n"), ElementsAre("done 2 NO"));
    EXPECT_EQ(d.written(), "\r\nm3 NOOP\r\n");
}

TEST(Session, sends_an_announced_literal_although_its_command_was_refused) {
    Dialogue d;
    d.log_in();
    d.session.submit(append_two(LiteralMode::plus));
    d.session.submit(noop());
    EXPECT_EQ(d.session.next_output()->text, "m2 APPEND INBOX {5+}\r\n");
    d.hear("m2 NO [TOOBIG] no\r\n");
    EXPECT_EQ(d.written(), "<5> {6+}\r\n<6>\r\nm3 NOOP\r\n");
}

TEST(Session, sends_a_literal_that_was_asked_for_although_the_refusal_came_right_behind) {
    Dialogue d;
    d.log_in();
    d.session.submit(append(5, LiteralMode::synchronising));
    d.session.submit(noop());
    d.written();
    EXPECT_THAT(d.hear("+ \r\nm2 NO changed my mind\r\n"), ElementsAre("go on", "done 2 NO"));
    EXPECT_EQ(d.written(), "<5>\r\nm3 NOOP\r\n");
}

TEST(Session, keeps_a_go_on_when_another_command_is_answered_right_behind_it) {
    Dialogue d;
    d.log_in();
    d.session.submit(fetch("1"));
    d.session.submit(append(5, LiteralMode::synchronising));
    EXPECT_EQ(d.written(), "m2 UID FETCH 1 (FLAGS)\r\nm3 APPEND INBOX {5}\r\n");
    EXPECT_THAT(d.hear("+ \r\nm2 OK\r\n"), ElementsAre("go on", "done 2 OK"));
    EXPECT_EQ(d.written(), "<5>\r\n");
}

TEST(Session, takes_a_plus_that_no_literal_waits_for_as_a_challenge) {
    Dialogue d;
    d.hear("* OK hi\r\n");
    d.session.submit(authenticate_command("PLAIN", std::nullopt));
    EXPECT_EQ(d.written(), "m1 AUTHENTICATE PLAIN\r\n");
    EXPECT_THAT(d.hear("+\r\n"), ElementsAre("challenge "));
    EXPECT_EQ(d.written(), "");
    d.session.answer("AGFubgBzZWNyZXQ=");
    const auto answer = d.session.next_output();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->text, "AGFubgBzZWNyZXQ=\r\n");
    EXPECT_TRUE(answer->secret);
    EXPECT_THAT(d.hear("m1 OK in\r\n"), ElementsAre("done 1 OK"));
    EXPECT_EQ(d.session.state(), State::authenticated);
}

TEST(Session, does_not_let_a_plus_out_of_nowhere_release_a_later_literal) {
    Dialogue d;
    d.log_in();
    EXPECT_THAT(d.hear("+ surprise\r\n"), ElementsAre("challenge surprise"));
    d.session.submit(append(5, LiteralMode::synchronising));
    EXPECT_EQ(d.written(), "m2 APPEND INBOX {5}\r\n");
}

TEST(Session, marks_every_part_of_a_login_secret) {
    Dialogue d;
    d.hear("* OK hi\r\n");
    d.session.submit(login_command("ann", "p\xC3\xA4ss", LiteralMode::synchronising));
    auto head = d.session.next_output();
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->secret);
    d.hear("+ \r\n");
    auto password = d.session.next_output();
    ASSERT_TRUE(password);
    EXPECT_TRUE(password->secret);
    EXPECT_EQ(d.session.waiting_for(), "LOGIN");
}

// ---- capabilities over time ------------------------------------------------------------------------------------

TEST(Session, forgets_capabilities_at_STARTTLS) {
    Dialogue d;
    d.hear("* OK [CAPABILITY IMAP4rev1 STARTTLS LITERAL+] hi\r\n");
    d.session.submit(starttls_command());
    d.session.submit(noop());
    EXPECT_EQ(d.written(), "m1 STARTTLS\r\n");
    d.hear("m1 OK begin\r\n");
    ASSERT_TRUE(d.session.prepare_tls().ok());
    EXPECT_FALSE(d.session.knows_capabilities());
    EXPECT_TRUE(d.session.capabilities().empty());
}

TEST(Session, refuses_TLS_where_something_came_behind_the_OK_of_STARTTLS) {
    for (const char* injected : {"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", "* PREAUTH in\r\n", "*", "\x16\x03\x01"}) {
        Dialogue d;
        d.hear("* OK hi\r\n");
        d.session.submit(starttls_command());
        d.written();
        d.heard.push_back(std::string("m1 OK begin\r\n") + injected);
        d.session.feed(d.heard.back());
        auto event = d.session.next();
        ASSERT_TRUE(event.ok() && event.value());
        EXPECT_EQ(description_of(*event.value()), "done 1 OK");
        const auto ready = d.session.prepare_tls();
        ASSERT_FALSE(ready.ok()) << injected;
        EXPECT_EQ(ready.error().code, Errc::tls_failed);
        EXPECT_EQ(ready.error().retry, Retry::never);
        EXPECT_THAT(ready.error().message, HasSubstr("tampered"));
    }
}

TEST(Session, does_not_count_capabilities_told_before_login_as_known_after_it) {
    Dialogue d;
    d.hear("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n");
    d.session.submit(login_command("ann", "secret", LiteralMode::synchronising));
    d.written();
    d.hear("m1 OK in\r\n");
    EXPECT_FALSE(d.session.knows_capabilities());
    d.session.submit(capability_command());
    d.written();
    EXPECT_THAT(d.hear("* CAPABILITY IMAP4rev1 UIDPLUS\r\nm2 OK\r\n"), ElementsAre("capabilities", "done 2 OK"));
    EXPECT_TRUE(d.session.knows_capabilities());
    EXPECT_EQ(d.session.capabilities().to_string(), "IMAP4REV1 UIDPLUS");
}

TEST(Session, learns_capabilities_from_the_OK_of_the_login) {
    Dialogue d;
    d.hear("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n");
    d.session.submit(authenticate_command("PLAIN", "x"));
    d.written();
    d.hear("m1 OK [CAPABILITY IMAP4rev1 UIDPLUS LITERAL-] in\r\n");
    EXPECT_TRUE(d.session.knows_capabilities());
    EXPECT_EQ(d.session.literal_mode(), LiteralMode::minus);
    EXPECT_FALSE(d.session.capabilities().has_auth("PLAIN"));
}

TEST(Session, stays_logged_out_after_a_refused_login) {
    Dialogue d;
    d.hear("* OK [CAPABILITY IMAP4rev1] hi\r\n");
    d.session.submit(login_command("ann", "wrong", LiteralMode::synchronising));
    d.written();
    d.hear("m1 NO [AUTHENTICATIONFAILED] no\r\n");
    EXPECT_EQ(d.session.state(), State::not_authenticated);
    EXPECT_TRUE(d.session.knows_capabilities());
}

TEST(Session, hands_what_came_behind_the_OK_of_COMPRESS_to_the_other_layer) {
    Dialogue d;
    d.log_in();
    d.session.submit(compress_command());
    d.written();
    const std::string octets = std::string("m2 OK squeeze\r\n") + "\x01\r\n\x02";
    d.session.feed(octets);
    auto event = d.session.next();
    ASSERT_TRUE(event.ok() && event.value());
    EXPECT_EQ(d.session.take_unread(), "\x01\r\n\x02");
    EXPECT_EQ(d.session.take_unread(), "");
    EXPECT_THAT(d.hear("* 1 EXISTS\r\n"), ElementsAre("exists 1"));
}

// ---- bodies and odd input --------------------------------------------------------------------------------------

TEST(Session, streams_a_body_between_other_events_in_any_cut) {
    const std::string octets = "* 4 FETCH (UID 9 BODY[] {5}\r\nab\r\nc FLAGS ())\r\nm2 OK\r\n";
    for (std::size_t cut = 1; cut < octets.size(); ++cut) {
        Dialogue d;
        d.log_in();
        d.session.submit(fetch("9"));
        d.written();
        std::string body;
        std::vector<std::string> rest;
        for (const std::string& part : {octets.substr(0, cut), octets.substr(cut)})
            for (const std::string& event : d.hear(part)) {
                if (event.starts_with("octets ")) {
                    body += event.substr(7);
                } else {
                    rest.push_back(event);
                }
            }
        EXPECT_EQ(body, "ab\r\nc") << cut;
        EXPECT_THAT(rest, ElementsAre("body of 5", "body end", "fetch", "done 2 OK")) << cut;
    }
}

TEST(Session, goes_on_after_a_response_it_cannot_read) {
    Dialogue d;
    d.log_in();
    d.session.submit(noop());
    d.written();
    EXPECT_THAT(d.hear("* LIST (((\r\n* 2 EXISTS\r\nm2 OK\r\n"), ElementsAre("unreadable", "exists 2", "done 2 OK"));
}

TEST(Session, gives_up_on_a_line_without_end) {
    SessionOptions options;
    options.limits.line = 1000;
    Dialogue d(options);
    d.hear("* OK hi\r\n");
    EXPECT_THAT(d.hear(std::string(900, 'x')), IsEmpty());
    EXPECT_THAT(d.hear(std::string(900, 'x')), ElementsAre(HasSubstr("longer than 1000 octets")));
}

}  // namespace
}  // namespace mailhaul::imap
