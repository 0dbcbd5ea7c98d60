// SPDX-License-Identifier: Apache-2.0
#include "imap/types/flag.hpp"

#include <gtest/gtest.h>

namespace mailhaul::imap {
namespace {

TEST(FlagSet, spells_system_flags_as_the_rfc_and_keywords_as_first_seen) {
    const FlagSet flags{"\\SEEN", "\\answered", "$Forwarded", "$forwarded", "Work"};
    EXPECT_EQ(flags.to_string(), "$Forwarded \\Answered \\Seen Work");
    EXPECT_EQ(flags.size(), 4u);
}

TEST(FlagSet, drops_recent_because_it_is_the_servers) { EXPECT_TRUE((FlagSet{"\\Recent", "\\RECENT", ""}).empty()); }

TEST(FlagSet, keeps_the_star_of_permanentflags) { EXPECT_TRUE((FlagSet{"\\Seen", "\\*"}).contains("\\*")); }

TEST(FlagSet, compares_without_regard_to_case) {
    EXPECT_EQ((FlagSet{"Work", "\\Seen"}), (FlagSet{"\\seen", "WORK"}));
    EXPECT_FALSE((FlagSet{"Work"}) == (FlagSet{"Work", "\\Seen"}));
    EXPECT_TRUE((FlagSet{"Work"}).contains("wORK"));
}

TEST(FlagSet, is_united_intersected_and_subtracted_without_regard_to_case) {
    const FlagSet a{"\\Seen", "Work", "$Junk"};
    const FlagSet b{"\\Flagged", "WORK"};
    EXPECT_EQ(a.minus(b).to_string(), "$Junk \\Seen");
    EXPECT_EQ(a.united(b).to_string(), "$Junk \\Flagged \\Seen Work");
    EXPECT_EQ(a.intersected(b).to_string(), "Work");
}

TEST(FlagSet, forgets_an_erased_flag) {
    FlagSet flags{"\\Seen", "Work"};
    flags.erase("work");
    flags.erase("absent");
    EXPECT_EQ(flags.to_string(), "\\Seen");
}

TEST(FlagSet, keeps_letters_beyond_ascii_apart) { EXPECT_EQ((FlagSet{"\xC3\x84", "\xC3\xA4"}).size(), 2u); }

TEST(Flag, can_be_sent_where_it_is_an_atom_with_at_most_one_leading_backslash) {
    for (const char* flag : {"\\Seen", "$Forwarded", "Work", "a.b/c:d+e=f", "NonJunk"})
        EXPECT_TRUE(is_sendable_flag(flag)) << flag;
    for (const char* flag :
         {"", "\\", "\\*", "\\Recent", "two words", "a\"b", "a(b", "\\\\Seen", "caf\xC3\xA9", "a]", "a\r\n", "%"})
        EXPECT_FALSE(is_sendable_flag(flag)) << flag;
    EXPECT_TRUE(is_sendable_flag(std::string(250, 'a')));
    EXPECT_FALSE(is_sendable_flag(std::string(251, 'a')));
}

}  // namespace
}  // namespace mailhaul::imap
