// SPDX-License-Identifier: Apache-2.0
// What a recognised server puts into the wishes of a run, and what a guess does not.
#include "app/apply_profiles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailhaul::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ServerSigns signs(std::string words, std::string host = "mail.example",
                  std::initializer_list<std::string_view> capabilities = {}) {
    ServerSigns made;
    made.words = std::move(words);
    made.host = std::move(host);
    for (const std::string_view name : capabilities) made.capabilities.insert(name);
    return made;
}

struct Wishes {
    Wishes(const ServerSigns& source, const ServerSigns& destination)
        : warnings(apply_profiles(source, destination, mapping, rules)) {}
    sync::MappingRules mapping;
    sync::Rules rules;
    std::vector<std::string> warnings;
};

TEST(ApplyProfiles, knows_each_side_for_what_it_is_used_as) {
    const Wishes wishes(signs("The Microsoft Exchange IMAP4 service is ready."), signs("mail Zimbra IMAP4rev1 server ready"));
    EXPECT_EQ(wishes.mapping.of_source.server, "Microsoft Exchange 2010 or later");
    EXPECT_THAT(wishes.mapping.of_source.skip, Contains("Kalender"));
    EXPECT_TRUE(wishes.mapping.of_source.tells_no_roles);
    EXPECT_EQ(wishes.mapping.of_destination.without, ":/\"\t");
    EXPECT_FALSE(wishes.mapping.destination_tells_no_roles);
    EXPECT_EQ(wishes.rules.of_destination.usually_takes, Octets(10'240'000));
    EXPECT_FALSE(wishes.rules.of_destination.takes) << "its administrator may have chosen another";
    ASSERT_TRUE(wishes.rules.of_destination.dates);
    EXPECT_EQ(wishes.rules.of_destination.dates->first, 0);
    EXPECT_EQ(wishes.rules.of_destination.dates->last, 2'145'916'799);
    EXPECT_TRUE(wishes.rules.keyword_suffix.empty()) << "that is of Zimbra as a source";
    EXPECT_EQ(wishes.rules.of_source.shows, 0U);
}

TEST(ApplyProfiles, leaves_roles_to_those_who_know_them_everywhere) {
    const Wishes wishes(signs("Gimap ready for requests from 192.0.2.1"), signs("ready"));
    EXPECT_THAT(wishes.mapping.of_source.skip, Contains("[Gmail]/Chats"));
    EXPECT_THAT(wishes.mapping.of_source.skip, Not(Contains(HasSubstr("\\"))));
}

TEST(ApplyProfiles, believes_no_name_of_a_host_alone) {
    const Wishes wishes(signs("ready", "outlook.office365.com"), signs("ready", "imap.mail.me.com"));
    EXPECT_THAT(wishes.mapping.of_source.skip, IsEmpty());
    EXPECT_FALSE(wishes.rules.of_destination.takes);
}

TEST(ApplyProfiles, tells_of_couriers_trash_and_keeps_from_its_outbox) {
    const Wishes wishes(signs("ready"),
                        signs("Courier-IMAP ready.", "mail.example", {"IMAP4rev1", "XCOURIEROUTBOX=INBOX.Outbox"}));
    EXPECT_THAT(wishes.warnings, Contains(HasSubstr("Trash")));
    ASSERT_EQ(wishes.mapping.of_destination.never.size(), 1U);
    EXPECT_EQ(wishes.mapping.of_destination.never.front().first, "INBOX.OUTBOX") << "capabilities have no letter case";
}

}  // namespace
}  // namespace mailhaul::app
