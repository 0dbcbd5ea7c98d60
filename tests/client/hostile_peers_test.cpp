// SPDX-License-Identifier: Apache-2.0
// Malicious and broken servers, one by one: each meets a clear error, bounded memory and an end in time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>
#include <utility>
#include <vector>

#include "client/bench.hpp"
#include "client/mailbox_commands.hpp"
#include "demo/scripted_peer.hpp"

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
// Freed memory is kept back for a while to catch its use; a little is enough, or it would count as the client's.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=8"; }
#endif

namespace mailhaul::client {
namespace {

using demo::ScriptedPeer;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

const std::string hello = "* OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] hi\r\n";
const std::string logged_in = "%T OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] in\r\n";

using Operation = Task<Result<void>> (*)(Connection&);

Task<Result<void>> nothing(Connection&) { co_return Result<void>{}; }

Task<Result<void>> list(Connection& connection) {
    auto listed = co_await list_mailboxes(connection);
    if (!listed.ok()) co_return std::move(listed).error();
    co_return Result<void>{};
}

Task<Result<void>> select(Connection& connection) {
    auto opened = co_await open_mailbox(connection, imap::MailboxName("INBOX"), imap::SelectMode::select);
    if (!opened.ok()) co_return std::move(opened).error();
    co_return Result<void>{};
}

Task<Result<void>> fetch_flags(Connection& connection) {
    std::vector<std::string> sets{"1:*"};
    co_return co_await fetch_items(connection, std::move(sets), "(UID FLAGS)", [](imap::FetchResponse&&) {});
}

std::uint64_t octets_fetched = 0;  // by the last fetch_mail()

Task<Result<void>> fetch_mail(Connection& connection) {
    octets_fetched = 0;
    std::vector<std::string> sets{"1"};
    BodyVisitor visitor;
    visitor.begin = [](const imap::BodyBegin&) {};
    visitor.data = [](std::string_view octets) { octets_fetched += octets.size(); };
    visitor.end = [](imap::Uid) {};
    co_return co_await fetch_bodies(connection, std::move(sets), std::move(visitor));
}

Task<Result<void>> append(Connection& connection) {
    std::vector<std::string> pieces(100, std::string(50'000, 'x'));
    auto source = std::make_shared<TextSource>(std::move(pieces));
    const imap::CommandId id =
        connection.submit(append_command(Octets(5'000'000), connection.literal_mode()), std::move(source));
    auto answer = co_await connection.answer_to(id);
    if (!answer.ok()) co_return std::move(answer).error();
    if (answer.value().kind != imap::StatusKind::ok) co_return error_from(answer.value(), Doing::appending, "APPEND");
    co_return Result<void>{};
}

Octets peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return Octets(static_cast<std::uint64_t>(usage.ru_maxrss) * 1024);
}

/// One peer and what a client gets out of it.
struct Encounter {
    asio::io_context io;
    ScriptedPeer peer{io.get_executor()};
    Security security = Security::plaintext;
    std::string mechanism;
    Transcript transcript;

    ScriptedPeer& after_login() { return peer.send(hello).expect("LOGIN").send(logged_in); }

    Result<void> meet(Operation operation = nothing) {
        EXPECT_TRUE(peer.start().ok());
        const Octets before = peak_memory();
        run(io, converse(operation));
        EXPECT_LT(peak_memory().value() - before.value(), 100U << 20U);
        EXPECT_THAT(peer.failures(), testing::IsEmpty());
        EXPECT_TRUE(outcome_) << "no outcome";
        return outcome_ ? *outcome_ : Result<void>{};
    }

    /// The same where it must fail: with `code`, naming the server.
    Error fails(Errc code, Operation operation = nothing) {
        auto result = meet(operation);
        if (result.ok()) {
            ADD_FAILURE() << "it went well";
            return {Errc::internal, Scope::run, Retry::never, ""};
        }
        const Error& error = result.error();
        EXPECT_EQ(name_of(error.code), name_of(code)) << error.describe();
        EXPECT_EQ(name_of(error.scope), name_of(Scope::account)) << error.describe();
        EXPECT_THAT(error.describe(), HasSubstr("127.0.0.1:" + std::to_string(peer.port())));
        EXPECT_LT(error.describe().size(), 1000U);
        return error;
    }

private:
    Task<void> converse(Operation operation) {
        Access access = access_to(peer.port());
        access.security = security;
        access.mechanism = mechanism;
        auto connected = co_await connect(std::move(access), transcript.log());
        if (connected.ok()) {
            const std::unique_ptr<Connection> connection = std::move(connected).value();
            outcome_.emplace(co_await operation(*connection));
            co_await connection->close();
        } else {
            outcome_.emplace(std::move(connected).error());
        }
        co_await peer.stop();
    }

    std::optional<Result<void>> outcome_;
};

// ---- what is no greeting ---------------------------------------------------------------------------------------

TEST(HostilePeer, a_web_server_is_told_from_an_IMAP_server) {
    Encounter e;
    e.peer.send("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n").hold();
    EXPECT_THAT(e.fails(Errc::protocol_violation).message, HasSubstr("is this an IMAP port?"));
}

TEST(HostilePeer, a_TLS_record_in_place_of_a_greeting_is_told_from_an_IMAP_server) {
    Encounter e;
    e.peer.send(std::string("\x15\x03\x01\x00\x02\x02\x46", 7));
    EXPECT_THAT(e.fails(Errc::connection_lost).message, HasSubstr("is this an IMAP port?"));
    Encounter with_line_end;
    with_line_end.peer.send(std::string("\x16\x03\x03\x00\x04\x02\x00\r\n", 9)).hold();
    EXPECT_THAT(with_line_end.fails(Errc::protocol_violation).message, HasSubstr("is this an IMAP port?"));
}

TEST(HostilePeer, a_server_that_says_nothing_is_given_up_with_the_hint_of_TLS) {
    Encounter e;
    e.peer.hold();
    EXPECT_THAT(e.fails(Errc::timed_out).message, HasSubstr("use imaps://"));
}

TEST(HostilePeer, a_greeting_that_drips_does_not_count_as_progress) {
    Encounter e;
    e.peer.flood("* ");
    EXPECT_THAT(e.fails(Errc::timed_out).message, HasSubstr("a greeting"));
}

TEST(HostilePeer, an_answer_before_the_greeting_is_refused) {
    Encounter e;
    e.peer.send("m1 OK in\r\n").hold();
    EXPECT_THAT(e.fails(Errc::protocol_violation).message, HasSubstr("never sent"));
}

// ---- floods ----------------------------------------------------------------------------------------------------

TEST(HostilePeer, a_line_without_end_ends_at_every_step) {
    const std::string noise(64 * 1024, 'x');
    for (const int step : {0, 1, 2, 3}) {
        Encounter e;
        if (step == 1) e.peer.send(hello).expect("LOGIN");
        if (step >= 2) e.after_login();
        if (step == 2) e.peer.expect("LIST");
        if (step == 3) e.peer.expect("UID FETCH").send("* 1 FETCH (UID 1 ");
        e.peer.flood(noise);
        EXPECT_THAT(e.fails(Errc::protocol_violation, step == 3 ? fetch_flags : list).message,
                    testing::AllOf(HasSubstr("a line is longer than 8388608 octets"), HasSubstr("check that host and port")))
            << step;
    }
}

TEST(HostilePeer, lines_without_end_during_login_end_with_its_deadline) {
    for (const char* line : {"* 1 EXISTS\r\n", "* OK still here\r\n", "+ \r\n", "* LIST () \"/\" a\r\n"}) {
        Encounter e;
        std::string lines;
        while (lines.size() < 60'000) lines += line;
        e.peer.send(hello).expect("LOGIN").flood(lines);
        EXPECT_THAT(e.fails(Errc::timed_out).message, HasSubstr("LOGIN")) << line;
    }
}

TEST(HostilePeer, challenges_without_end_end_with_the_deadline_of_login) {
    Encounter e;
    e.mechanism = "CRAM-MD5";
    std::string lines;
    while (lines.size() < 1'000) lines += "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\r\n";
    e.peer.send("* OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hi\r\n").expect("AUTHENTICATE").flood(lines);
    const Error error = e.fails(Errc::timed_out);
    EXPECT_THAT(error.message, HasSubstr("AUTHENTICATE"));
}

TEST(HostilePeer, talk_without_an_answer_ends) {
    Encounter e;
    e.after_login().expect("SELECT").flood("* OK " + std::string(60'000, 'x') + "\r\n");
    EXPECT_THAT(e.fails(Errc::protocol_violation, select).message,
                testing::AllOf(HasSubstr("answers nothing"), HasSubstr("SELECT")));
}

TEST(HostilePeer, a_listing_without_end_ends) {
    Encounter e;
    std::string rows;
    for (int i = 0; rows.size() < 60'000; ++i) rows += "* LIST () \"/\" mailbox" + std::to_string(i) + "\r\n";
    e.after_login().expect("LIST").flood(rows);
    EXPECT_THAT(e.fails(Errc::protocol_violation, list).message, HasSubstr("more than"));
}

TEST(HostilePeer, go_ons_out_of_nowhere_are_ignored) {
    Encounter e;
    e.peer.send(hello).expect("LOGIN").send("+ \r\n+ go on\r\n" + logged_in);
    e.peer.send("+ \r\n+ again\r\n").expect("SELECT").send("+ \r\n* 1 EXISTS\r\n+\r\n%T OK\r\n").hold();
    EXPECT_TRUE(e.meet(select).ok());
}

// ---- literals --------------------------------------------------------------------------------------------------

TEST(HostilePeer, a_literal_of_four_gigabytes_is_refused_before_it_is_read) {
    for (const char* announced : {"* 1 FETCH (UID 1 BODY[] {4294967296}\r\n", "* 1 FETCH (UID 1 BODY[HEADER] {4294967296}\r\n",
                                  "* 1 FETCH (UID 1 BODY[] ~{4294967296}\r\n", "* LIST () \"/\" {4294967296}\r\n",
                                  "* 1 FETCH (UID 1 BODY[] {99999999999999999999999999}\r\n"}) {
        Encounter e;
        e.after_login().expect("UID FETCH").send(announced).flood(std::string(64 * 1024, 'x'));
        EXPECT_THAT(e.fails(Errc::protocol_violation, fetch_mail).message,
                    HasSubstr("a literal is longer than 2147483648 octets"))
            << announced;
        EXPECT_LT(e.peer.sent().value(), 32U << 20U);
    }
}

TEST(HostilePeer, a_gigabyte_of_one_message_passes_through_without_being_kept) {
    Encounter e;
    e.after_login().expect("UID FETCH").send("* 1 FETCH (UID 1 BODY[] {1073741824}\r\n").flood(std::string(1 << 20, 'x'));
    EXPECT_THAT(e.fails(Errc::protocol_violation, fetch_mail).message, HasSubstr("a line is longer than"));
    EXPECT_GT(e.peer.sent().value(), 1'000'000'000U);
}

TEST(HostilePeer, a_gigabyte_nobody_asked_for_ends_the_connection) {
    Encounter e;
    e.after_login().expect("LIST").send("* LIST () \"/\" {1073741824}\r\n").flood(std::string(1 << 20, 'x'));
    EXPECT_THAT(e.fails(Errc::protocol_violation, list).message, HasSubstr("answers nothing"));
    EXPECT_LT(e.peer.sent().value(), 400U << 20U);
}

TEST(HostilePeer, a_literal_that_never_ends_meets_the_deadline) {
    for (const char* begun : {"* 1 FETCH (UID 1 BODY[] {1000}\r\nabc", "* 1 FETCH (UID 1 BODY[HEADER] {1000}\r\nabc",
                              "* 1 FETCH (UID 1 BODY[] {3}\r\nabc", "* 1 FETCH (UID 1 BODY[] {3"}) {
        Encounter e;
        e.after_login().expect("UID FETCH").send(begun).hold();
        EXPECT_THAT(e.fails(Errc::timed_out, fetch_mail).message,
                    testing::AllOf(HasSubstr("UID FETCH"), HasSubstr("--timeout")))
            << begun;
    }
}

// Of a large literal many octets are waited for at once, but what has come is read before a server counts as silent.
TEST(HostilePeer, a_large_literal_that_stops_has_been_read_as_far_as_it_came) {
    Encounter e;
    e.after_login().expect("UID FETCH").send("* 1 FETCH (UID 1 BODY[] {1000000}\r\n").send(std::string(200'001, 'x')).hold();
    EXPECT_THAT(e.fails(Errc::timed_out, fetch_mail).message, HasSubstr("UID FETCH"));
    EXPECT_EQ(octets_fetched, 200'001U);
}

TEST(HostilePeer, a_literal_cut_off_is_a_lost_connection) {
    Encounter e;
    e.after_login().expect("UID FETCH").send("* 1 FETCH (UID 1 BODY[] {1000}\r\nabc");
    EXPECT_THAT(e.fails(Errc::connection_lost, fetch_mail).message, HasSubstr("UID FETCH"));
}

TEST(HostilePeer, a_go_on_that_never_comes_meets_the_deadline) {
    Encounter e;
    e.peer.send("* OK [CAPABILITY IMAP4rev1] hi\r\n")
        .expect("LOGIN")
        .send("%T OK [CAPABILITY IMAP4rev1] in\r\n")
        .expect("APPEND");
    e.peer.hold();
    EXPECT_THAT(e.fails(Errc::timed_out, append).message, HasSubstr("APPEND"));
}

// ---- absurd numbers, names, nesting ----------------------------------------------------------------------------

TEST(HostilePeer, absurd_counts_cost_neither_memory_nor_the_connection) {
    Encounter e;
    e.after_login()
        .expect("SELECT")
        .send(
            "* 4294967295 EXISTS\r\n* 4294967296 EXISTS\r\n* 99999999999999999999 FETCH (FLAGS ())\r\n"
            "* 99999999999999999999 EXPUNGE\r\n* 0 FETCH (UID 0 FLAGS ())\r\n* -1 EXISTS\r\n"
            "* OK [UIDNEXT 99999999999999999999] x\r\n* OK [UIDVALIDITY 0] x\r\n* OK [HIGHESTMODSEQ 99999999999999999999999] "
            "x\r\n"
            "* VANISHED (EARLIER) 1:4294967295\r\n* ESEARCH (TAG \"x\") UID ALL 1:4294967295,4294967295:1 COUNT 4294967295\r\n"
            "* STATUS INBOX (MESSAGES 99999999999999999999 UIDNEXT 4294967295)\r\n"
            "* QUOTA \"\" (STORAGE 99999999999999999999 18446744073709551615)\r\n"
            "* OK [COPYUID 1 1:4294967295 4294967295:1] x\r\n%T OK [READ-WRITE] done\r\n")
        .hold();
    EXPECT_TRUE(e.meet(select).ok());
}

TEST(HostilePeer, an_APPENDUID_of_four_thousand_million_costs_no_memory) {
    Encounter e;
    e.after_login()
        .expect("APPEND")
        .read_octets(Octets(5'000'002))
        .send("%T OK [APPENDUID 1 1:4294967295,4294967295:1,1:4294967295] done\r\n")
        .hold();
    EXPECT_TRUE(e.meet(append).ok());
}

TEST(HostilePeer, a_mailbox_name_with_NUL_never_arrives_with_it) {
    const std::string nul(1, '\0');
    Encounter e;
    e.after_login()
        .expect("LIST")
        .send("* LIST () \"/\" \"a" + nul + "b\"\r\n* LIST () \"/\" {3}\r\nc" + nul + "d\r\n* LIST () \"" + nul +
              "\" e\r\n%T OK\r\n")
        .expect("LSUB")
        .send("%T OK\r\n")
        .hold();
    const auto result = e.meet([](Connection& connection) -> Task<Result<void>> {
        auto listed = co_await list_mailboxes(connection);
        if (!listed.ok()) co_return std::move(listed).error();
        for (const ListedMailbox& each : listed.value()) EXPECT_EQ(each.info.name.raw().find('\0'), std::string::npos);
        co_return Result<void>{};
    });
    if (!result.ok()) EXPECT_EQ(name_of(result.error().code), "bad_response") << result.error().describe();
}

TEST(HostilePeer, ten_thousand_parentheses_cost_their_response_and_not_the_connection) {
    const std::string deep(10'000, '(');
    Encounter e;
    e.after_login()
        .expect("UID FETCH")
        .send("* NAMESPACE " + deep + "\r\n* LIST " + deep + "\r\n* STATUS a " + deep + "\r\n* OK [X " + deep + "] y\r\n" +
              "* X " + deep + std::string(10'000, ')') + "\r\n* 1 FETCH (UID 1 BODYSTRUCTURE " + deep + "\r\n%T OK\r\n")
        .hold();
    const auto result = e.meet(fetch_flags);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(name_of(result.error().code), "bad_response");
    EXPECT_THAT(result.error().message, HasSubstr("cannot be read"));
    EXPECT_LT(result.error().message.size(), 1000U);
}

// ---- BYE at every step -----------------------------------------------------------------------------------------

struct ByeAt {
    const char* step;
    Operation operation;
    void (*script)(ScriptedPeer&);
};

const ByeAt bye_steps[] = {
    {"greeting", nothing, [](ScriptedPeer&) {}},
    {"CAPABILITY", nothing, [](ScriptedPeer& p) { p.send("* OK hi\r\n").expect("CAPABILITY"); }},
    {"LOGIN", nothing, [](ScriptedPeer& p) { p.send(hello).expect("LOGIN"); }},
    {"LIST", list, [](ScriptedPeer& p) { p.send(hello).expect("LOGIN").send(logged_in).expect("LIST"); }},
    {"LIST, half answered", list,
     [](ScriptedPeer& p) { p.send(hello).expect("LOGIN").send(logged_in).expect("LIST").send("* LIST () \"/\" a\r\n"); }},
    {"SELECT", select, [](ScriptedPeer& p) { p.send(hello).expect("LOGIN").send(logged_in).expect("SELECT"); }},
    {"FETCH", fetch_mail, [](ScriptedPeer& p) { p.send(hello).expect("LOGIN").send(logged_in).expect("UID FETCH"); }},
    {"APPEND, amid its literal", append,
     [](ScriptedPeer& p) { p.send(hello).expect("LOGIN").send(logged_in).expect("APPEND").read_octets(Octets(1'000)); }},
    {"APPEND, in place of go on", append,
     [](ScriptedPeer& p) {
         p.send("* OK [CAPABILITY IMAP4rev1] hi\r\n")
             .expect("LOGIN")
             .send("%T OK [CAPABILITY IMAP4rev1] in\r\n")
             .expect("APPEND");
     }},
};

TEST(HostilePeer, BYE_at_every_step_is_told_in_the_words_of_the_server) {
    for (const ByeAt& each : bye_steps) {
        SCOPED_TRACE(each.step);
        Encounter e;
        each.script(e.peer);
        e.peer.send("* BYE going down for the night\r\n").read_octets(Octets(0));
        auto result = e.meet(each.operation);
        ASSERT_FALSE(result.ok());
        const Error& error = result.error();
        EXPECT_THAT(error.code, AnyOf(Eq(Errc::server_unavailable), Eq(Errc::connection_lost))) << error.describe();
        EXPECT_EQ(name_of(error.scope), "account");
        EXPECT_NE(error.retry, Retry::never);
        EXPECT_THAT(error.describe(), HasSubstr("127.0.0.1:"));
        // Amid a literal the connection may be reset, and the words lost with it, before they are read.
        if (std::string(each.step) != "APPEND, amid its literal")
            EXPECT_THAT(error.server_text, HasSubstr("going down for the night"));
    }
}

TEST(HostilePeer, BYE_of_a_server_that_does_not_close_is_told_at_the_deadline) {
    for (const ByeAt& each : bye_steps) {
        SCOPED_TRACE(each.step);
        Encounter e;
        each.script(e.peer);
        e.peer.send("* BYE going down for the night\r\n").hold();
        auto result = e.meet(each.operation);
        ASSERT_FALSE(result.ok());
        const Error& error = result.error();
        EXPECT_THAT(error.code, AnyOf(Eq(Errc::server_unavailable), Eq(Errc::connection_lost))) << error.describe();
        EXPECT_THAT(error.describe(), HasSubstr("127.0.0.1:"));
        EXPECT_THAT(error.server_text, HasSubstr("going down for the night")) << error.describe();
    }
}

// ---- TLS that is not to be ---------------------------------------------------------------------------------------

TEST(HostilePeer, words_injected_behind_the_OK_of_STARTTLS_end_the_connection) {
    Encounter e;
    e.security = Security::starttls;
    e.peer.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n")
        .expect("STARTTLS")
        .send("%T OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
        .hold();
    const Error error = e.fails(Errc::tls_failed);
    EXPECT_THAT(error.message, HasSubstr("tampered"));
    EXPECT_EQ(error.retry, Retry::never);
}

TEST(HostilePeer, PREAUTH_where_TLS_is_wanted_is_refused) {
    Encounter e;
    e.security = Security::starttls;
    e.peer.send("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] you are ann\r\n").hold();
    EXPECT_THAT(e.fails(Errc::plaintext_refused).message, HasSubstr("imaps://"));
}

TEST(HostilePeer, a_refused_STARTTLS_is_never_followed_by_a_password) {
    for (const char* answer : {"%T NO not today\r\n", "%T BAD what\r\n"}) {
        Encounter e;
        e.security = Security::starttls;
        e.peer.send("* OK [CAPABILITY IMAP4rev1] hi\r\n").expect("STARTTLS").send(answer).hold();
        EXPECT_THAT(e.fails(Errc::plaintext_refused).message, HasSubstr("imaps://"));
        EXPECT_THAT(e.transcript.text, Not(AnyOf(HasSubstr("LOGIN"), HasSubstr("<redacted>"))));
    }
}

TEST(HostilePeer, a_handshake_of_junk_fails_as_TLS) {
    Encounter e;
    e.security = Security::starttls;
    e.peer.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n").expect("STARTTLS").send("%T OK\r\n").read_octets(Octets(5));
    e.peer.send("* OK this is no handshake at all\r\n").hold();
    e.fails(Errc::tls_failed);
}

// ---- answers -----------------------------------------------------------------------------------------------------

TEST(HostilePeer, an_answer_never_asked_for_ends_the_connection) {
    for (const char* answer : {"m77 OK done\r\n", "m77 NO done\r\n", "A001 OK done\r\n"}) {
        Encounter e;
        e.after_login().expect("SELECT").send(answer).hold();
        EXPECT_THAT(e.fails(Errc::protocol_violation, select).message, HasSubstr("never sent")) << answer;
    }
}

TEST(HostilePeer, answers_in_another_order_find_their_commands) {
    Encounter e;
    e.after_login()
        .expect("UID FETCH 1 ")
        .expect("UID FETCH 2 ")
        .send("%T OK second\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\nm2 OK first\r\n")
        .hold();
    EXPECT_TRUE(e.meet([](Connection& connection) -> Task<Result<void>> {
                     std::vector<std::string> sets{"1", "2"};
                     int seen = 0;
                     auto count = [&seen](imap::FetchResponse&&) { ++seen; };
                     auto fetched = co_await fetch_items(connection, std::move(sets), "FLAGS", std::move(count));
                     EXPECT_EQ(seen, 1);
                     co_return std::move(fetched);
                 }).ok());
}

TEST(HostilePeer, a_forged_SCRAM_server_is_not_told_the_password_in_another_way) {
    Encounter e;
    e.peer.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN] hi\r\n")
        .expect("AUTHENTICATE SCRAM-SHA-256")
        .send("+ cj1mb3JnZWQscz1RMEZHUlE9PSxpPTQwOTY=\r\n")  // r=forged: not our nonce
        .expect("")                                          // `*` is the whole line
        .send("m1 BAD cancelled\r\n")
        .hold();
    const Error error = e.fails(Errc::protocol_violation);
    EXPECT_EQ(error.retry, Retry::never);
}

}  // namespace
}  // namespace mailhaul::client
