// SPDX-License-Identifier: Apache-2.0
// The embedded server, command by command, over a socket.
#include "demo/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "demo/raw_client.hpp"

namespace mailhaul::demo {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string hello = "From: ann@old.example\r\nSubject: hello\r\nMessage-ID: <1@old.example>\r\n\r\nhi there\r\n";
const std::string letter =
    "From: ben@old.example\r\nSubject: a letter\r\nDate: Mon, 1 Feb 2021 10:00:00 +0100\r\n\r\nlong text\r\n";

imap::InternalDate date(std::string_view text) { return imap::parse_internal_date(text).value(); }

/// A server with the account ann, two messages in her INBOX, and one client logged in.
struct Fixture {
    explicit Fixture(ServerOptions options = {}) : server(io.get_executor(), std::move(options)), client(io.get_executor()) {
        MailStore& ann = server.add_account("ann", "secret");
        EXPECT_TRUE(ann.append("INBOX", NewMessage(hello, {"\\Seen"}, date("01-Feb-2021 10:00:00 +0100"))).ok());
        EXPECT_TRUE(ann.append("INBOX", NewMessage(letter, {}, date("05-Mar-2022 23:30:00 -0500"))).ok());
        EXPECT_TRUE(server.start().ok());
    }

    /// Logs in, runs `test`, stops the server.
    void with(Task<void> (*test)(Fixture&)) { run(io, all(test)); }
    Task<void> all(Task<void> (*test)(Fixture&)) {
        EXPECT_THAT(co_await client.connect(server.port()), StartsWith("* OK [CAPABILITY IMAP4rev1"));
        co_await client.log_in("ann", "secret");
        co_await test(*this);
        co_await server.stop();
    }
    MailStore& ann() { return server.store_of("ann"); }

    asio::io_context io;
    Server server;
    RawClient client;
};

Task<void> expect_answer(RawClient& client, std::string command, testing::Matcher<const std::string&> matcher) {
    const std::string answer = co_await client.command(command);
    EXPECT_THAT(answer, matcher) << command;
}

TEST(DemoServer, lists_mailboxes_with_their_counts_in_one_command) {
    Fixture fixture;
    EXPECT_TRUE(fixture.ann().create("Work/&AMQ-rger").ok());
    EXPECT_TRUE(fixture.ann().create("Sent", {imap::SpecialUse::sent}).ok());
    fixture.ann().subscribe("Sent");
    fixture.with([](Fixture& f) -> Task<void> {
        const std::string rows = co_await f.client.command(
            "LIST \"\" \"*\" RETURN (SPECIAL-USE SUBSCRIBED CHILDREN STATUS (MESSAGES UIDNEXT UIDVALIDITY SIZE))");
        EXPECT_THAT(
            rows, HasSubstr("* LIST (\\HasNoChildren) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 1 SIZE " +
                            std::to_string(hello.size() + letter.size()) + ")\r\n"));
        EXPECT_THAT(rows, HasSubstr("* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\n"));
        EXPECT_THAT(rows, HasSubstr("* LIST (\\Noselect \\HasChildren) \"/\" Work\r\n"));
        EXPECT_THAT(rows, HasSubstr("* LIST (\\HasNoChildren) \"/\" Work/&AMQ-rger\r\n"));
        EXPECT_THAT(rows, Not(HasSubstr("* STATUS Work (")));
        co_await expect_answer(f.client, "LIST \"\" \"\"", HasSubstr("* LIST (\\Noselect) \"/\" \"\"\r\n"));
        co_await expect_answer(f.client, "LIST \"\" %", Not(HasSubstr("rger")));
        co_await expect_answer(f.client, "LIST Work/ %", HasSubstr("Work/&AMQ-rger"));
        co_await expect_answer(f.client, "LSUB \"\" *", StartsWith("* LSUB () \"/\" Sent\r\nt"));
        co_await expect_answer(f.client, "LIST (SUBSCRIBED) \"\" *",
                               HasSubstr("* LIST (\\HasNoChildren \\Subscribed) \"/\" Sent"));
    });
}

TEST(DemoServer, speaks_its_separator_and_prefix) {
    Fixture fixture(ServerOptions::old_style());
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "NAMESPACE", HasSubstr("* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n"));
        co_await expect_answer(f.client, "CREATE Work", HasSubstr(" NO [CANNOT] "));
        co_await expect_answer(f.client, "CREATE INBOX.Work.Heizung", HasSubstr(" OK "));
        co_await expect_answer(f.client, "LIST \"\" *", HasSubstr("* LIST (\\Noselect \\HasChildren) \".\" INBOX.Work\r\n"));
        co_await expect_answer(f.client, "DELETE INBOX.Work.Heizung", HasSubstr(" OK "));
        co_await expect_answer(f.client, "LIST \"\" *", Not(HasSubstr("Work")));
        EXPECT_EQ(f.ann().name_of({"Work", "Ärger"}), "INBOX.Work.&AMQ-rger");
    });
}

