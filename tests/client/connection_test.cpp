// SPDX-License-Identifier: Apache-2.0
// A connection and what its commands mean, against the embedded server where it can, a script where it cannot.
#include "client/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "async/event.hpp"
#include "async/task_scope.hpp"
#include "base/base64.hpp"
#include "client/bench.hpp"
#include "client/mailbox_commands.hpp"
#include "demo/scripted_peer.hpp"
#include "demo/server.hpp"

namespace mailhaul::client {
namespace {

using demo::NewMessage;
using demo::ScriptedPeer;
using demo::Server;
using demo::ServerOptions;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string rude_password = "p\"a\\s{3}s w\xC3\xB6rd ";

ServerOptions offering(std::string_view words) {
    ServerOptions options;
    options.capabilities = demo::capabilities_of(words);
    return options;
}

/// An embedded server with ann's account, and what she sees of it.
struct House {
    explicit House(ServerOptions options = {}, std::string password = "secret")
        : server(io.get_executor(), std::move(options)) {
        server.add_account("ann", std::move(password));
        EXPECT_TRUE(server.start().ok());
        access = access_to(server.port());
        access.deadlines = Deadlines();  // the embedded server answers
    }

    demo::MailStore& ann() { return server.store_of("ann"); }

    /// Runs `test` with a connection that is logged in, and closes it.
    void with(Task<void> (*test)(House&, Connection&)) {
        run(io, [](House& house, Task<void> (*body)(House&, Connection&)) -> Task<void> {
            auto connected = co_await connect(house.access, house.transcript.log());
            if (connected.ok()) {
                const std::unique_ptr<Connection> connection = std::move(connected).value();
                co_await body(house, *connection);
                co_await connection->close();
            } else {
                ADD_FAILURE() << connected.error().describe();
            }
            co_await house.server.stop();
        }(*this, test));
    }

    /// Logs in and out; the mechanism that did it, or the error.
    Result<std::string> log_in() {
        Result<std::string> result = Error(Errc::internal, Scope::run, Retry::never, "no result");
        run(io, [](House& house, Result<std::string>& out) -> Task<void> {
            auto connected = co_await connect(house.access, house.transcript.log());
            if (connected.ok()) {
                out = connected.value()->mechanism();
                co_await connected.value()->close();
            } else {
                out = std::move(connected).error();
            }
            co_await house.server.stop();
        }(*this, result));
        return result;
    }

    asio::io_context io;
    Server server;
    Access access;
    Transcript transcript;
};

/// A script in place of the server.
struct Stage {
    asio::io_context io;
    ScriptedPeer peer{io.get_executor()};
    Transcript transcript;

    ScriptedPeer& after_login(const std::string& capabilities) {
        return peer.send("* OK [CAPABILITY IMAP4rev1] hi\r\n")
            .expect("LOGIN")
            .send("%T OK [CAPABILITY IMAP4rev1 " + capabilities + "] in\r\n");
    }

