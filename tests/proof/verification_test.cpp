// SPDX-License-Identifier: Apache-2.0
#include "proof/verification.hpp"

#include <gtest/gtest.h>

namespace mailhaul::proof {
namespace {

struct Row {
    const char* text;
    std::optional<Share> share;
    const char* spelt = "";
};

TEST(Share, is_read_as_people_write_it) {
    for (const Row& row : {Row{"5%", 500, "5%"}, Row{"5", 500, "5%"}, Row{"2.5%", 250, "2.5%"}, Row{"0.01", 1, "0.01%"},
                           Row{"100%", 10'000, "100%"}, Row{"0", {}}, Row{"100.01%", {}}, Row{"", {}}, Row{"%", {}},
                           Row{"5.", {}}, Row{"5.123", {}}, Row{"-5", {}}, Row{"1e1", {}}, Row{"9999", {}}}) {
        EXPECT_EQ(share_from(row.text), row.share) << row.text;
        if (row.share) EXPECT_EQ(spell_share(*row.share), row.spelt);
    }
}

TEST(Sample, takes_about_its_share_and_the_same_each_time) {
    const store::PairKey pair{{imap::MailboxName("INBOX"), imap::UidValidity{1}},
                              {imap::MailboxName("INBOX"), imap::UidValidity{2}}};
    int taken = 0;
    int other = 0;
    for (std::uint32_t uid = 1; uid <= 10'000; ++uid) {
        store::Entry entry;
        entry.source = imap::Uid{uid};
        const bool in = is_in_sample(pair, entry, 42, 1000);
        EXPECT_EQ(in, is_in_sample(pair, entry, 42, 1000));
        EXPECT_TRUE(is_in_sample(pair, entry, 42, everything));
        taken += in ? 1 : 0;
        other += in && is_in_sample(pair, entry, 43, 1000) ? 1 : 0;
    }
    EXPECT_NEAR(taken, 1000, 150);
    EXPECT_LT(other, 200) << "another seed takes others";
}

TEST(Verification, holds_only_where_nothing_at_all_is_left_open) {
    Verification found;
    found.mailboxes.emplace_back().tally = {.entries = 2, .proven = 1, .not_looked_at = 1};
    EXPECT_TRUE(found.holds());
    for (int what = 0; what < 5; ++what) {
        Verification other = found;
        if (what == 0) other.mailboxes[0].tally.proven = 0;
        if (what == 1) other.mailboxes[0].remarks.emplace_back("fewer");
        if (what == 2) other.remarks.emplace_back("unknown");
        if (what == 3) other.not_copied.emplace_back();
        if (what == 4) other.findings.emplace_back();
        EXPECT_FALSE(other.holds()) << what;
    }
}

}  // namespace
}  // namespace mailhaul::proof