TEST(DemoServer, of_gmails_dialect_tells_labels_and_keeps_equal_messages_once) {
    Fixture fixture(ServerOptions::gmail());
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "LIST \"\" *",
                               HasSubstr("* LIST (\\HasNoChildren \\All) \"/\" \"[Gmail]/All Mail\"\r\n"));
        const std::string text = "Message-ID: <1@x>\r\n\r\nhello\r\n";
        for (const char* label : {"Work", "Home"}) EXPECT_TRUE(f.ann().create(label).ok());
        for (const std::string name : {"Work", "Home", "Work"}) {
            const std::string size = std::to_string(text.size());
            co_await expect_answer(f.client, "APPEND " + name + " {" + size + "+}\r\n" + text, HasSubstr(" OK [APPENDUID "));
        }
        co_await expect_answer(f.client, "STATUS Work (MESSAGES)", HasSubstr("(MESSAGES 1)"));
        co_await expect_answer(f.client, "SELECT \"[Gmail]/All Mail\"", HasSubstr("* 1 EXISTS\r\n"));
        co_await expect_answer(f.client, "UID FETCH 1 (X-GM-LABELS)",
                               StartsWith("* 1 FETCH (X-GM-LABELS (\"Home\" \"Work\") UID 1)\r\n"));
        co_await expect_answer(f.client, "UID STORE 1 +X-GM-LABELS (\\Inbox \"a b\")",
                               StartsWith("* 1 FETCH (UID 1 X-GM-LABELS (\"Home\" \"\\\\Inbox\" \"Work\" \"a b\"))\r\n"));
        co_await expect_answer(f.client, "UID STORE 1 -X-GM-LABELS (Work)", HasSubstr(" BAD "));
        co_await expect_answer(f.client, "CREATE \"x^y\"", HasSubstr(" NO [CANNOT] "));
    });
    Fixture another;
    another.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "SELECT INBOX", HasSubstr(" OK "));
        co_await expect_answer(f.client, "UID FETCH 1 (X-GM-LABELS)", HasSubstr(" BAD "));
    });
}