    void with(Task<void> (*test)(Connection&)) {
        EXPECT_TRUE(peer.start().ok());
        run(io, [](Stage& stage, Task<void> (*body)(Connection&)) -> Task<void> {
            auto connected = co_await connect(access_to(stage.peer.port()), stage.transcript.log());
            if (connected.ok()) {
                const std::unique_ptr<Connection> connection = std::move(connected).value();
                co_await body(*connection);
                co_await connection->close();
            } else {
                ADD_FAILURE() << connected.error().describe();
            }
            co_await stage.peer.stop();
        }(*this, test));
        EXPECT_THAT(peer.failures(), IsEmpty());
    }
};

void expect_no_secret(const std::string& text, const std::string& user, const std::string& secret) {
    EXPECT_THAT(text, HasSubstr("<redacted>"));
    for (const std::string& form : {secret, base64_from(secret), base64_from('\0' + user + '\0' + secret)})
        EXPECT_THAT(text, Not(HasSubstr(form)));
    EXPECT_THAT(text, Not(HasSubstr(base64_from(user))));
}

// ---- logging in ------------------------------------------------------------------------------------------------

struct LoginWay {
    const char* capabilities;
    const char* mechanism;
};

const LoginWay login_ways[] = {
    {"IMAP4rev1", "LOGIN-COMMAND"},
    {"IMAP4rev1 LITERAL+", "LOGIN-COMMAND"},
    {"IMAP4rev1 AUTH=PLAIN", "PLAIN"},
    {"IMAP4rev1 AUTH=PLAIN SASL-IR", "PLAIN"},
    {"IMAP4rev1 AUTH=LOGIN LOGINDISABLED", "LOGIN"},
    {"IMAP4rev1 AUTH=LOGIN SASL-IR LOGINDISABLED", "LOGIN"},
    {"IMAP4rev1 AUTH=PLAIN LOGINDISABLED ID", "PLAIN"},
};

TEST(Login, works_by_every_mechanism_and_with_any_password_and_never_shows_it) {
    for (const LoginWay& way : login_ways) {
        for (const std::string& password : {std::string("secret"), rude_password, std::string(300, 'x')}) {
            SCOPED_TRACE(std::string(way.capabilities) + " " + password);
            House house(offering(way.capabilities), password);
            house.access.password = always(password);
            const auto result = house.log_in();
            ASSERT_TRUE(result.ok()) << result.error().describe();
            EXPECT_EQ(result.value(), way.mechanism);
            EXPECT_EQ(house.server.counters().count("LOGIN") + house.server.counters().count("AUTHENTICATE"), 1U);
            expect_no_secret(house.transcript.text, "ann", password);
        }
    }
}

TEST(Login, submits_a_wrong_password_exactly_once) {
    for (const LoginWay& way : login_ways) {
        SCOPED_TRACE(way.capabilities);
        House house(offering(way.capabilities));
        house.access.password = always("not the secret");
        const auto result = house.log_in();
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(name_of(result.error().code), "login_refused");
        EXPECT_EQ(name_of(result.error().scope), "account");
        EXPECT_EQ(result.error().retry, Retry::never);
        EXPECT_THAT(result.error().describe(),
                    testing::AllOf(HasSubstr("ann@127.0.0.1"), HasSubstr("check the user name and password")));
        EXPECT_EQ(house.server.counters().count("LOGIN") + house.server.counters().count("AUTHENTICATE"), 1U);
        EXPECT_EQ(house.server.counters().connections, 1U);
        expect_no_secret(house.transcript.text + result.error().describe(), "ann", "not the secret");
    }
}

TEST(Login, uses_the_mechanism_it_was_told_to) {
    House house(offering("IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR"));
    house.access.mechanism = "LOGIN";
    const auto result = house.log_in();
    ASSERT_TRUE(result.ok()) << result.error().describe();
    EXPECT_EQ(result.value(), "LOGIN");
}

TEST(Login, says_nothing_where_no_mechanism_fits) {
    House house(offering("IMAP4rev1 LOGINDISABLED AUTH=GSSAPI"));
    const auto result = house.log_in();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(name_of(result.error().code), "login_unavailable");
    EXPECT_THAT(result.error().message,
                testing::AllOf(HasSubstr("GSSAPI"), HasSubstr("disabled LOGIN"), HasSubstr("imaps://")));
    EXPECT_EQ(house.server.counters().count("LOGIN") + house.server.counters().count("AUTHENTICATE"), 0U);
    EXPECT_THAT(house.transcript.text, Not(HasSubstr("<redacted>")));
}

TEST(Login, never_says_a_password_where_LOGIN_is_disabled_or_clear_text_forbidden_even_if_told_the_mechanism) {
    House disabled(offering("IMAP4rev1 LOGINDISABLED"));
    disabled.access.mechanism = "LOGIN-COMMAND";
    House in_clear(offering("IMAP4rev1 AUTH=PLAIN SASL-IR"));
    in_clear.access.mechanism = "PLAIN";
    in_clear.access.clear_text_allowed = false;
    for (House* house : {&disabled, &in_clear}) {
        const auto result = house->log_in();
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(name_of(result.error().code), "login_unavailable");
        EXPECT_EQ(house->server.counters().count("LOGIN") + house->server.counters().count("AUTHENTICATE"), 0U);
    }
}

TEST(Login, asks_for_no_password_when_the_server_knows_who_it_is) {
    ServerOptions options = offering("IMAP4rev1");
    options.greeting = demo::Greeting::preauth;
    options.preauth_user = "ann";
    House house(std::move(options));
    house.access.password = [] { return Result<Secret>(Error(Errc::internal, Scope::run, Retry::never, "asked for")); };
    const auto result = house.log_in();
    ASSERT_TRUE(result.ok()) << result.error().describe();
    EXPECT_EQ(result.value(), "");
}

TEST(Login, passes_on_why_there_is_no_password) {
    House house;
    house.access.password = [] {
        return Result<Secret>(Error(Errc::credential_unavailable, Scope::account, Retry::never, "no such file: x"));
    };
    const auto result = house.log_in();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(name_of(result.error().code), "credential_unavailable");
}

TEST(Login, sends_a_token_by_XOAUTH2_and_tells_why_it_was_refused) {
    Stage stage;
    const std::string explanation = base64_from(R"({"status":"401","schemes":"bearer","scope":"https://mail.example/"})");
    stage.peer.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi\r\n")
        .expect("AUTHENTICATE XOAUTH2 " + base64_from("user=ann\x01"
                                                      "auth=Bearer tok-en\x01\x01"))
        .send("+ " + explanation + "\r\n")
        .expect("")  // an empty line
        .send("m1 NO [AUTHENTICATIONFAILED] no\r\n")
        .hold();
    ASSERT_TRUE(stage.peer.start().ok());
    Access access = access_to(stage.peer.port());
    access.password = nullptr;
    access.token = always("tok-en");
    std::optional<Error> refused;
    run(stage.io, [](Stage& s, Access how, std::optional<Error>& out) -> Task<void> {
        auto connected = co_await connect(std::move(how), s.transcript.log());
        if (!connected.ok()) out = std::move(connected).error();
        co_await s.peer.stop();
    }(stage, std::move(access), refused));
    ASSERT_TRUE(refused);
    EXPECT_EQ(name_of(refused->code), "login_refused");
    EXPECT_THAT(refused->message, HasSubstr("401"));
    EXPECT_THAT(stage.peer.failures(), IsEmpty());
    EXPECT_THAT(stage.transcript.text, Not(HasSubstr("tok-en")));
    EXPECT_THAT(stage.transcript.text, Not(HasSubstr(explanation)));
}

TEST(Login, learns_who_the_server_is) {
    House house;
    house.with([](House&, Connection& connection) -> Task<void> {
        EXPECT_THAT(connection.server(), HasSubstr("mailhaul demo"));
        EXPECT_EQ(connection.transport(), "plaintext");
        EXPECT_EQ(connection.state(), imap::State::authenticated);
        co_return;
    });
}

// ---- mailboxes -------------------------------------------------------------------------------------------------

std::vector<std::string> rows_of(const std::vector<ListedMailbox>& listed) {
    std::vector<std::string> rows;
    for (const ListedMailbox& each : listed) {
        std::string row = each.info.name.raw();
        if (each.info.subscribed) row += " subscribed";
        row += each.status ? " " + std::to_string(each.status->messages.value_or(99)) : " -";
        rows.push_back(row);
    }
    std::ranges::sort(rows);
    return rows;
}

TEST(ListMailboxes, tells_the_same_whatever_the_server_can_do) {
    for (const char* words :
         {"IMAP4rev1", "IMAP4rev1 LIST-EXTENDED", "IMAP4rev1 LIST-EXTENDED LIST-STATUS CHILDREN SPECIAL-USE"}) {
        SCOPED_TRACE(words);
        House house(offering(words));
        EXPECT_TRUE(house.ann().create("Work/Old").ok());
        EXPECT_TRUE(house.ann().append("Work/Old", NewMessage("Subject: a\r\n\r\n")).ok());
        house.ann().subscribe("Work/Old");
        house.with([](House& here, Connection& connection) -> Task<void> {
            auto listed = co_await list_mailboxes(connection);
            EXPECT_TRUE(listed.ok());
            if (!listed.ok()) co_return;
            EXPECT_THAT(rows_of(listed.value()), ElementsAre("INBOX 0", "Work -", "Work/Old subscribed 1"));
            const bool at_once = here.server.options().capabilities.has("LIST-STATUS");
            EXPECT_EQ(here.server.counters().count("STATUS"), at_once ? 0U : 2U);
        });
    }
}

TEST(ListMailboxes, asks_for_many_counters_in_few_round_trips) {
    House house(offering("IMAP4rev1"));
    for (int i = 0; i < 60; ++i) EXPECT_TRUE(house.ann().create("m" + std::to_string(i)).ok());
    house.with([](House& here, Connection& connection) -> Task<void> {
        here.server.reset_counters();
        auto listed = co_await list_mailboxes(connection);
        EXPECT_TRUE(listed.ok());
        if (!listed.ok()) co_return;
        EXPECT_EQ(listed.value().size(), 61U);
        EXPECT_EQ(here.server.counters().count("STATUS"), 61U);
        EXPECT_LT(here.server.counters().round_trips, 12U);
    });
}

TEST(ListMailboxes, falls_back_where_the_extended_listing_is_refused_or_empty) {
    for (const char* answer :
         {"%T BAD what\r\n", "%T NO cannot\r\n", "%T OK nothing\r\n", "* LIST () \"/\" half\r\n%T NO broke\r\n"}) {
        SCOPED_TRACE(answer);
        Stage stage;
        stage.after_login("LIST-EXTENDED LIST-STATUS")
            .expect("LIST \"\" \"*\" RETURN")
            .send(answer)
            .expect("LIST \"\" \"*\"")
            .expect("LSUB")
            .send("* LIST () \"/\" INBOX\r\nm3 OK\r\n%T OK\r\n")
            .expect("STATUS INBOX")
            .send("* STATUS INBOX (MESSAGES 4)\r\n%T OK\r\n")
            .hold();
        stage.with([](Connection& connection) -> Task<void> {
            auto listed = co_await list_mailboxes(connection);
            EXPECT_TRUE(listed.ok()) << listed.error().describe();
            if (listed.ok()) EXPECT_THAT(rows_of(listed.value()), ElementsAre("INBOX 4"));
        });
    }
}

TEST(ListMailboxes, makes_a_listing_broken_off_an_error_and_never_a_short_list) {
    for (const char* answer : {"m2 NO broke\r\nm3 OK\r\n", "m2 BAD broke\r\nm3 OK\r\n", "* LIST (((\r\nm2 OK\r\nm3 OK\r\n",
                               "* BYE enough\r\n", ""}) {
        SCOPED_TRACE(answer);
        Stage stage;
        stage.after_login("").expect("LIST").expect("LSUB").send("* LIST () \"/\" a\r\n").send(answer);
        stage.with([](Connection& connection) -> Task<void> {
            auto listed = co_await list_mailboxes(connection);
            EXPECT_FALSE(listed.ok());
        });
    }
}

TEST(ListMailboxes, leaves_a_mailbox_without_counters_where_STATUS_is_refused) {
    House house(offering("IMAP4rev1"));
    EXPECT_TRUE(house.ann().create("locked").ok());
    house.server.faults().on("STATUS").holding("locked").no("[NOPERM] not yours");
    house.with([](House&, Connection& connection) -> Task<void> {
        auto listed = co_await list_mailboxes(connection);
        EXPECT_TRUE(listed.ok());
        if (listed.ok()) EXPECT_THAT(rows_of(listed.value()), ElementsAre("INBOX 0", "locked -"));
    });
}

TEST(OpenMailbox, tells_a_missing_mailbox_and_goes_on) {
    House house;
    house.with([](House&, Connection& connection) -> Task<void> {
        auto missing = co_await open_mailbox(connection, imap::MailboxName("nowhere"), imap::SelectMode::examine);
        EXPECT_FALSE(missing.ok());
        if (!missing.ok()) {
            EXPECT_THAT(name_of(missing.error().code), AnyOf("mailbox_missing", "mailbox_refused"));
            EXPECT_EQ(name_of(missing.error().scope), "mailbox");
            EXPECT_THAT(missing.error().describe(), HasSubstr("nowhere"));
        }
        auto inbox = co_await open_mailbox(connection, imap::MailboxName("inbox"), imap::SelectMode::examine);
        EXPECT_TRUE(inbox.ok());
        if (inbox.ok()) EXPECT_TRUE(inbox.value().read_only);
    });
}

// ---- messages --------------------------------------------------------------------------------------------------

void fill(House& house, int messages) {
    for (int i = 0; i < messages; ++i) EXPECT_TRUE(house.ann().append("INBOX", NewMessage("Subject: x\r\n\r\nhi\r\n")).ok());
}

TEST(FetchItems, brings_what_came_and_still_tells_a_partial_NO) {
    Stage stage;
    stage.after_login("")
        .expect("UID FETCH 1:2")
        .expect("UID FETCH 3:4")
        .send(
            "* 1 FETCH (UID 1 FLAGS ())\r\nm2 NO some messages could not be fetched\r\n"
            "* 3 FETCH (UID 3 FLAGS ())\r\n* 4 FETCH (UID 4 FLAGS ())\r\nm3 OK\r\n")
        .hold();
    stage.with([](Connection& connection) -> Task<void> {
        std::vector<std::string> sets{"1:2", "3:4"};
        std::vector<std::uint32_t> uids;
        auto note = [&uids](imap::FetchResponse&& fetch) { uids.push_back(fetch.uid->value()); };
        auto fetched = co_await fetch_items(connection, std::move(sets), "FLAGS", std::move(note));
        EXPECT_FALSE(fetched.ok());
        if (!fetched.ok()) {
            EXPECT_NE(name_of(fetched.error().scope), "account");
            EXPECT_THAT(fetched.error().server_text, HasSubstr("some messages could not be fetched"));
        }
        EXPECT_THAT(uids, ElementsAre(1, 3, 4));
        EXPECT_TRUE(connection.is_open());
    });
}

TEST(RemoveMessages, removes_exactly_those_named) {
    House house;
    fill(house, 3);
    house.ann().find("INBOX")->set_flags(imap::Uid(3), {"\\Deleted"});  // marked by somebody else
    house.with([](House& here, Connection& connection) -> Task<void> {
        (void)co_await open_mailbox(connection, imap::MailboxName("INBOX"), imap::SelectMode::select);
        auto removed = co_await remove_messages(connection, imap::UidSet::range(imap::Uid(1), imap::Uid(1)));
        EXPECT_TRUE(removed.ok() && removed.value());
        EXPECT_EQ(here.ann().find("INBOX")->messages().size(), 2U);
        EXPECT_NE(here.ann().find("INBOX")->find(imap::Uid(3)), nullptr);
    });
}

TEST(RemoveMessages, does_not_expunge_what_others_marked_where_there_is_no_UIDPLUS) {
    House house(offering("IMAP4rev1"));
    fill(house, 3);
    house.ann().find("INBOX")->set_flags(imap::Uid(3), {"\\deleted"});
    house.with([](House& here, Connection& connection) -> Task<void> {
        (void)co_await open_mailbox(connection, imap::MailboxName("INBOX"), imap::SelectMode::select);
        auto removed = co_await remove_messages(connection, imap::UidSet::range(imap::Uid(1), imap::Uid(1)));
        EXPECT_TRUE(removed.ok() && !removed.value());
        EXPECT_EQ(here.ann().find("INBOX")->messages().size(), 3U);
        EXPECT_EQ(here.ann().find("INBOX")->count_with("\\Deleted"), 1U) << "and marks nothing it cannot remove";
        EXPECT_EQ(here.server.counters().count("EXPUNGE"), 0U);
    });
}

TEST(RemoveMessages, expunges_without_UIDPLUS_where_nothing_else_is_marked) {
    House house(offering("IMAP4rev1"));
    fill(house, 3);
    house.with([](House& here, Connection& connection) -> Task<void> {
        (void)co_await open_mailbox(connection, imap::MailboxName("INBOX"), imap::SelectMode::select);
        auto removed = co_await remove_messages(connection, imap::UidSet::range(imap::Uid(1), imap::Uid(2)));
        EXPECT_TRUE(removed.ok() && removed.value());
        EXPECT_EQ(here.ann().find("INBOX")->messages().size(), 1U);
    });
}

// ---- full duplex -----------------------------------------------------------------------------------------------

TEST(Connection, stores_a_big_message_while_a_flood_of_mail_comes_in) {
    House house;
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(house.ann().append("INBOX", NewMessage(std::string(1 << 20, 'y'))).ok());
    house.with([](House& here, Connection& connection) -> Task<void> {
        (void)co_await open_mailbox(connection, imap::MailboxName("INBOX"), imap::SelectMode::select);
        struct Count : DataSink {
            void on_body_data(std::string_view octets) override { seen += octets.size(); }
            std::uint64_t seen = 0;
        } count;
        const Listening listening(connection, count);
        const imap::CommandId fetch = connection.submit(imap::uid_fetch_command("1:40", "BODY.PEEK[]", ""));
        std::vector<std::string> pieces(400, std::string(50'000, 'x'));
        auto source = std::make_shared<TextSource>(std::move(pieces));
        const imap::CommandId append =
            connection.submit(append_command(Octets(20'000'000), connection.literal_mode()), std::move(source));
        auto stored = co_await connection.answer_to(append);
        auto fetched = co_await connection.answer_to(fetch);
        EXPECT_TRUE(stored.ok() && stored.value().kind == imap::StatusKind::ok);
        EXPECT_TRUE(fetched.ok() && fetched.value().kind == imap::StatusKind::ok);
        EXPECT_EQ(count.seen, 40U << 20U);
        EXPECT_EQ(here.ann().find("INBOX")->messages().size(), 41U);
        EXPECT_EQ(here.ann().find("INBOX")->messages().back().octets->size(), 20'000'000U);
    });
}

/// Takes bodies where they come, and where it wants them if it is asked.
struct Shelf : DataSink {
    explicit Shelf(const asio::any_io_executor& executor) : more(executor) {}
    void on_body_begin(const imap::BodyBegin& begin) override {
        body = std::make_shared<std::string>(begin.size.value(), '\0');
        filled = 0;
    }
    Space body_space(std::size_t most) override {
        return {body, std::span<char>(*body).subspan(filled, std::min(most, body->size() - filled))};
    }
    void on_body_data(std::string_view octets) override {
        if (octets.data() == body->data() + filled) in_place += octets.size();
        else body->replace(filled, octets.size(), octets);
        filled += octets.size();
        more.notify();
    }
    void on_body_end() override { bodies.push_back(*body); }

    std::shared_ptr<std::string> body;
    std::size_t filled = 0;
    std::uint64_t in_place = 0;
    std::vector<std::string> bodies;
    Event more;
};

std::vector<std::string> messages_of_all_sizes() {
    std::vector<std::string> messages;
    for (const std::size_t size : {0U, 1U, 5'000U, 32'767U, 32'768U, 200'000U, 3'000'000U, 7U, 1'000'000U}) {
        std::string& message = messages.emplace_back(size, '\0');
        for (std::size_t i = 0; i < size; ++i) message[i] = static_cast<char>('a' + (i + size) % 23);
    }
    return messages;
}

TEST(Connection, reads_a_large_body_to_where_it_belongs_and_small_ones_as_they_come) {
    House house;
    for (const std::string& message : messages_of_all_sizes())
        EXPECT_TRUE(house.ann().append("INBOX", NewMessage(message)).ok());
    house.with([](House&, Connection& connection) -> Task<void> {
        (void)co_await open_mailbox(connection, imap::MailboxName("INBOX"), imap::SelectMode::select);
        Shelf shelf(co_await asio::this_coro::executor);
        const Listening listening(connection, shelf);
        auto fetched = co_await connection.run(imap::uid_fetch_command("1:*", "BODY.PEEK[]", ""), Doing::fetching);
        EXPECT_TRUE(fetched.ok());
        EXPECT_TRUE(shelf.bodies == messages_of_all_sizes());
        EXPECT_GT(shelf.in_place, 3'500'000U);
    });
}

TEST(Connection, keeps_the_place_it_reads_to_though_nobody_listens_any_more) {
    Stage stage;
    stage.after_login("")
        .expect("UID FETCH 1 (BODY.PEEK[])")
        .send("* 1 FETCH (UID 1 BODY[] {100000}\r\n" + std::string(40'000, 'x'))
        .expect("NOOP")
        .send(std::string(60'000, 'y') + ")\r\n%T OK\r\n")
        .hold();
    stage.with([](Connection& connection) -> Task<void> {
        auto shelf = std::make_unique<Shelf>(co_await asio::this_coro::executor);
        auto listening = std::make_unique<Listening>(connection, *shelf);
        connection.submit(imap::uid_fetch_command("1", "BODY.PEEK[]", ""));
        while (shelf->filled < 40'000) co_await shelf->more.wait();
        listening.reset();  // while the connection waits for octets to put there
        shelf.reset();
        auto alive = co_await connection.run(imap::noop_command(), Doing::changing);
        EXPECT_TRUE(alive.ok()) << alive.error().describe();
    });
}

TEST(Connection, goes_on_after_an_APPEND_refused_amid_its_literal) {
    Stage stage;
    stage.after_login("LITERAL+")
        .expect("APPEND INBOX {100000+}")
        .read_octets(Octets(1'000))
        .send("%T NO [TOOBIG] no\r\n")
        .read_octets(Octets(99'000))
        .expect("")  // the end of the command
        .expect("NOOP")
        .send("%T OK\r\n")
        .hold();
    stage.with([](Connection& connection) -> Task<void> {
        std::vector<std::string> pieces(10, std::string(10'000, 'x'));
        auto source = std::make_shared<TextSource>(std::move(pieces));
        const imap::CommandId append =
            connection.submit(append_command(Octets(100'000), connection.literal_mode()), std::move(source));
        auto refused = co_await connection.answer_to(append);
        EXPECT_TRUE(refused.ok() && refused.value().code_name() == "TOOBIG");
        auto alive = co_await connection.run(imap::noop_command(), Doing::changing);
        EXPECT_TRUE(alive.ok()) << alive.error().describe();
    });
}

TEST(Connection, goes_on_after_a_synchronising_literal_is_refused) {
    House house(offering("IMAP4rev1"));
    house.server.faults().on("APPEND").before_continuation().no("[OVERQUOTA] full");
    house.with([](House& here, Connection& connection) -> Task<void> {
        std::vector<std::string> pieces(1, std::string(10, 'x'));
        auto source = std::make_shared<TextSource>(std::move(pieces));
        const imap::CommandId append =
            connection.submit(append_command(Octets(10), connection.literal_mode()), std::move(source));
        auto refused = co_await connection.answer_to(append);
        EXPECT_TRUE(refused.ok() && refused.value().code_name() == "OVERQUOTA");
        auto alive = co_await connection.run(imap::noop_command(), Doing::changing);
        EXPECT_TRUE(alive.ok());
        EXPECT_EQ(here.ann().find("INBOX")->messages().size(), 0U);
    });
}

// The other server's lost connection is not this one's: waiting for this one to say something would take ten minutes.
TEST(Connection, ends_at_once_when_the_source_of_a_literal_fails) {
    for (const Errc code : {Errc::connection_lost, Errc::message_unreadable}) {
        House house;
        static Errc failing_with;
        failing_with = code;
        house.with([](House& here, Connection& connection) -> Task<void> {
            Error lost(failing_with, Scope::message, Retry::now, "the source went away");
            std::vector<std::string> pieces(2, std::string(1'000, 'x'));
            auto source = std::make_shared<TextSource>(std::move(pieces), std::move(lost));
            const imap::CommandId append =
                connection.submit(append_command(Octets(5'000), connection.literal_mode()), std::move(source));
            auto answer = co_await connection.answer_to(append);
            EXPECT_FALSE(answer.ok());
            if (!answer.ok()) {
                EXPECT_THAT(answer.error().describe(), HasSubstr("the source went away"));
                EXPECT_EQ(name_of(answer.error().scope), "account");
            }
            EXPECT_FALSE(connection.is_open());
            EXPECT_EQ(here.ann().find("INBOX")->messages().size(), 0U);
        });
    }
}

TEST(Connection, stores_nothing_of_a_message_whose_source_gives_another_number_of_octets) {
    House house;
    house.with([](House& here, Connection& connection) -> Task<void> {
        std::vector<std::string> pieces(1, std::string(1'000, 'x'));
        auto source = std::make_shared<TextSource>(std::move(pieces));
        const imap::CommandId append =
            connection.submit(append_command(Octets(999), connection.literal_mode()), std::move(source));
        auto answer = co_await connection.answer_to(append);
        EXPECT_FALSE(answer.ok());
        EXPECT_EQ(here.ann().find("INBOX")->messages().size(), 0U);
    });
}

// ---- the end ---------------------------------------------------------------------------------------------------

void expect_close_in_time(Stage& stage) {
    const auto began = std::chrono::steady_clock::now();
    stage.with([](Connection&) -> Task<void> { co_return; });
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
}

TEST(Connection, closes_in_time_although_LOGOUT_is_never_answered) {
    Stage silent;
    silent.after_login("").hold();
    expect_close_in_time(silent);
    Stage talking;
    talking.after_login("").expect("LOGOUT").flood("* OK " + std::string(1'000, 'x') + "\r\n");
    expect_close_in_time(talking);
}

TEST(Connection, wakes_every_waiter_when_it_is_abandoned) {
    Stage stage;
    stage.after_login("").hold();
    stage.with([](Connection& connection) -> Task<void> {
        int woken = 0;
        auto wait = [](Connection& on, int& count) -> Task<void> {
            auto answer = co_await on.run(imap::noop_command(), Doing::changing);
            EXPECT_FALSE(answer.ok());
            if (!answer.ok()) EXPECT_THAT(answer.error().message, HasSubstr("enough"));
            ++count;
        };
        TaskScope waiters(co_await asio::this_coro::executor);
        for (int i = 0; i < 3; ++i) waiters.spawn(wait(connection, woken));
        Error enough(Errc::cancelled, Scope::account, Retry::now, "enough");
        connection.abandon(std::move(enough));
        co_await waiters.join();
        EXPECT_EQ(woken, 3);
        EXPECT_FALSE(connection.is_open());
        auto later = co_await connection.run(imap::noop_command(), Doing::changing);
        EXPECT_FALSE(later.ok());
    });
}

TEST(Connection, may_be_dropped_without_close_at_any_time) {
    House house;
    run(house.io, [](House& here) -> Task<void> {
        const ProtocolLog nowhere;
        auto not_logged_in = co_await Connection::open(here.access, nowhere);
        EXPECT_TRUE(not_logged_in.ok());
        auto busy = co_await connect(here.access);
        EXPECT_TRUE(busy.ok());
        if (busy.ok()) {
            std::vector<std::string> pieces(10, std::string(100'000, 'x'));
            auto source = std::make_shared<TextSource>(std::move(pieces));
            busy.value()->submit(append_command(Octets(1'000'000), imap::LiteralMode::plus), std::move(source));
            busy.value()->submit(imap::noop_command());
        }
        busy = Error(Errc::cancelled, Scope::run, Retry::never, "dropped");
        not_logged_in = Error(Errc::cancelled, Scope::run, Retry::never, "dropped");
        co_await here.server.stop();
    }(house));
    EXPECT_EQ(house.server.counters().open_connections, 0U);
}

}  // namespace
}  // namespace mailhaul::client
