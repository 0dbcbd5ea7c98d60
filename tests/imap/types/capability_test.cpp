// SPDX-License-Identifier: Apache-2.0
#include "imap/types/capability.hpp"

#include <gtest/gtest.h>

namespace mailhaul::imap {
namespace {

CapabilitySet set_of(std::initializer_list<const char*> words) {
    CapabilitySet set;
    for (const char* word : words) set.insert(word);
    return set;
}

TEST(CapabilitySet, knows_a_capability_in_any_case) {
    const auto set = set_of({"IMAP4rev1", "Idle", "idle"});
    EXPECT_TRUE(set.has("imap4REV1"));
    EXPECT_TRUE(set.has("IDLE"));
    EXPECT_FALSE(set.has("ID"));
    EXPECT_EQ(set.to_string(), "IDLE IMAP4REV1");
}

TEST(CapabilitySet, reads_literal_and_a_lone_plus_as_one_word) {
    EXPECT_EQ(set_of({"LITERAL", "+"}).to_string(), "LITERAL+");
    EXPECT_EQ(set_of({"LITERAL +"}).to_string(), "LITERAL+");
    EXPECT_EQ(set_of({"LITERAL", "-"}).to_string(), "LITERAL-");
    EXPECT_EQ(set_of({"+", "IDLE"}).to_string(), "IDLE");
}

TEST(CapabilitySet, tells_which_mechanisms_are_offered) {
    const auto set = set_of({"AUTH=PLAIN", "auth=XOAUTH2"});
    EXPECT_TRUE(set.has_auth("plain"));
    EXPECT_TRUE(set.has_auth("XOAUTH2"));
    EXPECT_FALSE(set.has_auth("LOGIN"));
}

TEST(CapabilitySet, tells_the_append_limit_only_where_it_is_a_number) {
    EXPECT_EQ(set_of({"APPENDLIMIT=35651584"}).append_limit(), Octets{35651584});
    EXPECT_EQ(set_of({"APPENDLIMIT"}).append_limit(), std::nullopt);
    EXPECT_EQ(set_of({"APPENDLIMIT=lots"}).append_limit(), std::nullopt);
    EXPECT_EQ(set_of({"APPENDLIMIT=99999999999999999999999"}).append_limit(), std::nullopt);
}

TEST(CapabilitySet, forgets_an_erased_capability) {
    auto set = set_of({"IDLE", "ESEARCH"});
    set.erase("idle");
    EXPECT_EQ(set.to_string(), "ESEARCH");
}

}  // namespace
}  // namespace mailhaul::imap