TEST(DemoServer, selects_and_fetches) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        const std::string selected = co_await f.client.command("SELECT inbox (CONDSTORE)");
        EXPECT_THAT(selected, HasSubstr("* 2 EXISTS\r\n"));
        EXPECT_THAT(selected, HasSubstr("[UIDVALIDITY 1]"));
        EXPECT_THAT(selected, HasSubstr("[UIDNEXT 3]"));
        EXPECT_THAT(selected, HasSubstr("[HIGHESTMODSEQ 3]"));
        EXPECT_THAT(selected, HasSubstr(" OK [READ-WRITE] "));
        co_await expect_answer(f.client, "UID FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE MODSEQ)",
                               HasSubstr("* 1 FETCH (FLAGS (\\Seen) INTERNALDATE \" 1-Feb-2021 10:00:00 +0100\" RFC822.SIZE " +
                                         std::to_string(hello.size()) + " MODSEQ (2) UID 1)\r\n"));
        co_await expect_answer(
            f.client, "UID FETCH 1 (BODY.PEEK[])",
            StartsWith("* 1 FETCH (BODY[] {" + std::to_string(hello.size()) + "}\r\n" + hello + " UID 1)\r\n"));
        co_await expect_answer(f.client, "UID FETCH 1 BODY.PEEK[]<6.3>",
                               StartsWith("* 1 FETCH (BODY[]<6> {3}\r\nann UID 1)\r\n"));
        co_await expect_answer(f.client, "UID FETCH 1 BODY.PEEK[]<9999.3>",
                               StartsWith("* 1 FETCH (BODY[]<9999> {0}\r\n UID 1)\r\n"));
        co_await expect_answer(
            f.client, "FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT X-NONE)]",
            StartsWith("* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT X-NONE)] {18}\r\nSubject: hello\r\n\r\n)\r\n"));
        co_await expect_answer(f.client, "FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT Message-ID)]",
                               HasSubstr("{25}\r\nFrom: ann@old.example\r\n\r\n)\r\n"));
        co_await expect_answer(f.client, "FETCH 1 BODY[TEXT]", StartsWith("* 1 FETCH (BODY[TEXT] {10}\r\nhi there\r\n)\r\n"));
        co_await expect_answer(f.client, "UID FETCH 7:9 FLAGS", StartsWith("t"));
        co_await expect_answer(f.client, "UID FETCH 9:* UID", StartsWith("* 2 FETCH (UID 2)\r\n"));
        EXPECT_FALSE(f.ann().find("INBOX")->find(imap::Uid(2))->flags.contains("\\Seen")) << "nothing was read without PEEK";
        co_await expect_answer(f.client, "UID FETCH 2 BODY[]", HasSubstr("long text"));
        EXPECT_TRUE(f.ann().find("INBOX")->find(imap::Uid(2))->flags.contains("\\Seen"));
    });
}

TEST(DemoServer, appends_with_every_kind_of_literal) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.send("a1 APPEND INBOX (\\Flagged $Work) \" 2-Feb-2021 10:00:00 +0100\" {11}\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("+ "));
        co_await f.client.send("a: b\r\n\r\nc\r\n\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("a1 OK [APPENDUID 1 3] "));
        const std::string nul("x\0y", 3);
        co_await f.client.send("a2 APPEND INBOX {4+}\r\nab\r\n (\\Seen) ~{3+}\r\n" + nul + "\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("a2 OK [APPENDUID 1 4:5] "));
        co_await f.client.send("a3 APPEND INBOX {3+}\r\n" + nul + "\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("a3 BAD "));
        co_await f.client.send("a4 APPEND Nowhere {3+}\r\nabc\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("a4 NO [TRYCREATE] "));
        co_await f.client.send("a5 APPEND INBOX {3+}\r\nabc {0+}\r\n\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("a5 NO ")) << "an empty message cancels all";
        const auto& messages = f.ann().find("INBOX")->messages();
        EXPECT_EQ(messages.size(), 5U);
        EXPECT_EQ(*messages[2].octets, "a: b\r\n\r\nc\r\n");
        EXPECT_EQ(messages[2].flags.to_string(), "$Work \\Flagged");
        EXPECT_EQ(messages[2].date.to_string(), " 2-Feb-2021 10:00:00 +0100");
        EXPECT_EQ(*messages[4].octets, nul);
    });
}

TEST(DemoServer, answers_pipelined_commands_in_order) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.command("SELECT INBOX");
        f.server.reset_counters();
        std::string many;
        for (int i = 1; i <= 50; ++i) many += "p" + std::to_string(i) + " APPEND INBOX {3+}\r\nabc\r\n";
        co_await f.client.send(many + "last UID FETCH 52 FLAGS\r\n");
        const std::string answers = co_await f.client.until_tagged("last");
        EXPECT_THAT(answers, HasSubstr("p1 OK [APPENDUID 1 3] "));
        EXPECT_THAT(answers, HasSubstr("* 52 EXISTS\r\np50 OK [APPENDUID 1 52] "));
        EXPECT_THAT(answers, HasSubstr("* 52 FETCH (FLAGS () UID 52)\r\n"));
        EXPECT_EQ(f.server.counters().count("APPEND"), 50U);
        EXPECT_EQ(f.server.counters().literals, 50U);
    });
}

