// SPDX-License-Identifier: Apache-2.0
// An account is not copied onto itself, whatever its names; two accounts are never taken for one.
#include "sync/executor/same_account.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* probe = "mailhaulprobe";  // how the name of a probe begins

/// Everything a run could have changed: messages, mailboxes and subscriptions.
using Everything = std::tuple<AccountTruth, std::vector<std::string>, std::set<std::string>>;

Everything everything_in(const demo::MailStore& store) {
    std::vector<std::string> names;
    for (const auto& [name, mailbox] : store.mailboxes()) names.push_back(name);
    return {truth_of(store), names, store.subscriptions()};
}

/// Both sides lead to the source's account.
void join_sides(TwoServers& servers) { servers.request.destination = servers.request.source; }

/// The destination is another account of the source's server, made like the first.
demo::MailStore& neighbour_of(TwoServers& servers) {
    demo::MailStore& store = servers.source.add_account("bob", "secret");
    servers.request.destination = servers.request.source;
    servers.request.destination.user = "bob";
    return store;
}

/// The destination is an account of the other server, with the numbers of the first.
demo::MailStore& twin_of(TwoServers& servers) {
    servers.destination.options().store = servers.source.options().store;
    demo::MailStore& store = servers.destination.add_account("bob", "secret");
    servers.request.destination.user = "bob";
    return store;
}

void expect_refused(const Report& report) {
    EXPECT_EQ(report.ending, Ending::needs_person) << in_words(report);
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::same_account) << in_words(report);
    EXPECT_EQ(report.error->scope, Scope::run);
    EXPECT_EQ(report.error->retry, Retry::never);
    EXPECT_THAT(report.error->message, AllOf(HasSubstr("both sides"), HasSubstr("name another account")));
    EXPECT_THAT(report.mailboxes, IsEmpty()) << "none was begun";
    EXPECT_EQ(app::exit_status(report), 17);
}

struct OneAccount : testing::TestWithParam<bool> {
    OneAccount() : servers(GetParam() ? demo::ServerOptions::old_style() : demo::ServerOptions::new_style()) {
        fill_with_oddities(servers.from());
        join_sides(servers);
        before = everything_in(servers.from());
    }
    [[nodiscard]] Everything now() { return everything_in(servers.from()); }
    TwoServers servers;
    Everything before;
};
INSTANTIATE_TEST_SUITE_P(Servers, OneAccount, testing::Bool(),
                         [](const auto& info) { return info.param ? "old_style" : "new_style"; });

TEST_P(OneAccount, is_refused_with_nothing_changed) {
    const Report report = servers.sync();
    expect_refused(report);
    EXPECT_THAT(report.error->message, HasSubstr("are one account"));
    EXPECT_EQ(now(), before) << "no folder made to find out is left";
    EXPECT_EQ(servers.source.counters().count("APPEND"), 0U);
    EXPECT_THAT(report.warnings, Not(Contains(HasSubstr(probe))));
}

TEST_P(OneAccount, is_refused_where_messages_would_be_deleted) {
    for (const bool of_source : {true, false}) {
        servers.request.rules.delete_source = of_source;
        servers.request.rules.delete_destination = !of_source;
        expect_refused(servers.sync());
        EXPECT_EQ(now(), before);
    }
}

TEST_P(OneAccount, is_refused_where_it_is_empty) {
    TwoServers empty(servers.source.options());
    join_sides(empty);
    expect_refused(empty.sync());
    EXPECT_EQ(empty.from().mailboxes().size(), 1U);
}

TEST_P(OneAccount, is_refused_in_a_dry_run_by_evidence_alone) {
    servers.request.dry_run = true;
    const Report report = servers.sync();
    expect_refused(report);
    EXPECT_THAT(report.error->message,
                AllOf(HasSubstr("seem to be one account"), HasSubstr("\"INBOX\""), HasSubstr("dry run")));
    EXPECT_EQ(now(), before);
    for (const char* verb : {"CREATE", "DELETE", "SELECT"}) EXPECT_EQ(servers.source.counters().count(verb), 0U) << verb;
}

TEST_P(OneAccount, is_known_by_another_folder_where_the_inbox_is_empty) {
    servers.from().find("INBOX")->expunge([] {
        imap::UidSet all;
        all.insert(imap::Uid(1), imap::Uid(100));
        return all;
    }());
    servers.request.dry_run = true;
    const Report report = servers.sync();
    expect_refused(report);
    EXPECT_THAT(report.error->message, HasSubstr("2 messages at the end of"));
}

