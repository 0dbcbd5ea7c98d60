// SPDX-License-Identifier: Apache-2.0
// Servers that say what they are: each quirk of data/profiles.txt that concerns copying, against an embedded server that
// greets like the real one and refuses what it refuses. docs/servers.md names these tests.
#include "sync/executor/header_date.hpp"
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::Contains;
using testing::HasSubstr;

demo::ServerOptions greeting(std::string words,
                             std::string_view capabilities = "IMAP4rev1 LITERAL+ UIDPLUS NAMESPACE UNSELECT") {
    demo::ServerOptions options;
    options.greeting_words = std::move(words);
    options.capabilities = demo::capabilities_of(capabilities);
    return options;
}

const char* const exchange = "The Microsoft Exchange IMAP4 service is ready.";
const char* const zimbra = "mail.old.example Zimbra IMAP4rev1 server ready";
const char* const uw = "mail.old.example IMAP4rev1 2007f.404 at Thu, 26 Nov 2026 10:00:00 +0000";

std::set<std::string> names_on(const demo::MailStore& store) {
    std::set<std::string> names;
    for (const auto& [name, mailbox] : store.mailboxes())
        if (!mailbox.no_select) names.insert(name);
    return names;
}

TEST(KnownServers, exchange_keeps_its_calendar_and_says_so) {
    TwoServers servers{greeting(exchange)};
    for (const char* name : {"Calendar", "Kontakte", "Sync Issues", "Projects"}) {
        make_mailbox(servers.from(), {name});
        put(servers.from(), name, dated(mail(1, name)));
    }
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(names_on(servers.to()), (std::set<std::string>{"INBOX", "Projects"}));
    ASSERT_EQ(report.left_out.size(), 3U);
    EXPECT_EQ(report.left_out.front().reason, "holds no mail of its own (Calendar of Microsoft Exchange 2010 or later)");
    servers.request.mapping.skip_virtual = false;
    expect_complete(servers.sync());
    EXPECT_TRUE(names_on(servers.to()).contains("Calendar"));
}

TEST(KnownServers, exchange_has_roles_by_name) {
    TwoServers servers{greeting(exchange)};
    make_mailbox(servers.from(), {"Sent Items"});
    put(servers.from(), "Sent Items", dated(mail(1)));
    ASSERT_TRUE(servers.to().create("Sent", {imap::SpecialUse::sent}).ok());
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().find("Sent")->messages().size(), 1U);
    EXPECT_FALSE(names_on(servers.to()).contains("Sent Items"));
}

TEST(KnownServers, exchange_gets_no_flag_that_turns_into_a_category_and_no_reserved_name) {
    TwoServers servers{demo::ServerOptions::new_style(), greeting(exchange)};
    make_mailbox(servers.from(), {"Files"});
    put(servers.from(), "Files", dated(mail(1), {"\\Seen", "$MDNSent"}));
    servers.destination.faults().on("CREATE").holding("\"Files\"").always().no("[CANNOT] Folder name is reserved.");
    const Report report = servers.sync();
    expect_complete(report);
    ASSERT_TRUE(names_on(servers.to()).contains("Files_2")) << in_words(report);
    EXPECT_EQ(TwoServers::message(servers.to(), "Files_2", 0).flags.to_string(), "\\Seen");
    EXPECT_THAT(report.warnings, Contains(HasSubstr("cannot keep the flag $MDNSent")));
    EXPECT_EQ(servers.sync().totals().flags_changed, 0U) << "what cannot be kept is not tried again";
}

TEST(KnownServers, cyrus_gets_names_that_it_takes_at_the_first_try) {
    TwoServers servers{demo::ServerOptions::new_style(), greeting("mail Cyrus IMAP 3.6.1 server ready")};
    for (const char* name : {"50|", "a;b.c"}) {
        make_mailbox(servers.from(), {name});
        put(servers.from(), name, dated(mail(1, name)));
    }
    servers.destination.faults().on("CREATE").holding("|").always().no("Invalid mailbox name");
    servers.destination.faults().on("CREATE").holding(";").always().no("Invalid mailbox name");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(names_on(servers.to()), (std::set<std::string>{"50_", "INBOX", "a_b.c"}));
    EXPECT_EQ(servers.destination.counters().count("CREATE"), 2U) << "none was refused";
    EXPECT_THAT(report.warnings, Contains("\"50|\" becomes \"50_\": the destination does not take that name"));
    expect_complete(servers.sync());
    EXPECT_EQ(names_on(servers.to()).size(), 3U);
}