TEST(DemoServer, counts_how_often_a_client_waited) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        f.server.reset_counters();
        co_await f.client.command("NOOP");
        co_await f.client.command("NOOP");
        co_await f.client.command("NOOP");
        EXPECT_EQ(f.server.counters().round_trips, 3U);
        EXPECT_EQ(f.server.counters().count("NOOP"), 3U);
        EXPECT_EQ(f.server.counters().received, Octets(27));
    });
}

TEST(DemoServer, tells_one_client_what_another_did) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        RawClient other(f.io.get_executor());
        co_await other.connect(f.server.port());
        co_await other.log_in("ann", "secret");
        co_await other.command("SELECT INBOX");
        co_await f.client.command("SELECT INBOX");
        EXPECT_EQ(f.server.counters().most_connections, 2U);
        co_await f.client.command("UID STORE 1 +FLAGS.SILENT (\\Deleted)");
        co_await expect_answer(other, "NOOP", StartsWith("* 1 FETCH (FLAGS (\\Deleted \\Seen))\r\nt"));
        co_await expect_answer(f.client, "UID EXPUNGE 1:9", StartsWith("* 1 EXPUNGE\r\n"));
        co_await expect_answer(other, "FETCH 2 UID", StartsWith("* 2 FETCH (UID 2)\r\nt"));
        co_await other.command("UID STORE 2 +FLAGS (\\Flagged)");
        co_await expect_answer(f.client, "NOOP", StartsWith("* 1 FETCH (FLAGS (\\Flagged))\r\nt"));
        co_await f.client.send("a APPEND INBOX {3+}\r\nabc\r\n");
        EXPECT_THAT(co_await f.client.until_tagged("a"), StartsWith("* 2 EXISTS\r\na OK"));
        co_await expect_answer(other, "FETCH 1 UID", StartsWith("* 1 FETCH (UID 2)\r\nt"));
        co_await expect_answer(other, "NOOP", StartsWith("* 2 EXISTS\r\nt"));
    });
}

TEST(DemoServer, stores_flags_on_condition) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.command("SELECT INBOX (CONDSTORE)");
        co_await expect_answer(f.client, "UID STORE 1 +FLAGS (\\Answered $Done)",
                               StartsWith("* 1 FETCH (UID 1 FLAGS ($Done \\Answered \\Seen) MODSEQ (4))\r\n"));
        co_await expect_answer(f.client, "UID STORE 1:2 (UNCHANGEDSINCE 3) -FLAGS.SILENT (\\Seen)",
                               HasSubstr(" OK [MODIFIED 1] "));
        co_await expect_answer(f.client, "UID STORE 2 FLAGS.SILENT (\\Draft)", StartsWith("* 2 FETCH (UID 2 MODSEQ (5))\r\n"));
        co_await expect_answer(f.client, "UID FETCH 1:* FLAGS (CHANGEDSINCE 4)",
                               StartsWith("* 2 FETCH (FLAGS (\\Draft) UID 2 MODSEQ (5))\r\nt"));
        co_await expect_answer(f.client, "UID FETCH 1:* FLAGS (CHANGEDSINCE 5)", StartsWith("t"));
        co_await expect_answer(f.client, "CLOSE", HasSubstr(" OK "));
        co_await f.client.command("EXAMINE INBOX");
        co_await expect_answer(f.client, "UID STORE 1 FLAGS ()", HasSubstr(" NO [READ-ONLY] "));
    });
}