TEST_P(OneAccount, is_refused_by_evidence_where_no_folder_can_be_made) {
    servers.source.faults().on("CREATE").always().no("[NOPERM] not here");
    const Report report = servers.sync();
    expect_refused(report);
    EXPECT_THAT(report.error->message, AllOf(HasSubstr("seem to be one account"), HasSubstr("no folder could be made")));
    EXPECT_EQ(now(), before);
}

TEST_P(OneAccount, is_not_emptied_where_its_server_shows_new_folders_late) {
    for (const char* verb : {"LIST", "STATUS"}) servers.source.faults().on(verb).holding(probe).no("not in this connection");
    servers.request.rules.delete_source = true;
    const Report report = servers.sync();
    expect_refused(report);
    EXPECT_THAT(report.error->message, HasSubstr("are one account")) << "a new connection proved it";
    EXPECT_EQ(now(), before);
}

TEST_P(OneAccount, may_be_copied_into_a_folder_of_its_own) {
    servers.request.mapping.sub_folder_destination = "Backup";
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, messages_in(std::get<AccountTruth>(before)));
    EXPECT_EQ(servers.from().messages(), 2 * messages_in(std::get<AccountTruth>(before)));
    EXPECT_EQ(servers.source.counters().count("DELETE"), 0U) << "nothing had to be found out";
}

TEST_P(OneAccount, is_not_copied_into_a_folder_of_its_own_where_that_deletes) {
    servers.request.mapping.sub_folder_destination = "Backup";
    servers.request.rules.delete_destination = true;
    expect_refused(servers.sync());
    EXPECT_EQ(now(), before);
}

TEST_P(OneAccount, is_emptied_where_the_operator_means_it) {
    servers.request.rules.delete_source = true;
    servers.request.allow_same_account = true;
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(servers.from().messages(), 0U);
}

TEST(TwoAccounts, are_not_asked_where_their_counters_differ) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 3);
    expect_complete(servers.sync());
    for (const char* verb : {"CREATE", "DELETE", "STATUS"}) EXPECT_EQ(servers.destination.counters().count(verb), 0U) << verb;
    EXPECT_EQ(servers.source.counters().count("STATUS"), 0U);
}

TEST(TwoAccounts, of_one_server_are_fine) {
    TwoServers servers;
    fill_with_oddities(servers.from());
    const demo::MailStore& neighbour = neighbour_of(servers);
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(truth_of(neighbour), truth_of(servers.from()));
    EXPECT_EQ(servers.source.counters().count("DELETE"), 1U) << "it had to be found out";
    EXPECT_THAT(report.warnings, Not(Contains(HasSubstr(probe))));
}

TEST(TwoAccounts, that_are_new_and_empty_on_twin_servers_are_fine) {
    TwoServers servers;
    demo::MailStore& twin = twin_of(servers);
    expect_complete(servers.sync());
    EXPECT_EQ(servers.destination.counters().count("DELETE"), 1U) << "it had to be found out";
    EXPECT_EQ(twin.mailboxes().size(), 1U);
    servers.request.dry_run = true;
    expect_complete(servers.sync());
}

TEST(TwoAccounts, that_differ_in_their_messages_only_are_fine_where_no_folder_can_be_made) {
    TwoServers servers;
    demo::MailStore& twin = twin_of(servers);
    put(servers.from(), "INBOX", dated(mail(1)));
    put(twin, "INBOX", dated(mail(2), {}, 1'600'000'001));
    servers.request.dry_run = true;
    expect_complete(servers.sync());
    servers.request.dry_run = false;
    servers.destination.faults().on("CREATE").always().no("[NOPERM] not here");
    expect_complete(servers.sync());
    EXPECT_EQ(twin.messages(), 2U);
}

TEST(TwoAccounts, of_which_one_is_a_replica_of_the_other_are_fine) {
    TwoServers servers;
    demo::MailStore& twin = twin_of(servers);
    put_many(servers.from(), "INBOX", 3);
    put_many(twin, "INBOX", 3);
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().adopted, 3U);
    servers.request.rules.delete_source = true;
    EXPECT_EQ(servers.sync().ending, Ending::complete);
    EXPECT_EQ(servers.from().messages(), 0U);
    EXPECT_EQ(twin.messages(), 3U);
}

TEST(TwoAccounts, keep_no_probe_where_the_source_is_lost_meanwhile) {
    TwoServers servers;
    const demo::MailStore& twin = twin_of(servers);
    servers.source.faults().on("LIST").holding(probe).cut();
    const Report report = servers.sync();
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::connection_lost) << in_words(report);
    EXPECT_EQ(report.error_side, SideName::source);
    EXPECT_EQ(twin.mailboxes().size(), 1U);
    expect_complete(servers.sync());
}

