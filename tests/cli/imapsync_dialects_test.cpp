// SPDX-License-Identifier: Apache-2.0
// Presets of imapsync's, whole lines of them, against the embedded server speaking the dialect of Gmail, and of Exchange and
// Microsoft 365, from recorded facts: those servers cannot be had here.
#include <gmock/gmock.h>

#include "cli/imapsync_request.hpp"
#include "demo/labels.hpp"
#include "sync/executor/two_servers.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using demo::ServerOptions;
using sync::dated;
using sync::expect_complete;
using sync::mail;
using sync::put;

constexpr const char* all_mail = "[Gmail]/All Mail";

class Dialects {
public:
    Dialects(ServerOptions source, ServerOptions destination) : servers(std::move(source), std::move(destination)) {}

    /// One run of the line; the servers' own addresses and accounts are added.
    sync::Report run(std::vector<std::string> words) {
        std::vector<std::string> line;
        for (const int side : {1, 2}) {
            const std::string digit = std::to_string(side);
            const auto& server = side == 1 ? servers.source : servers.destination;
            for (const std::string& word :
                 {"--host" + digit, std::string("127.0.0.1"), "--port" + digit, std::to_string(server.port()), "--user" + digit,
                  std::string("ann"), "--password" + digit, std::string("secret"), "--nossl" + digit, "--notls" + digit})
                line.push_back(word);
        }
        line.insert(line.end(), words.begin(), words.end());
        testkit::FakeProcess process;
        ImapsyncOrder order = order_imapsync(line, process.surroundings());
        for (const Refusal& refusal : order.refusals) ADD_FAILURE() << refusal.words;
        order.request.ledger_path = servers.ledger_path();
        order.request.most_octets_a_second.reset();  // the tests have no day
        order.request.most_messages_a_second.reset();
        servers.request = std::move(order.request);
        return servers.sync();
    }
    void put_labelled(const std::string& text, const std::vector<std::string>& labels, imap::FlagSet flags = {}) {
        put(servers.from(), all_mail, dated(text, std::move(flags)));
        const demo::StoredMessage message = servers.from().find(all_mail)->messages().back();
        ASSERT_TRUE(demo::give_labels(servers.from(), message, labels).ok());
    }
    std::size_t there(const std::string& mailbox) {
        const demo::Mailbox* found = servers.to().find(mailbox);
        return found == nullptr ? 0 : found->messages().size();
    }
    std::uint64_t appends() { return servers.destination.counters().count("APPEND"); }

    sync::TwoServers servers;
};

TEST(EmbeddedGmailToGmail, gmail1_gmail2_sends_each_message_once_and_every_label_arrives) {
    Dialects dialects(ServerOptions::gmail(), ServerOptions::gmail());
    dialects.put_labelled(mail(1), {"\\Inbox", "Work"}, {"\\Seen"});
    dialects.put_labelled(mail(2), {"Work", "Work/Deep", "\\Important"});
    dialects.put_labelled(mail(3), {"\\Sent"});
    expect_complete(dialects.run({"--gmail1", "--gmail2"}));
    EXPECT_TRUE(dialects.servers.equal());
    EXPECT_EQ(dialects.appends(), 3U);
    const sync::Report second = dialects.run({"--gmail1", "--gmail2"});
    expect_complete(second);
    EXPECT_EQ(second.totals().copied + second.totals().labelled, 0U);
    EXPECT_EQ(dialects.appends(), 3U);
}

TEST(EmbeddedGmailToGmail, gmail1_gmail2_without_labels_copies_by_folder_and_gmail_keeps_one) {
    Dialects dialects(ServerOptions::gmail(), ServerOptions::gmail());
    dialects.put_labelled(mail(1), {"Work", "Home"});
    expect_complete(dialects.run({"--gmail1", "--gmail2", "--nosynclabels", "--noresynclabels"}));
    EXPECT_EQ(dialects.there("Work") + dialects.there("Home"), 2U);
    EXPECT_EQ(dialects.there(all_mail), 1U);
}