TEST(DemoServer, resynchronises_quickly) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "SELECT INBOX (QRESYNC (1 3))", HasSubstr(" BAD "));
        co_await expect_answer(f.client, "ENABLE QRESYNC X-NONE", StartsWith("* ENABLED QRESYNC\r\n"));
        f.ann().find("INBOX")->set_flags(imap::Uid(2), {"\\Flagged"});
        f.ann().find("INBOX")->expunge(imap::UidSet::range(imap::Uid(1), imap::Uid(1)));
        const std::string known = co_await f.client.command("SELECT INBOX (QRESYNC (1 3))");
        EXPECT_THAT(known, HasSubstr("* VANISHED (EARLIER) 1\r\n* 1 FETCH (UID 2 FLAGS (\\Flagged) MODSEQ (4))\r\n"));
        co_await expect_answer(f.client, "SELECT INBOX (QRESYNC (7 3))", Not(HasSubstr("VANISHED")));
        co_await expect_answer(f.client, "UID FETCH 1:9 FLAGS (CHANGEDSINCE 3 VANISHED)",
                               StartsWith("* VANISHED (EARLIER) 1\r\n"));
        co_await f.client.command("UID STORE 2 +FLAGS.SILENT (\\Deleted)");
        co_await expect_answer(f.client, "EXPUNGE", StartsWith("* VANISHED 2\r\n"));
    });
}

TEST(DemoServer, searches) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.command("SELECT INBOX");
        const std::pair<const char*, const char*> rows[] = {
            {"ALL", " 1 2"},
            {"SEEN", " 1"},
            {"UNSEEN", " 2"},
            {"UNKEYWORD $x", " 1 2"},
            {"UID 2:9", " 2"},
            {"1", " 1"},
            {"SUBJECT LETTER", " 2"},
            {"HEADER Message-ID <1@old", " 1"},
            {"NOT HEADER Message-ID \"\"", " 2"},
            {"SINCE 5-Mar-2022", " 2"},
            {"BEFORE 5-Mar-2022", " 1"},
            {"ON 1-Feb-2021", " 1"},
            {"SENTSINCE 1-Feb-2021", " 2"},
            {"SENTBEFORE 1-Feb-2021", ""},
            {"OR SEEN BODY long", " 1 2"},
            {"BODY ann", ""},
            {"TEXT ben", " 2"},
            {"SMALLER 10", ""},
            {"LARGER 10 (SEEN)", " 1"},
        };
        for (const auto& [program, numbers] : rows)
            co_await expect_answer(f.client, std::string("UID SEARCH ") + program,
                                   StartsWith(std::string("* SEARCH") + numbers + "\r\n"));
        co_await f.client.send("q UID SEARCH RETURN (MIN MAX COUNT ALL) ALL\r\n");
        EXPECT_EQ(co_await f.client.line(), "* ESEARCH (TAG \"q\") UID MIN 1 MAX 2 COUNT 2 ALL 1:2\r\n");
        co_await f.client.line();
        co_await expect_answer(f.client, "UID SEARCH RETURN () DELETED", HasSubstr(" UID\r\n"));
        co_await expect_answer(f.client, "UID SEARCH CHARSET KLINGON ALL", HasSubstr(" NO [BADCHARSET "));
    });
}

TEST(DemoServer, copies_and_moves) {
    Fixture fixture;
    EXPECT_TRUE(fixture.ann().create("Archive").ok());
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.command("SELECT INBOX");
        co_await expect_answer(f.client, "UID COPY 1:2 Archive", HasSubstr(" OK [COPYUID 2 1:2 1:2] "));
        co_await expect_answer(f.client, "UID MOVE 1 Archive", StartsWith("* OK [COPYUID 2 1 3] moved\r\n* 1 EXPUNGE\r\nt"));
        co_await expect_answer(f.client, "UID COPY 2 Nowhere", HasSubstr(" NO [TRYCREATE] "));
        EXPECT_EQ(f.ann().find("Archive")->messages().size(), 3U);
        EXPECT_EQ(*f.ann().find("Archive")->messages()[2].octets, hello);
        EXPECT_EQ(f.ann().find("INBOX")->messages().size(), 1U);
    });
}