TEST(TwoAccounts, are_told_of_a_probe_that_could_not_be_removed) {
    TwoServers servers;
    const demo::MailStore& twin = twin_of(servers);
    servers.destination.faults().on("DELETE").no("[NOPERM] not here");
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(twin.mailboxes().size(), 2U);
    EXPECT_THAT(report.warnings, ElementsAre(AllOf(HasSubstr(probe), HasSubstr("remove it"))));
}

TEST(TwoAccounts, are_told_of_a_probe_that_may_be_left_where_the_destination_is_lost) {
    TwoServers servers;
    twin_of(servers);
    servers.destination.faults().on("DELETE").cut();
    const Report report = servers.sync();
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::connection_lost) << in_words(report);
    EXPECT_EQ(report.error_side, SideName::destination);
    EXPECT_THAT(report.warnings, ElementsAre(HasSubstr(probe)));
}

// What two listings say before anybody asks more.
struct InboxRow {
    std::string name;
    imap::MailboxStatus source;
    imap::MailboxStatus destination;
    bool may_be_one;
};
class Inboxes : public testing::TestWithParam<InboxRow> {};

imap::MailboxStatus counters(std::optional<std::uint32_t> uid_validity, std::optional<std::uint32_t> uid_next) {
    imap::MailboxStatus status;
    if (uid_validity) status.uid_validity = imap::UidValidity(*uid_validity);
    if (uid_next) status.uid_next = imap::Uid(*uid_next);
    return status;
}

std::vector<client::ListedMailbox> listing_of(const imap::MailboxStatus& inbox) {
    client::ListedMailbox listed;
    listed.info.name = imap::MailboxName("inbox");
    listed.status = inbox;
    return {listed};
}

TEST_P(Inboxes, tell_two_accounts_apart_only_where_they_cannot_be_one) {
    EXPECT_EQ(may_be_one_account(listing_of(GetParam().source), listing_of(GetParam().destination)), GetParam().may_be_one);
    EXPECT_EQ(may_be_one_account(listing_of(GetParam().destination), listing_of(GetParam().source)), GetParam().may_be_one);
}
INSTANTIATE_TEST_SUITE_P(table, Inboxes,
                         testing::Values(InboxRow{"equal", counters(7, 100), counters(7, 100), true},
                                         InboxRow{"mail_came_in_between", counters(7, 100), counters(7, 103), true},
                                         InboxRow{"another_uid_validity", counters(7, 100), counters(8, 100), false},
                                         InboxRow{"far_apart", counters(1, 100), counters(1, 50'000), false},
                                         InboxRow{"uid_validity_not_told", counters({}, 100), counters(8, 100), true},
                                         InboxRow{"uid_next_not_told", counters(7, {}), counters(7, 50'000), true}),
                         [](const auto& info) { return info.param.name; });

TEST(Inboxes, that_are_not_listed_tell_nothing) {
    EXPECT_TRUE(may_be_one_account({}, listing_of(counters(7, 100))));
    EXPECT_TRUE(may_be_one_account({}, {}));
}

struct PlaceRow {
    std::string name;
    std::string source;
    std::string destination;
    bool is_itself;
};
class Places : public testing::TestWithParam<PlaceRow> {};

TEST_P(Places, are_compared_as_each_side_spells_them) {
    Mapping mapping;
    MailboxMapping one;
    one.source.name = imap::MailboxName(GetParam().source);
    one.destination = imap::MailboxName(GetParam().destination);
    mapping.mailboxes.push_back(one);
    Side dots;
    dots.prefix = "INBOX.";
    dots.separator = '.';
    EXPECT_EQ(maps_onto_itself(mapping, dots, Side{}), GetParam().is_itself);
}
INSTANTIATE_TEST_SUITE_P(table, Places,
                         testing::Values(PlaceRow{"inbox", "INBOX", "INBOX", true},
                                         PlaceRow{"another_prefix", "INBOX.Work.2019", "Work/2019", true},
                                         PlaceRow{"another_case", "INBOX.Sent", "sent", true},
                                         PlaceRow{"below_another", "INBOX.Sent", "Backup/Sent", false},
                                         PlaceRow{"another_name", "INBOX.Sent", "Sent Items", false}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mailhaul::sync
