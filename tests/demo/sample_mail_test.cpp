// SPDX-License-Identifier: Apache-2.0
#include "demo/sample_mail.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "demo/message_text.hpp"
#include "demo/sample_message.hpp"

namespace mailhaul::demo {
namespace {

TEST(SampleMail, is_the_same_for_the_same_seed) {
    const auto once = sample_mail(7);
    const auto again = sample_mail(7);
    ASSERT_EQ(once.size(), again.size());
    for (std::size_t i = 0; i < once.size(); ++i) {
        EXPECT_EQ(once[i].levels, again[i].levels);
        ASSERT_EQ(once[i].messages.size(), again[i].messages.size());
        for (std::size_t n = 0; n < once[i].messages.size(); ++n) {
            EXPECT_EQ(*once[i].messages[n].octets, *again[i].messages[n].octets);
            EXPECT_EQ(once[i].messages[n].flags, again[i].messages[n].flags);
            EXPECT_EQ(once[i].messages[n].date, again[i].messages[n].date);
        }
    }
    EXPECT_NE(*sample_mail(8).front().messages.front().octets, *once.front().messages.front().octets);
}

TEST(SampleMail, is_about_six_hundred_messages_of_twelve_megabytes) {
    MailStore store;
    ASSERT_TRUE(fill(store, sample_mail(1)).ok());
    EXPECT_NEAR(static_cast<double>(store.messages()), 600, 60);
    EXPECT_NEAR(static_cast<double>(store.used().value()), 12e6, 2e6);
    EXPECT_NE(store.find("Work/Projects/&AMQ-rger mit der Heizung"), nullptr);
    EXPECT_TRUE(store.find("Family")->no_select);
    EXPECT_EQ(store.find("Sent Items")->special_uses, std::vector<imap::SpecialUse>{imap::SpecialUse::sent});
}

TEST(SampleMail, fits_an_old_server_with_its_names) {
    StoreOptions options;
    options.separator = '.';
    options.prefix = "INBOX.";
    MailStore store(options);
    const auto filled = fill(store, sample_mail(1));
    ASSERT_TRUE(filled.ok()) << filled.error().describe();
    EXPECT_NE(store.find("INBOX.Work.Budget 2019/2020"), nullptr);
    EXPECT_NE(store.find("INBOX.Work.R&-D"), nullptr);
}

TEST(SampleMail, holds_what_trips_programs) {
    MailStore store;
    ASSERT_TRUE(fill(store, sample_mail(1)).ok());
    const auto& odd = store.find("Archive/Odds and ends")->messages();
    std::multiset<std::string> ids;
    for (const StoredMessage& message : odd) {
        const auto values = field_values(*message.octets, "Message-ID");
        if (!values.empty()) ids.insert(values.front());
    }
    EXPECT_LT(ids.size(), odd.size()) << "some have none";
    EXPECT_TRUE(std::ranges::any_of(ids, [&](const auto& id) { return ids.count(id) > 1; }));
    EXPECT_TRUE(std::ranges::any_of(odd, [](const auto& m) { return m.octets->starts_with("\r\n"); }));
}

TEST(SampleMail, writes_headers_as_the_rfcs_ask) {
    imap::InternalDate date;
    date.epoch_seconds = 1'612'170'000;  // 2021-02-01T09:00:00Z
    date.zone_minutes = 60;
    EXPECT_EQ(header_date(date), "Mon, 1 Feb 2021 10:00:00 +0100");
    EXPECT_EQ(header_text("plain"), "plain");
    EXPECT_EQ(header_text("Ärger"), "=?UTF-8?B?w4RyZ2Vy?=");
    for (const SampleMailbox& mailbox : sample_mail(1)) {
        if (mailbox.levels.back() == "Odds and ends") continue;
        for (const NewMessage& message : mailbox.messages) {
            const std::string_view header = header_of(*message.octets);
            EXPECT_TRUE(std::ranges::all_of(header, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) << header;
            EXPECT_EQ(field_values(header, "Message-ID").size(), 1U);
        }
    }
}

}  // namespace
}  // namespace mailhaul::demo