TEST(DemoServer, makes_renames_and_deletes_mailboxes) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "CREATE a/b/c (USE (\\Archive))", HasSubstr(" OK "));
        co_await expect_answer(f.client, "CREATE d (USE (\\Archive))", HasSubstr(" NO [USEATTR] "));
        co_await expect_answer(f.client, "CREATE a/b/c", HasSubstr(" NO [ALREADYEXISTS] "));
        co_await expect_answer(f.client, "CREATE a/b", HasSubstr(" OK "));
        co_await expect_answer(f.client, "CREATE inbox", HasSubstr(" NO [ALREADYEXISTS] "));
        co_await expect_answer(f.client, "CREATE x//y", HasSubstr(" NO [CANNOT] "));
        co_await expect_answer(f.client, "CREATE R&D", HasSubstr(" NO [CANNOT] "));
        co_await expect_answer(f.client, "RENAME a/b z/b", HasSubstr(" OK "));
        co_await expect_answer(f.client, "LIST \"\" *", HasSubstr("z/b/c\r\n"));
        co_await expect_answer(f.client, "LIST \"\" a*", StartsWith("t"));
        co_await expect_answer(f.client, "DELETE z/b", HasSubstr(" OK "));
        co_await expect_answer(f.client, "DELETE z/b", HasSubstr(" NO [HASCHILDREN] "));
        co_await expect_answer(f.client, "STATUS z/b (MESSAGES)", HasSubstr(" NO [NONEXISTENT] "));
        co_await expect_answer(f.client, "DELETE INBOX", HasSubstr(" NO "));
        co_await expect_answer(f.client, "RENAME INBOX old", HasSubstr(" OK "));
        co_await expect_answer(f.client, "STATUS old (MESSAGES)", HasSubstr("(MESSAGES 2)"));
        co_await expect_answer(f.client, "STATUS INBOX (MESSAGES UNSEEN)", HasSubstr("(MESSAGES 0 UNSEEN 0)"));
        co_await expect_answer(f.client, "SUBSCRIBE gone", HasSubstr(" OK "));
        co_await expect_answer(f.client, "LSUB \"\" *", HasSubstr("* LSUB (\\Noselect) \"/\" gone\r\n"));
        co_await expect_answer(f.client, "UNSUBSCRIBE gone", HasSubstr(" OK "));
        co_await expect_answer(f.client, "LSUB \"\" *", StartsWith("t"));
    });
}

TEST(DemoServer, logs_in_in_every_way_it_offers) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        RawClient other(f.io.get_executor());
        co_await other.connect(f.server.port());
        co_await expect_answer(other, "LOGIN ann wrong", HasSubstr(" NO [AUTHENTICATIONFAILED] "));
        co_await expect_answer(other, "SELECT INBOX", HasSubstr(" BAD "));
        co_await expect_answer(other, "AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=", HasSubstr(" OK [CAPABILITY "));
        co_await expect_answer(other, "LOGIN ann secret", HasSubstr(" BAD "));

        RawClient in_steps(f.io.get_executor());
        co_await in_steps.connect(f.server.port());
        co_await in_steps.send("a AUTHENTICATE LOGIN\r\n");
        EXPECT_EQ(co_await in_steps.line(), "+ VXNlcm5hbWU6\r\n");
        co_await in_steps.send("YW5u\r\n");
        EXPECT_EQ(co_await in_steps.line(), "+ UGFzc3dvcmQ6\r\n");
        co_await in_steps.send("c2VjcmV0\r\n");
        EXPECT_THAT(co_await in_steps.line(), StartsWith("a OK "));

        RawClient cancelling(f.io.get_executor());
        co_await cancelling.connect(f.server.port());
        co_await cancelling.send("a AUTHENTICATE PLAIN\r\n");
        EXPECT_EQ(co_await cancelling.line(), "+ \r\n");
        co_await cancelling.send("*\r\n");
        EXPECT_THAT(co_await cancelling.line(), StartsWith("a BAD "));
        co_await expect_answer(cancelling, "LOGOUT", StartsWith("* BYE "));
    });
}

TEST(DemoServer, refuses_what_is_over_its_limits) {
    ServerOptions options;
    options.capabilities.insert("APPENDLIMIT");
    options.store.largest_message = Octets(1000);
    options.store.quota = Octets(2048);
    Fixture fixture(options);
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "CAPABILITY", HasSubstr(" APPENDLIMIT=1000 "));
        co_await f.client.send("a APPEND INBOX {1001}\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("a NO [TOOBIG] ")) << "before any octet was sent";
        co_await f.client.send("b APPEND INBOX {1001+}\r\n" + std::string(1001, 'x') + "\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("b NO [TOOBIG] "));
        co_await f.client.send("c APPEND INBOX {950+}\r\n" + std::string(950, 'x') + " {950+}\r\n" + std::string(950, 'x') +
                               "\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("c NO [OVERQUOTA] "));
        EXPECT_EQ(f.ann().find("INBOX")->messages().size(), 2U) << "all or nothing";
        co_await expect_answer(f.client, "GETQUOTAROOT INBOX",
                               StartsWith("* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 0 2)\r\n"));
    });
}

