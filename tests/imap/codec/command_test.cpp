// SPDX-License-Identifier: Apache-2.0
// What goes over the wire for each command, and where it must pause.
#include "imap/codec/command.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "imap/codec/lexer.hpp"

namespace mailhaul::imap {
namespace {

using namespace std::string_literals;

constexpr auto sync = LiteralMode::synchronising;

/// Parts joined: `<+>` where the server's `+` is waited for, `<n octets>` where they come from outside, `|` at the end
/// of a part.
std::string shown(const Command& command) {
    std::string out;
    for (const auto& part : command.parts) {
        if (part.wait_for_continuation) out += "<+>";
        out += part.external ? "<" + std::to_string(part.external->value()) + " octets>" : part.text;
        out += "|";
    }
    return out;
}

Command with_string(std::string_view value, LiteralMode literals) {
    return std::move(CommandBuilder("X", CommandKind::other, literals).astring(value)).build();
}

struct StringRow {
    const char* value;
    const char* sent;
};

TEST(Astring, takes_the_plainest_form_that_is_safe) {
    constexpr StringRow rows[] = {
        {"INBOX", "X INBOX\r\n|"},
        {"a.b/c-d_e@f;g=h[1]", "X a.b/c-d_e@f;g=h[1]\r\n|"},
        {"", "X \"\"\r\n|"},
        {"nil", "X \"nil\"\r\n|"},
        {"two words", "X \"two words\"\r\n|"},
        {"a\"b\\c", "X \"a\\\"b\\\\c\"\r\n|"},
        {"*", "X \"*\"\r\n|"},
        {"50%", "X \"50%\"\r\n|"},
        {"{5}", "X \"{5}\"\r\n|"},
        {"(a)", "X \"(a)\"\r\n|"},
        {"tab\there", "X \"tab\there\"\r\n|"},
        {"caf\xC3\xA9", "X {5+}\r\ncaf\xC3\xA9\r\n|"},
        {"a\r\nb LOGOUT", "X {11+}\r\na\r\nb LOGOUT\r\n|"},
    };
    for (const auto& [value, sent] : rows) EXPECT_EQ(shown(with_string(value, LiteralMode::plus)), sent) << value;
    EXPECT_EQ(shown(with_string(std::string(1000, 'a'), sync)), "X " + std::string(1000, 'a') + "\r\n|");
    EXPECT_EQ(shown(with_string(std::string(1001, 'a'), sync)), "X {1001}\r\n|<+>" + std::string(1001, 'a') + "\r\n|");
    EXPECT_EQ(shown(with_string("a\0b"s, LiteralMode::plus)), "X {3+}\r\na\0b\r\n|"s);
}

TEST(Literal, waits_only_where_the_server_demands_it) {
    const std::string at_bound(4096, '\xFF');
    const std::string beyond(4097, '\xFF');
    EXPECT_EQ(shown(with_string("\xFF", sync)), "X {1}\r\n|<+>\xFF\r\n|");
    EXPECT_EQ(shown(with_string(at_bound, LiteralMode::minus)), "X {4096+}\r\n" + at_bound + "\r\n|");
    EXPECT_EQ(shown(with_string(beyond, LiteralMode::minus)), "X {4097}\r\n|<+>" + beyond + "\r\n|");
    EXPECT_EQ(shown(with_string(beyond, LiteralMode::plus)), "X {4097+}\r\n" + beyond + "\r\n|");
}

TEST(Literal, waits_even_when_it_is_empty) {
    EXPECT_EQ(shown(std::move(CommandBuilder("X", CommandKind::other, sync).literal("", false)).build()), "X {0}\r\n|<+>\r\n|");
}

Command append_of(LiteralMode literals, bool binary) {
    CommandBuilder command("APPEND", CommandKind::append, literals);
    command.mailbox(MailboxName("Sent Items"));
    AppendMeta first;
    first.flags = {"\\Seen", "Work"};
    first.date = InternalDate{1612170000, 60};
    command.append_meta(first).external_literal(Octets{9}, binary);
    command.append_meta(AppendMeta{}).external_literal(Octets{5000}, binary);
    return std::move(command).build();
}

TEST(Append, takes_its_bodies_from_outside) {
    EXPECT_EQ(shown(append_of(LiteralMode::plus, false)),
              "APPEND \"Sent Items\" (\\Seen Work) \" 1-Feb-2021 10:00:00 +0100\" {9+}\r\n|<9 octets>| {5000+}\r\n|<5000 "
              "octets>|\r\n|");
    EXPECT_EQ(shown(append_of(LiteralMode::minus, false)),
              "APPEND \"Sent Items\" (\\Seen Work) \" 1-Feb-2021 10:00:00 +0100\" {9+}\r\n|<9 octets>| {5000}\r\n|<+><5000 "
              "octets>|\r\n|");
    EXPECT_EQ(shown(append_of(sync, true)),
              "APPEND \"Sent Items\" (\\Seen Work) \" 1-Feb-2021 10:00:00 +0100\" ~{9}\r\n|<+><9 octets>| ~{5000}\r\n|<+><5000 "
              "octets>|\r\n|");
}

TEST(Command, is_named_for_people_without_its_secrets) {
    EXPECT_EQ(append_of(sync, false).name, "APPEND \"Sent Items\"");
    EXPECT_EQ(delete_command(MailboxName("B&APw-cher"), sync).name,
              "DELETE \"B\xC3\xBC"
              "cher\"");
    const Command login = login_command("anna", "geheim", LiteralMode::plus);
    EXPECT_EQ(login.name, "LOGIN");
    EXPECT_TRUE(login.secret);
    const Command authenticate = authenticate_command("PLAIN", "\0anna\0geheim"s);
    EXPECT_EQ(authenticate.name, "AUTHENTICATE PLAIN");
    EXPECT_TRUE(authenticate.secret);
    EXPECT_FALSE(noop_command().secret);
}

struct CommandRow {
    Command command;
    CommandKind kind;
    const char* sent;
};

TEST(Command, is_sent_as_the_rfc_spells_it) {
    const MailboxName inbox("INBOX");
    const MailboxName work("Work/2021 (old)");
    const CommandRow rows[] = {
        {capability_command(), CommandKind::other, "CAPABILITY\r\n|"},
        {noop_command(), CommandKind::other, "NOOP\r\n|"},
        {logout_command(), CommandKind::logout, "LOGOUT\r\n|"},
        {starttls_command(), CommandKind::exclusive, "STARTTLS\r\n|"},
        {compress_command(), CommandKind::exclusive, "COMPRESS DEFLATE\r\n|"},
        {id_command({}), CommandKind::other, "ID NIL\r\n|"},
        {id_command({{"name", "mailhaul"}, {"x", "\"q\" \xC3\xA4"}}), CommandKind::other,
         "ID (\"name\" \"mailhaul\" \"x\" \"\\\"q\\\" ??\")\r\n|"},
        {login_command("anna@old.example", "pass word", sync), CommandKind::exclusive,
         "LOGIN anna@old.example \"pass word\"\r\n|"},
        {login_command("anna", "\xC3\xBC", sync), CommandKind::exclusive, "LOGIN anna {2}\r\n|<+>\xC3\xBC\r\n|"},
        {login_command("anna", "\xC3\xBC", LiteralMode::minus), CommandKind::exclusive, "LOGIN anna {2+}\r\n\xC3\xBC\r\n|"},
        {authenticate_command("XOAUTH2", std::nullopt), CommandKind::exclusive, "AUTHENTICATE XOAUTH2\r\n|"},
        {authenticate_command("EXTERNAL", ""), CommandKind::exclusive, "AUTHENTICATE EXTERNAL =\r\n|"},
        {authenticate_command("PLAIN", "\0a\0b"s), CommandKind::exclusive, "AUTHENTICATE PLAIN AGEAYg==\r\n|"},
        {enable_command({"CONDSTORE", "QRESYNC"}), CommandKind::other, "ENABLE CONDSTORE QRESYNC\r\n|"},
        {namespace_command(), CommandKind::other, "NAMESPACE\r\n|"},
        {list_command("", "*", "", sync), CommandKind::other, "LIST \"\" \"*\"\r\n|"},
        {list_command("", "*", "SPECIAL-USE STATUS (MESSAGES)", sync), CommandKind::other,
         "LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES))\r\n|"},
        {lsub_command("", "*", sync), CommandKind::other, "LSUB \"\" \"*\"\r\n|"},
        {status_command(inbox, "MESSAGES UIDNEXT", sync), CommandKind::other, "STATUS INBOX (MESSAGES UIDNEXT)\r\n|"},
        {status_command(inbox, "(MESSAGES)", sync), CommandKind::other, "STATUS INBOX (MESSAGES)\r\n|"},
        {select_command(inbox, SelectMode::select, "CONDSTORE", sync), CommandKind::select, "SELECT INBOX (CONDSTORE)\r\n|"},
        {select_command(work, SelectMode::examine, "", sync), CommandKind::select, "EXAMINE \"Work/2021 (old)\"\r\n|"},
        {unselect_command(), CommandKind::select, "UNSELECT\r\n|"},
        {close_command(), CommandKind::select, "CLOSE\r\n|"},
        {create_command(work, std::nullopt, sync), CommandKind::other, "CREATE \"Work/2021 (old)\"\r\n|"},
        {create_command(inbox, SpecialUse::junk, sync), CommandKind::other, "CREATE INBOX (USE (\\Junk))\r\n|"},
        {delete_command(inbox, sync), CommandKind::other, "DELETE INBOX\r\n|"},
        {rename_command(work, inbox, sync), CommandKind::other, "RENAME \"Work/2021 (old)\" INBOX\r\n|"},
        {subscribe_command(inbox, sync), CommandKind::other, "SUBSCRIBE INBOX\r\n|"},
        {unsubscribe_command(inbox, sync), CommandKind::other, "UNSUBSCRIBE INBOX\r\n|"},
        {subscribe_command(MailboxName("NIL"), sync), CommandKind::other, "SUBSCRIBE \"NIL\"\r\n|"},
        {subscribe_command(MailboxName("caf\xC3\xA9"), sync), CommandKind::other, "SUBSCRIBE {5}\r\n|<+>caf\xC3\xA9\r\n|"},
        {get_quota_root_command(inbox, sync), CommandKind::other, "GETQUOTAROOT INBOX\r\n|"},
        {uid_fetch_command("1:5,9", "(UID BODY.PEEK[])", ""), CommandKind::uid, "UID FETCH 1:5,9 (UID BODY.PEEK[])\r\n|"},
        {uid_fetch_command("1:*", "FLAGS", "(CHANGEDSINCE 12)"), CommandKind::uid,
         "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12)\r\n|"},
        {uid_search_command("", "ALL"), CommandKind::uid, "UID SEARCH ALL\r\n|"},
        {uid_search_command("ALL COUNT", "UNDELETED"), CommandKind::uid, "UID SEARCH RETURN (ALL COUNT) UNDELETED\r\n|"},
        {uid_store_command("5", StoreMode::add, {"\\Seen", "Work"}), CommandKind::uid,
         "UID STORE 5 +FLAGS.SILENT (\\Seen Work)\r\n|"},
        {uid_store_command("5", StoreMode::remove, {"\\Seen"}), CommandKind::uid, "UID STORE 5 -FLAGS.SILENT (\\Seen)\r\n|"},
        {uid_store_command("5", StoreMode::replace, {}), CommandKind::uid, "UID STORE 5 FLAGS.SILENT ()\r\n|"},
        {uid_expunge_command("4,6"), CommandKind::uid, "UID EXPUNGE 4,6\r\n|"},
        {expunge_command(), CommandKind::uid, "EXPUNGE\r\n|"},
    };
    for (const auto& [command, kind, sent] : rows) {
        EXPECT_EQ(shown(command), sent);
        EXPECT_EQ(command.kind, kind) << sent;
    }
}

TEST(Command, says_any_string_so_that_it_is_read_back_and_nothing_else_is_said) {
    EXPECT_TRUE(rc::check("an astring is read back by our own lexer", [] {
        const auto value =
            *rc::gen::container<std::string>(rc::gen::oneOf(rc::gen::arbitrary<char>(), rc::gen::element('"', '\\', ' ', 'a')));
        const auto mode = *rc::gen::element(LiteralMode::synchronising, LiteralMode::minus, LiteralMode::plus);
        std::string sent;
        for (const auto& part : with_string(value, mode).parts) sent += part.text;
        RC_ASSERT(sent.ends_with("\r\n"));
        const std::string_view argument = std::string_view(sent).substr(1, sent.size() - 3);
        Lexer in(argument);
        RC_ASSERT(in.astring() == value);
        RC_ASSERT(in.at_end());
    }));
}

}  // namespace
}  // namespace mailhaul::imap
