// SPDX-License-Identifier: Apache-2.0
#include "govern/server_profile.hpp"

#include <gtest/gtest.h>

namespace mailhaul::govern {
namespace {

TEST(ServerProfile, is_told_by_words_or_by_name) {
    EXPECT_EQ(profile_of("Dovecot", "127.0.0.1").name, "Dovecot");
    EXPECT_EQ(profile_of("IMAP4rev1 Courier-IMAP ready", "mail.example").most, 4U);
    EXPECT_EQ(profile_of("GImap ready for requests", "imap.gmail.com").name, "Gmail");
    EXPECT_EQ(profile_of("", "outlook.office365.com").name, "Microsoft 365");
    EXPECT_EQ(profile_of("The Microsoft Exchange IMAP4 service is ready.", "mail.example").name, "Exchange");
    EXPECT_EQ(profile_of("Cyrus IMAP Fastmail", "imap.fastmail.com").most, 4U);
}

TEST(ServerProfile, of_a_server_nobody_knows_is_careful) {
    const ServerProfile profile = profile_of("ready", "mail.example");
    EXPECT_EQ(profile.first, 2U);
    EXPECT_EQ(profile.most, 4U);
}

}  // namespace
}  // namespace mailhaul::govern