TEST(DemoServer, greets_as_told) {
    ServerOptions options;
    options.greeting = Greeting::preauth;
    options.preauth_user = "ann";
    Fixture fixture(options);
    run(fixture.io, [](Fixture& f) -> Task<void> {
        EXPECT_THAT(co_await f.client.connect(f.server.port()), StartsWith("* PREAUTH "));
        co_await expect_answer(f.client, "SELECT INBOX", HasSubstr(" OK "));
        f.server.options().greeting = Greeting::bye;
        RawClient other(f.io.get_executor());
        EXPECT_THAT(co_await other.connect(f.server.port()), StartsWith("* BYE "));
        other.close();
        f.server.options().greeting = Greeting::ok;
        f.server.options().most_connections = 1;
        RawClient third(f.io.get_executor());
        EXPECT_THAT(co_await third.connect(f.server.port()), StartsWith("* BYE [LIMIT] "));
        co_await f.server.stop();
    }(fixture));
}

TEST(DemoServer, closes_after_logout_without_waiting_for_the_client) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.send("a LOGOUT\r\nb NOOP\r\n");
        EXPECT_EQ(co_await f.client.rest(), "* BYE until next time\r\na OK done\r\n");
    });
}

TEST(DemoServer, ends_a_connection_whose_command_breaks_a_bound) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.send("a APPEND INBOX {99999999999+}\r\n");
        EXPECT_THAT(co_await f.client.rest(), StartsWith("* BYE a literal is longer than "));
    });
}

TEST(DemoServer, answers_nonsense_with_bad_and_goes_on) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "XYZZY", HasSubstr(" BAD "));
        co_await expect_answer(f.client, "UID FETCH 1 FLAGS", HasSubstr(" BAD UID FETCH needs a selected mailbox"));
        co_await expect_answer(f.client, "SELECT", HasSubstr(" BAD wanted "));
        co_await expect_answer(f.client, "NOOP", HasSubstr(" OK "));
    });
}

// ---- what is not offered is not there

struct Lack {
    const char* without;
    const char* command;
};
class Lacking : public testing::TestWithParam<Lack> {};