TEST(KnownServers, flags_with_a_backslash_go_nowhere) {  // mox and Dovecot refuse the message, or end the connection
    TwoServers servers;
    put(servers.from(), "INBOX", dated(mail(1), {"\\Seen", "\\Forwarded", "\\X-Has-Attach"}));
    servers.destination.faults().on("APPEND").holding("X-Has-Attach").always().bad("Invalid system flag");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).flags.to_string(), "$Forwarded \\Seen");
    EXPECT_THAT(report.warnings, Contains(HasSubstr("cannot keep the flag \\X-Has-Attach")));
    EXPECT_EQ(servers.sync().totals().flags_changed, 0U);
}

TEST(KnownServers, what_the_user_did_to_an_adapted_flag_stays) {
    TwoServers servers;
    put(servers.from(), "INBOX", dated(mail(1), {"\\Forwarded"}));
    expect_complete(servers.sync());
    servers.to().find("INBOX")->set_flags(TwoServers::message(servers.to(), "INBOX", 0).uid, {});
    put(servers.from(), "INBOX", dated(mail(2)));
    expect_complete(servers.sync());
    EXPECT_TRUE(TwoServers::message(servers.to(), "INBOX", 0).flags.empty()) << "taken away there, so it stays away";
}

TEST(KnownServers, proton_takes_no_more_than_it_takes_and_nothing_is_read_for_nothing) {
    TwoServers servers{demo::ServerOptions::new_style(), greeting("Proton Mail Bridge 3 ready")};
    put(servers.from(), "INBOX", dated(mail(1)));
    put(servers.from(), "INBOX", dated(mail(2, std::string(31'457'280, 'x'))));
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete_with_exceptions);
    ASSERT_EQ(report.exceptions.size(), 1U) << in_words(report);
    EXPECT_EQ(report.exceptions.front().code, Errc::too_big);
    EXPECT_THAT(report.exceptions.front().reason, HasSubstr("larger than Proton Bridge takes (31.5 MB)"));
    EXPECT_LT(report.source.received.value(), 100'000U) << "it was not even read";
    expect_counts_add_up(report);
}