TEST(EmbeddedGmailToAnother, gmail1_strips_its_root_and_copies_a_message_of_several_labels_once) {
    Dialects dialects(ServerOptions::gmail(), ServerOptions::new_style());
    dialects.put_labelled(mail(1), {"\\Inbox", "Work"});
    dialects.put_labelled(mail(2), {"\\Sent"});
    dialects.put_labelled(mail(3), {});
    expect_complete(dialects.run({"--gmail1"}));
    EXPECT_EQ(dialects.there("INBOX"), 1U);
    EXPECT_EQ(dialects.there("Work"), 0U) << "it is in INBOX already";
    EXPECT_EQ(dialects.there("Sent Mail"), 1U);
    EXPECT_EQ(dialects.there("All Mail"), 1U) << "what no other folder had";
    EXPECT_EQ(dialects.appends(), 3U);
}

TEST(EmbeddedAnotherToGmail, gmail2_makes_names_that_gmail_takes) {
    Dialects dialects(ServerOptions::new_style(), ServerOptions::gmail());
    for (const char* name : {"it's \"odd\"", " edge /x ^y"}) {
        ASSERT_TRUE(dialects.servers.from().create(name).ok());
        put(dialects.servers.from(), name, dated(mail(static_cast<int>(std::string(name).size()))));
    }
    expect_complete(dialects.run({"--gmail2"}));
    EXPECT_EQ(dialects.there("it_s _odd_"), 1U);
    EXPECT_EQ(dialects.there("edge/x _y"), 1U);
}

TEST(EmbeddedGmail, skipcrossduplicates_and_usecache_conflict_but_useuid_escapes_it_as_with_imapsync) {
    testkit::FakeProcess process;
    const std::vector<std::string> conflict{"--gmail1", "--usecache"};
    EXPECT_FALSE(order_imapsync(conflict, process.surroundings()).refusals.empty());
    const std::vector<std::string> escape{"--gmail1", "--useuid"};
    EXPECT_TRUE(order_imapsync(escape, process.surroundings()).refusals.empty());
}

TEST(EmbeddedExchange, office2_wraps_lines_disarms_receipts_renames_files_and_leaves_out_giants) {
    Dialects dialects(ServerOptions::new_style(), ServerOptions::exchange());
    demo::MailStore& from = dialects.servers.from();
    ASSERT_TRUE(from.create("Files").ok());
    put(from, "Files", dated(mail(1)));
    put(from, "INBOX",
        dated("Message-ID: <l@x>\r\nDisposition-Notification-To: a@b\r\n\r\n" + std::string(20'000, 'x') + "\r\n",
              {"\\Flagged", "$Label1"}));
    put(from, "INBOX", dated("Message-ID: <g@x>\r\n\r\n" + std::string(46'000'000, 'y') + "\r\n"));
    const sync::Report report = dialects.run({"--office2"});
    EXPECT_EQ(report.totals().filtered, 1U) << sync::in_words(report);
    EXPECT_EQ(dialects.there("Files_renamed_by_imapsync"), 1U);
    ASSERT_EQ(dialects.there("INBOX"), 1U);
    const demo::StoredMessage& message = sync::TwoServers::message(dialects.servers.to(), "INBOX", 0);
    EXPECT_THAT(*message.octets, testing::HasSubstr("X-Disposition-Notification-To: a@b"));
    EXPECT_THAT(*message.octets, testing::HasSubstr("\r\n\r\n" + std::string(10'239, 'x') + "\r\n" + std::string(9'761, 'x')));
    EXPECT_EQ(message.flags, imap::FlagSet{"\\Flagged"}) << "Exchange keeps no keywords";
}

TEST(EmbeddedExchange, exchange2_takes_flagged_away) {
    Dialects dialects(ServerOptions::new_style(), ServerOptions::exchange());
    put(dialects.servers.from(), "INBOX", dated(mail(1), {"\\Flagged", "\\Seen"}));
    expect_complete(dialects.run({"--exchange2"}));
    EXPECT_EQ(sync::TwoServers::message(dialects.servers.to(), "INBOX", 0).flags, imap::FlagSet{"\\Seen"});
}

TEST(EmbeddedExchange, office1_leaves_files_out) {
    Dialects dialects(ServerOptions::exchange(), ServerOptions::new_style());
    ASSERT_TRUE(dialects.servers.from().create("Files").ok());
    put(dialects.servers.from(), "Files", dated(mail(1)));
    put(dialects.servers.from(), "INBOX", dated(mail(2)));
    expect_complete(dialects.run({"--office1"}));
    EXPECT_EQ(dialects.there("Files"), 0U);
    EXPECT_EQ(dialects.there("INBOX"), 1U);
}

}  // namespace
}  // namespace mailhaul::cli