TEST_P(Lacking, is_refused) {
    ServerOptions options;
    options.capabilities.erase(GetParam().without);
    Fixture fixture(options);
    run(fixture.io, [](Fixture& f, Lack lack) -> Task<void> {
        co_await f.client.connect(f.server.port());
        if (!std::string(lack.command).starts_with("AUTHENTICATE")) {
            co_await f.client.log_in("ann", "secret");
            co_await f.client.command("SELECT INBOX");
        }
        const std::string answer = co_await f.client.command(lack.command);
        EXPECT_THAT(answer, testing::ContainsRegex("(^|\n)t[0-9]+ (BAD|NO) ")) << lack.command << ": " << answer;
        co_await f.server.stop();
    }(fixture, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    capability, Lacking,
    testing::Values(Lack{"LITERAL+", "APPEND INBOX {3+}\r\nabc"}, Lack{"MULTIAPPEND", "APPEND INBOX {3+}\r\nabc {3+}\r\nabc"},
                    Lack{"BINARY", "APPEND INBOX ~{3+}\r\nabc"}, Lack{"UIDPLUS", "UID EXPUNGE 1"},
                    Lack{"MOVE", "UID MOVE 1 INBOX"}, Lack{"CONDSTORE", "UID FETCH 1 MODSEQ"},
                    Lack{"CONDSTORE", "UID FETCH 1 FLAGS (CHANGEDSINCE 1)"}, Lack{"CONDSTORE", "SELECT INBOX (CONDSTORE)"},
                    Lack{"CONDSTORE", "STATUS INBOX (HIGHESTMODSEQ)"},
                    Lack{"CONDSTORE", "UID STORE 1 (UNCHANGEDSINCE 9) FLAGS ()"}, Lack{"ENABLE", "ENABLE CONDSTORE"},
                    Lack{"QRESYNC", "SELECT INBOX (QRESYNC (1 1))"}, Lack{"ESEARCH", "UID SEARCH RETURN (ALL) ALL"},
                    Lack{"LIST-EXTENDED", "LIST \"\" * RETURN (SUBSCRIBED)"}, Lack{"LIST-EXTENDED", "LIST \"\" (a b)"},
                    Lack{"LIST-STATUS", "LIST \"\" * RETURN (STATUS (MESSAGES))"}, Lack{"STATUS=SIZE", "STATUS INBOX (SIZE)"},
                    Lack{"OBJECTID", "STATUS INBOX (MAILBOXID)"}, Lack{"SPECIAL-USE", "LIST \"\" * RETURN (SPECIAL-USE)"},
                    Lack{"CREATE-SPECIAL-USE", "CREATE x (USE (\\Sent))"}, Lack{"NAMESPACE", "NAMESPACE"}, Lack{"ID", "ID NIL"},
                    Lack{"UNSELECT", "UNSELECT"}, Lack{"QUOTA", "GETQUOTAROOT INBOX"},
                    Lack{"SASL-IR", "AUTHENTICATE PLAIN AGFubgBzZWNyZXQ="},
                    Lack{"AUTH=PLAIN", "AUTHENTICATE PLAIN AGFubgBzZWNyZXQ="}));

TEST(DemoServer, a_mailbox_keeps_its_id_under_another_name) {
    Fixture fixture;
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "CREATE Old", HasSubstr("OK [MAILBOXID (F2)] created"));
        co_await expect_answer(f.client, "RENAME Old New", HasSubstr(" OK "));
        co_await expect_answer(f.client, "STATUS New (MESSAGES MAILBOXID)",
                               HasSubstr("* STATUS New (MESSAGES 0 MAILBOXID (F2))"));
        co_await expect_answer(f.client, "SELECT New", HasSubstr("* OK [MAILBOXID (F2)]"));
        co_await expect_answer(f.client, "CREATE Old", HasSubstr("OK [MAILBOXID (F3)] created"));
    });
}

TEST(DemoServer, without_uidplus_and_condstore_says_nothing_of_them) {
    Fixture fixture(ServerOptions::poor());
    EXPECT_TRUE(fixture.ann().create("Archive", {imap::SpecialUse::archive}).ok());
    fixture.with([](Fixture& f) -> Task<void> {
        co_await expect_answer(f.client, "SELECT INBOX", Not(HasSubstr("MODSEQ")));
        co_await expect_answer(f.client, "UID STORE 1 +FLAGS (\\Deleted)", Not(HasSubstr("MODSEQ")));
        co_await expect_answer(f.client, "UID COPY 1 Archive", Not(HasSubstr("COPYUID")));
        co_await expect_answer(f.client, "LIST \"\" Archive", StartsWith("* LIST () \"/\" Archive\r\n"));
        co_await f.client.send("a APPEND INBOX {3}\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("+"));
        co_await f.client.send("abc\r\n");
        EXPECT_THAT(co_await f.client.until_tagged("a"), HasSubstr("a OK appended"));
    });
}

TEST(DemoServer, with_literal_minus_takes_4096_octets_unasked_and_no_more) {
    ServerOptions options;
    options.capabilities.erase("LITERAL+");
    options.capabilities.insert("LITERAL-");
    Fixture fixture(options);
    fixture.with([](Fixture& f) -> Task<void> {
        co_await f.client.send("a APPEND INBOX {4096+}\r\n" + std::string(4096, 'x') + "\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("a OK "));
        co_await f.client.send("b APPEND INBOX {4097+}\r\n" + std::string(4097, 'x') + "\r\n");
        EXPECT_THAT(co_await f.client.line(), StartsWith("b BAD "));
    });
}

}  // namespace
}  // namespace mailhaul::demo
