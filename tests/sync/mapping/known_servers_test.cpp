// SPDX-License-Identifier: Apache-2.0
// Names and folders between servers whose kind is known: what is left out, what is made legal, what is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <set>

#include "sync/mapping/legal_level.hpp"
#include "sync/mapping/trees.hpp"

namespace mailhaul::sync {
namespace {

using Knowing = std::function<void(MappingRules&)>;

Knowing cyrus() {
    return [](MappingRules& rules) { rules.of_destination.without = "!\"%&/;<>\\`{|}"; };
}
Knowing gmail() {
    return [](MappingRules& rules) {
        NameRules& names = rules.of_destination;
        names.without = "^\"\\";
        names.trims_blanks = names.joins_blanks = true;
        names.reserved = {"Chats", "All Mail"};
    };
}
Knowing exchange() {
    return [](MappingRules& rules) {
        rules.of_destination.ignores_case = true;
        rules.of_destination.reserved = {"Files"};
        rules.of_destination.trims_blanks = true;
        rules.destination_tells_no_roles = true;
    };
}
Knowing dbmail() {
    return [](MappingRules& rules) { rules.of_destination.only = "-=/ _.&,+@()[]'`#"; };
}
Knowing mbox() {
    return [](MappingRules& rules) { rules.of_destination.parents_are_empty = true; };
}
Knowing at_most(std::size_t octets) {
    return [octets](MappingRules& rules) { rules.of_destination.longest = octets; };
}

struct Row {
    const char* name;
    Knowing knowing;
    const char* source;
    const char* destination;  ///< what is there already
    const char* mapped;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class KnownDestination : public testing::TestWithParam<Row> {};

Mapping mapped(const Row& row) {
    MappingRules rules;
    row.knowing(rules);
    auto mapping = map_mailboxes(tree(slashes, split(row.source)), tree(slashes, split(row.destination)), rules);
    if (!mapping.ok()) throw std::runtime_error(mapping.error().describe());
    return std::move(mapping).value();
}

TEST_P(KnownDestination, gets_names_that_it_takes) {
    const Mapping mapping = mapped(GetParam());
    EXPECT_EQ(destinations(mapping), GetParam().mapped);
}

TEST_P(KnownDestination, gets_the_same_names_in_the_next_run) {
    const Mapping first = mapped(GetParam());
    std::string there = GetParam().destination;
    for (const MailboxMapping& one : first.mailboxes)
        if (!one.exists) there += (there.empty() ? "" : ", ") + decoded(one.destination);
    Row again = GetParam();
    again.destination = there.c_str();
    EXPECT_EQ(destinations(mapped(again)), GetParam().mapped);
}

INSTANTIATE_TEST_SUITE_P(
    names, KnownDestination,
    testing::Values(Row{"characters", cyrus(), "a%b.c, R&D, x{y}", "", "R_D, a_b.c, x_y_"},                      //
                    Row{"two that become one", cyrus(), "a%b, a;b, a_b", "", "a_b_2, a_b_3, a_b"},               //
                    Row{"children stay below", cyrus(), "a%b, a%b/c;d", "", "a_b, a_b/c_d"},                     //
                    Row{"what is there is right", cyrus(), "a%b, c%d", "a%b", "a%b, c_d"},                       //
                    Row{"other scripts", cyrus(), "Büro %, 日本語", "", "日本語, Büro _"},                       //
                    Row{"blanks", gmail(), " a  b , c", "", "a b, c"},                                           //
                    Row{"nothing but blanks", gmail(), "  , c", "", "_, c"},                                     //
                    Row{"reserved", gmail(), "Chats, A/Chats", "", "A/Chats, Chats_2"},                          //
                    Row{"reserved, and there", exchange(), "Files", "Files", "Files_2"},                         //
                    Row{"without letter case", exchange(), "Work, work, WORK/x", "", "WORK/x, Work_2, work_3"},  //
                    Row{"two in letter case alone", exchange(), "Work, work", "", "Work, work_2"},
                    Row{"there in another case", exchange(), "Work", "WORK", "WORK"},                              //
                    Row{"only what is known", dbmail(), "a*b, Büro, x y", "", "B_ro, a_b, x y"},                   //
                    Row{"parents with mail", mbox(), "a, a/b, c", "", "a_mail, a/b, c"},                           //
                    Row{"parents without mail", mbox(), "a \\Noselect, a/b", "", "a/b"},                           //
                    Row{"too long", at_most(20), "123456789012345678901234567890, b", "", "1234567890123456, b"},  //
                    Row{"too long below another", at_most(20), "1234567/123456789012", "", "1234567/12345678"},    //
                    Row{"too long and alike", at_most(20), "123456789012345678901, 123456789012345678902", "",
                        "1234567890123456, 1234567890123456_2"},
                    Row{"roles by name", exchange(), "Gesendet \\Sent, Spam \\Junk", "Sent Items, Junk E-mail",
                        "Sent Items, Junk E-mail"}));

TEST(KnownDestination, keeps_two_apart_whose_names_come_to_one_by_different_rules) {
    MappingRules rules;
    cyrus()(rules);
    const MailboxTree source = tree(maildir, {"INBOX.%", "INBOX./", "INBOX._"});
    const auto first = map_mailboxes(source, tree(slashes, {}), rules);
    std::set<std::string> names;
    std::vector<std::string> there;
    for (const MailboxMapping& one : first->mailboxes) {
        names.insert(decoded(one.destination));
        there.push_back(decoded(one.destination));
    }
    EXPECT_EQ(names.size(), 3U) << destinations(*first);
    EXPECT_EQ(destinations(*map_mailboxes(source, tree(slashes, there), rules)), destinations(*first)) << "in the next run";
}

TEST(KnownDestination, says_which_names_it_does_not_take) {
    const Mapping mapping = mapped({"", cyrus(), "a%b", "", ""});
    EXPECT_THAT(mapping.warnings, testing::ElementsAre("\"a%b\" becomes \"a_b\": the destination does not take that name"));
}

TEST(KnownDestination, that_sends_what_it_stores_gets_nothing_to_send) {
    const auto outbox = [](MappingRules& rules) { rules.of_destination.never = {{"OUTBOX", "it would be sent"}}; };
    const Mapping mapping = mapped({"", outbox, "INBOX, Outbox", "", ""});
    EXPECT_EQ(destinations(mapping), "INBOX");
    ASSERT_EQ(mapping.left_out.size(), 1U);
    EXPECT_EQ(mapping.left_out.front().reason, "it would be sent");
}

MappingRules known_source() {
    MappingRules rules;
    rules.of_source.server = "Exchange";
    rules.of_source.skip = {"Calendar", "Kalender", "Sync Issues", "[Gmail]/Chats"};
    return rules;
}

std::string taken(const MappingRules& rules, const char* source, const Style& style = slashes) {
    const auto mapping = map_mailboxes(tree(style, split(source)), tree(slashes, {}), rules);
    return mapping.ok() ? destinations(*mapping) : mapping.error().describe();
}

TEST(KnownSource, keeps_what_is_no_mail) {
    const MappingRules rules = known_source();
    EXPECT_EQ(taken(rules, "INBOX, Calendar, kalender/Holidays, Sync Issues/Conflicts, Work/Calendar, [Gmail]/Chats, Chats"),
              "INBOX, Chats, Work/Calendar");
    EXPECT_EQ(taken(rules, "INBOX, INBOX.Calendar, INBOX.A", maildir), "INBOX, A") << "below the prefix as well";
    const auto mapping = map_mailboxes(tree(slashes, {"kalender/Holidays"}), tree(slashes, {}), rules);
    ASSERT_EQ(mapping->left_out.size(), 1U);
    EXPECT_EQ(mapping->left_out.front().reason, "holds no mail of its own (kalender of Exchange)");
}

TEST(KnownSource, gives_what_is_no_mail_where_it_is_asked_for) {
    MappingRules rules = known_source();
    rules.folders = {"Calendar"};
    EXPECT_EQ(taken(rules, "INBOX, Calendar"), "Calendar");
    rules = known_source();
    rules.skip_virtual = false;
    EXPECT_EQ(taken(rules, "INBOX, Calendar"), "INBOX, Calendar");
}

TEST(KnownSource, that_tells_no_roles_is_known_by_its_names) {
    MappingRules rules;
    const MailboxTree exchange = tree(slashes, {"Sent Items", "Gelöschte Elemente"});
    const MailboxTree dovecot = tree(slashes, {"Sent \\Sent", "Trash \\Trash"});
    EXPECT_EQ(destinations(*map_mailboxes(exchange, dovecot, rules)), "Gelöschte Elemente, Sent Items")
        << "a name alone tells nothing";
    rules.of_source.tells_no_roles = true;
    EXPECT_EQ(destinations(*map_mailboxes(exchange, dovecot, rules)), "Trash, Sent");
    rules.map_special_use = false;
    EXPECT_EQ(destinations(*map_mailboxes(exchange, dovecot, rules)), "Gelöschte Elemente, Sent Items");
}

TEST(FittingLevel, never_cuts_a_character) {
    EXPECT_EQ(fitting_level("abc", 3), "abc");
    EXPECT_EQ(fitting_level("abcd", 3), "abc");
    EXPECT_EQ(fitting_level("a&AOkA6Q-", 7), "a&AOk-");
    EXPECT_EQ(fitting_level("&AOk-", 1), "&AOk-") << "nothing would be left";
}

}  // namespace
}  // namespace mailhaul::sync