TEST(KnownServers, a_size_that_was_refused_once_is_not_tried_in_the_next_folder) {
    TwoServers servers{demo::ServerOptions::new_style(), greeting(zimbra)};
    servers.request.in_order = true;
    servers.request.connections = 1;
    for (const char* name : {"A", "B"}) {
        make_mailbox(servers.from(), {name});
        put(servers.from(), name, dated(mail(1, std::string(60'000, *name))));
        put(servers.from(), name, dated(mail(2)));
    }
    servers.destination.faults().on("APPEND").holding("AAAA").always().no("maximum message size exceeded");
    servers.destination.faults().on("APPEND").holding("BBBB").always().no("maximum message size exceeded");
    const Report report = servers.sync();
    ASSERT_EQ(report.exceptions.size(), 2U) << in_words(report);
    EXPECT_THAT(report.exceptions[0].reason, HasSubstr("Zimbra usually takes 10.2 MB: its administrator can allow more"));
    EXPECT_THAT(report.exceptions[1].reason, HasSubstr("refused one of 60.1 kB as too large already, so this was not tried"));
    EXPECT_LT(report.source.received.value(), 100'000U);
    expect_counts_add_up(report);
}

TEST(KnownServers, zimbra_gets_dates_that_it_can_keep) {
    TwoServers servers{demo::ServerOptions::new_style(), greeting(zimbra)};
    constexpr std::int64_t in_2050 = 2'540'000'000;
    put(servers.from(), "INBOX", dated("Date: Tue, 1 Feb 2022 10:00:00 +0100\r\nSubject: a\r\n\r\nb\r\n", {}, in_2050));
    put(servers.from(), "INBOX",
        dated("Received: by x; Wed, 2 Feb 2022 10:00:00 +0000\r\nDate: soon\r\n\r\nb\r\n", {}, -100'000));
    put(servers.from(), "INBOX", dated("Subject: no date\r\n\r\nb\r\n", {}, in_2050));
    put(servers.from(), "INBOX", dated(mail(4)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).date, (imap::InternalDate{1'643'706'000, 60}));
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 1).date.epoch_seconds, 1'643'796'000);
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 2).date.epoch_seconds, 2'145'916'799) << "the last second of 2037";
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 3).date, (imap::InternalDate{1'600'000'000, 120}));
    EXPECT_THAT(report.warnings, Contains(HasSubstr("Zimbra cannot keep the arrival dates of 3 messages in \"INBOX\"")));
}

TEST(KnownServers, a_message_without_arrival_date_gets_that_of_its_header) {
    TwoServers servers;
    put(servers.from(), "INBOX", dated("Date: Tue, 1 Feb 2022 10:00:00 +0100\r\nSubject: a\r\n\r\nb\r\n"));
    servers.source.faults().on("UID FETCH").holding("INTERNALDATE").always().rewrite([](std::string answer) {
        const std::string item = "INTERNALDATE \"";
        const std::size_t at = answer.find(item);
        if (at != std::string::npos)
            answer.replace(at + item.size(), answer.find('"', at + item.size()) - at - item.size(),
                           "00-Foo-0000 25:00:00 +0000");
        return answer;
    });
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).date, (imap::InternalDate{1'643'706'000, 60}));
}

TEST(KnownServers, a_tag_of_zimbra_loses_its_number) {
    TwoServers servers{greeting(zimbra)};
    put(servers.from(), "INBOX", dated(mail(1), {"Work:FLAG2"}));
    expect_complete(servers.sync());
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).flags.to_string(), "Work");
}

TEST(KnownServers, uw_gets_messages_beside_the_folder_that_holds_folders) {
    TwoServers servers{demo::ServerOptions::new_style(), greeting(uw)};
    put(servers.from(), make_mailbox(servers.from(), {"a"}), dated(mail(1)));
    put(servers.from(), make_mailbox(servers.from(), {"a", "b"}), dated(mail(2)));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(servers.to().find("a_mail")->messages().size(), 1U);
    EXPECT_EQ(servers.to().find("a/b")->messages().size(), 1U);
    expect_complete(servers.sync());
    EXPECT_EQ(servers.to().find("a_mail")->messages().size(), 1U) << "the next run knows it again";
}

TEST(KnownServers, nothing_is_stored_in_an_outbox_that_sends) {
    TwoServers servers{demo::ServerOptions::new_style(),
                       greeting("Courier-IMAP ready.", "IMAP4rev1 UIDPLUS NAMESPACE XCOURIEROUTBOX=INBOX.Outbox")};
    put(servers.from(), make_mailbox(servers.from(), {"Outbox"}), dated(mail(1)));
    servers.request.mapping.overrides = {{"Outbox", "INBOX.Outbox"}};
    const Report report = servers.sync();
    ASSERT_EQ(report.left_out.size(), 1U) << in_words(report);
    EXPECT_THAT(report.left_out.front().reason, HasSubstr("would send every message"));
    EXPECT_EQ(servers.destination.counters().count("APPEND"), 0U);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("may empty the folder Trash")));
}

TEST(KnownServers, yahoo_does_a_thousand_messages_a_command_and_says_nothing) {
    demo::ServerOptions yahoo = greeting("ready", "IMAP4rev1 LITERAL+ UIDPLUS NAMESPACE UNSELECT X-MSG-EXT");
    yahoo.messages_each = 1000;
    TwoServers servers{yahoo};
    for (int i = 1; i <= 2600; ++i) {
        put(servers.from(), "INBOX", dated(mail(i)));
        if (i == 300) {  // most of them are long gone
            imap::UidSet gone;
            gone.insert(imap::Uid(11), imap::Uid(300));
            servers.from().find("INBOX")->expunge(gone);
        }
    }
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 2310U) << in_words(report);
    EXPECT_LT(servers.source.counters().count("UID FETCH"), 60U) << "no window for each message";
    servers.from().find("INBOX")->set_flags(imap::Uid(1), {"\\Flagged"});
    const Report again = servers.sync();
    expect_complete(again);
    EXPECT_EQ(again.totals().copied, 0U);
    EXPECT_EQ(TwoServers::message(servers.to(), "INBOX", 0).flags.to_string(), "\\Flagged") << "the oldest is still looked at";
    EXPECT_TRUE(report.warnings.empty()) << in_words(report);
}

TEST(KnownServers, yahoo_is_looked_at_as_a_whole_where_it_is_copied_to) {
    demo::ServerOptions yahoo = greeting("ready", "IMAP4rev1 LITERAL+ UIDPLUS NAMESPACE UNSELECT X-MSG-EXT");
    yahoo.messages_each = 1000;
    TwoServers servers{demo::ServerOptions::new_style(), yahoo};
    put_many(servers.from(), "INBOX", 2'300);
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(servers.to().find("INBOX")->messages().size(), 2'300U) << in_words(report);
    EXPECT_TRUE(report.exceptions.empty());
    std::filesystem::remove(servers.ledger_path());
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

TEST(KnownServers, yahoo_that_shows_ten_thousand_may_hide_older_ones) {
    TwoServers servers{greeting("ready", "IMAP4rev1 LITERAL+ UIDPLUS NAMESPACE UNSELECT X-MSG-EXT")};
    put_many(servers.from(), "INBOX", 10'000);
    servers.request.dry_run = true;
    const Report report = servers.sync();
    EXPECT_THAT(report.warnings,
                Contains(HasSubstr("Yahoo, AOL shows the newest 10000 messages of a folder and no more, and shows "
                                   "10000 of \"INBOX\"")));
}

TEST(KnownServers, uw_keeps_its_own_record_of_a_folder) {
    TwoServers servers{greeting(uw)};
    // As UW's c-client 2007f writes it.
    const std::string record =
        "From: Mail System Internal Data <MAILER-DAEMON@mail.old.example>\r\n"
        "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r\n"
        "Message-ID: <1764150000@mail.old.example>\r\nX-IMAP: 1764150000 0000000002\r\nStatus: RO\r\n\r\n"
        "This text is part of the internal format of your mail folder, and is not\r\na real message.\r\n";
    put(servers.from(), "INBOX", dated(record));
    put(servers.from(), "INBOX", dated(mail(1)));
    make_mailbox(servers.from(), {"talk"});
    put(servers.from(), "talk", dated("Subject: Re: FOLDER INTERNAL DATA\r\nFrom: bob@x.example\r\n\r\nwhat is that?\r\n"));
    const Report report = servers.sync();
    expect_complete(report);
    expect_counts_add_up(report);
    EXPECT_EQ(servers.to().find("INBOX")->messages().size(), 1U);
    EXPECT_EQ(servers.to().find("talk")->messages().size(), 1U) << "people may write of it";
    EXPECT_THAT(report.notes, Contains(HasSubstr("UW IMAP, Panda IMAP's own record of the folder, no mail: it stays")));
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

TEST(KnownServers, zimbra_that_ends_a_session_of_commands_alike_gets_all_the_same) {
    TwoServers servers{demo::ServerOptions::new_style(), greeting(zimbra)};
    for (int i = 100; i < 160; ++i) put(servers.from(), "INBOX", dated(mail(i)));  // of one size and one date each
    for (const std::uint32_t each : {25U, 50U})
        servers.destination.faults().on("APPEND").nth(each).bye(
            "Zimbra IMAP server terminating connection: too many repeated APPEND requests");
    Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(servers.to().find("INBOX")->messages().size(), 60U) << in_words(report);
    EXPECT_EQ(servers.sync().totals().copied, 0U);
}

TEST(KnownServers, a_name_of_a_host_alone_changes_nothing) {
    TwoServers servers{greeting("ready")};
    make_mailbox(servers.from(), {"Calendar"});
    expect_complete(servers.sync());
    EXPECT_TRUE(names_on(servers.to()).contains("Calendar")) << "a server nobody knows is copied whole";
}

TEST(HeaderDate, is_that_of_the_Date_line_or_of_the_oldest_Received_line) {
    const auto seconds = [](std::string_view header, DateRange range = {}) {
        const auto date = date_in_header(header, range);
        return date ? date->epoch_seconds : -1;
    };
    EXPECT_EQ(seconds("Date: Thu, 1 Jan 1970 00:00:07 +0000\r\n\r\n"), 7);
    EXPECT_EQ(
        seconds("Received: by b;\r\n Thu, 1 Jan 1970 00:00:09 +0000\r\nReceived: by a; Thu, 1 Jan 1970 00:00:08 +0000\r\n"), 8);
    EXPECT_EQ(seconds("Date: Thu, 1 Jan 1970 00:00:07 +0000\r\nReceived: by a; Thu, 1 Jan 1970 00:00:09 +0000\r\n", {8, 10}),
              9);
    EXPECT_EQ(seconds("Date: never\r\nReceived: by a\r\n\r\nDate: Thu, 1 Jan 1970 00:00:07 +0000\r\n"), -1);
}

}  // namespace
}  // namespace mailhaul::sync
