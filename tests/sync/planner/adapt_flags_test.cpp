// SPDX-License-Identifier: Apache-2.0
// Flags as a destination takes them, one message a row.
#include "sync/planner/adapt_flags.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace mailhaul::sync {
namespace {

Snapshot mailbox_of(const std::vector<imap::FlagSet>& messages) {
    Snapshot snapshot;
    std::uint32_t uid = 0;
    for (const imap::FlagSet& flags : messages) snapshot.add(imap::Uid{++uid}, flags, std::nullopt, Octets{1});
    snapshot.finish();
    return snapshot;
}

struct Row {
    const char* name;
    imap::FlagSet flags;
    imap::FlagSet given;
    imap::FlagSet dropped;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

Rules knowing() {
    Rules rules;
    rules.of_destination.dropped_flags = {"$MDNSent"};
    rules.of_destination.keyword_octets = 10;
    rules.keyword_suffix = ":FLAG";
    return rules;
}

class AdaptedFlags : public testing::TestWithParam<Row> {};

TEST_P(AdaptedFlags, are_what_can_be_given) {
    Snapshot source = mailbox_of({GetParam().flags});
    const auto dropped = adapt_flags(source, {}, knowing());
    EXPECT_EQ(source.flags_of(source.messages.front()).to_string(), GetParam().given.to_string());
    EXPECT_EQ(dropped.at(0).to_string(), GetParam().dropped.to_string());
    const auto again = adapt_flags(source, {}, knowing());
    EXPECT_TRUE(again.at(0).empty());
}

INSTANTIATE_TEST_SUITE_P(
    rules, AdaptedFlags,
    testing::Values(Row{"system flags stay", {"\\Seen", "\\ANSWERED", "\\Draft"}, {"\\Seen", "\\Answered", "\\Draft"}, {}},
                    Row{"those with a keyword's name", {"\\Forwarded", "\\junk"}, {"$Forwarded", "$Junk"}, {}},
                    Row{"others with a backslash", {"\\X-Has-Attach", "\\Seen"}, {"\\Seen"}, {"\\X-Has-Attach"}},
                    Row{"what does harm", {"$mdnsent", "$Label1"}, {"$Label1"}, {"$mdnsent"}},
                    Row{"too long", {"1234567890", "12345678901"}, {"1234567890"}, {"12345678901"}},
                    Row{"a suffix", {"Work:FLAG2", ":FLAG1", "Work:FLAG"}, {"Work", ":FLAG1", "Work:FLAG"}, {}}));

TEST(AdaptedFlags, are_the_commonest_where_there_is_no_room_for_all) {
    Rules rules;
    rules.of_destination.keywords_each = 3;
    imap::SelectedMailbox there;
    there.flags = {"\\Seen", "old"};
    Snapshot source = mailbox_of({{"often", "sometimes", "once"}, {"often", "sometimes"}, {"often", "OLD", "\\Seen"}});
    const auto dropped = adapt_flags(source, there, rules);
    EXPECT_EQ(source.flags_of(source.messages[0]).to_string(), "often sometimes");
    EXPECT_EQ(source.flags_of(source.messages[2]).to_string(), imap::FlagSet({"often", "OLD", "\\Seen"}).to_string());
    EXPECT_EQ(dropped.at(0).to_string(), "once");
    EXPECT_TRUE(dropped.at(1).empty());
}

TEST(AdaptedFlags, are_left_alone_where_imapsync_would) {
    Rules rules = knowing();
    rules.adapt_flags = false;
    Snapshot source = mailbox_of({{"\\Forwarded", "$MDNSent"}});
    EXPECT_TRUE(adapt_flags(source, {}, rules).empty());
    EXPECT_TRUE(source.flags_of(source.messages.front()).contains("\\Forwarded"));
}

}  // namespace
}  // namespace mailhaul::sync
