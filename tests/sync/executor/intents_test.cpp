// SPDX-License-Identifier: Apache-2.0
// What a run that was cut short may have sent is found on the destination without reading everything else.
#include <gtest/gtest.h>

#include <string>

#include "store/ledger.hpp"
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

/// 300 messages, of which the destination holds the first 20 as a killed run left them: stored, not recorded.
struct AfterACrash : testing::Test {
    AfterACrash() {
        put_many(servers.from(), "INBOX", 300);
        for (int i = 1; i <= 20; ++i) put(servers.to(), "INBOX", dated(mail(i), {}, 1'600'000'000 + i));
    }
    store::PairKey pair() {
        const auto side = [](demo::MailStore& store) {
            return store::MailboxKey{imap::MailboxName("INBOX"), store.find("INBOX")->uid_validity()};
        };
        return {side(servers.from()), side(servers.to())};
    }
    void with_ledger(const std::function<void(store::Ledger&)>& look) {
        auto ledger = store::open_sqlite_ledger(servers.ledger_path(),
                                                {servers.request.source.label(), servers.request.destination.label()});
        ASSERT_TRUE(ledger.ok()) << ledger.error().describe();
        look(*ledger.value());
    }
    TwoServers servers;
};

TEST_F(AfterACrash, only_what_was_intended_is_looked_for) {
    with_ledger([&](store::Ledger& ledger) {
        store::Intent intent;
        for (std::uint32_t uid = 1; uid <= 40; ++uid) intent.source.emplace_back(uid);
        intent.destination_uid_next = imap::Uid(1);
        ASSERT_TRUE(ledger.record_intent(pair(), intent).ok());
    });
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().adopted, 20U);
    EXPECT_EQ(report.totals().copied, 280U);
    EXPECT_TRUE(servers.equal());
    with_ledger([&](store::Ledger& ledger) { EXPECT_TRUE(ledger.intents(pair()).value().empty()) << "and then it is closed"; });
}

TEST_F(AfterACrash, without_the_intent_it_is_found_as_well) {
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().adopted, 20U);
    EXPECT_TRUE(servers.equal());
}

TEST_F(AfterACrash, the_intent_saves_reading_the_rest) {
    const auto read_by_a_run = [&] {
        const std::uint64_t before = servers.source.counters().sent.value();
        servers.request.rules.max_size = Octets{1};  // copies nothing, so that only what is read to decide counts
        servers.sync();
        return servers.source.counters().sent.value() - before;
    };
    const std::uint64_t without = read_by_a_run();
    std::filesystem::remove(servers.ledger_path());
    with_ledger([&](store::Ledger& ledger) {
        store::Intent intent;
        for (std::uint32_t uid = 1; uid <= 20; ++uid) intent.source.emplace_back(uid);
        ASSERT_TRUE(ledger.record_intent(pair(), intent).ok());
    });
    EXPECT_LT(read_by_a_run() + 280UL * 40, without) << "280 Message-IDs";
}

TEST_F(AfterACrash, an_intent_whose_copies_are_not_there_sends_them_again) {
    with_ledger([&](store::Ledger& ledger) {
        store::Intent intent;
        for (std::uint32_t uid = 1; uid <= 300; ++uid) intent.source.emplace_back(uid);
        intent.destination_uid_next = imap::Uid(1);
        ASSERT_TRUE(ledger.record_intent(pair(), intent).ok());
    });
    expunge(servers.to(), "INBOX", 7);
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().adopted, 19U);
    EXPECT_TRUE(servers.equal());
}

}  // namespace
}  // namespace mailhaul::sync
