// SPDX-License-Identifier: Apache-2.0
// Reading what changed gives what reading everything gives: random histories, every kind of server.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "client/changes.hpp"
#include "client/mailbox_commands.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/observe_changes.hpp"
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

/// What both ways of looking saw of one mailbox.
struct BothWays {
    BothWays() = default;
    std::optional<Error> error;  // instead of the rest
    Snapshot by_changes;
    Snapshot whole;
};

Task<Result<std::unique_ptr<client::Connection>>> log_in(client::Access access) {
    MH_CO_TRY(connection, co_await client::Connection::open(std::move(access), {}));
    MH_CO_TRY_VOID(co_await connection->login());
    connection->enable_qresync();
    co_return std::move(connection);
}

/// As the source of a sync, whose ledger knows `entries` and was settled at `then`.
Task<Result<BothWays>> look_as_source(client::Access access, std::vector<store::Entry> entries, store::Settled then) {
    BothWays seen;
    MH_CO_TRY(connection, co_await log_in(std::move(access)));
    MH_CO_TRY(first, co_await client::open_mailbox(*connection, imap::MailboxName("INBOX"), imap::SelectMode::examine));
    MH_CO_TRY(changes, co_await list_source_changes(*connection, first, entries, *then.source_mod_seq));
    MH_CO_TRY(whole, co_await list_messages(*connection, first, ListDates::no));
    seen.by_changes = std::move(changes);
    seen.whole = std::move(whole);
    co_await connection->close();
    co_return seen;
}

/// As the destination, of which the source's flags are those of the ledger.
Task<Result<BothWays>> look_as_destination(client::Access access, std::vector<store::Entry> entries, store::Settled then) {
    BothWays seen;
    MH_CO_TRY(connection, co_await log_in(std::move(access)));
    MH_CO_TRY(first, co_await client::open_mailbox(*connection, imap::MailboxName("INBOX"), imap::SelectMode::select));
    Snapshot source;
    for (const store::Entry& entry : entries) source.add(entry.source, entry.flags, std::nullopt, Octets{1});
    source.finish();
    MH_CO_TRY(changes, co_await list_destination_changes(*connection, first, entries, then, source));
    MH_CO_TRY(whole, co_await list_messages(*connection, first, ListDates::no));
    seen.by_changes = std::move(changes);
    seen.whole = std::move(whole);
    co_await connection->close();
    co_return seen;
}

/// An event loop wants a result that can be empty.
Task<BothWays> with_error_inside(Task<Result<BothWays>> look) {
    auto seen = co_await std::move(look);
    if (seen.ok()) co_return std::move(seen).value();
    BothWays none;
    none.error = std::move(seen).error();
    co_return none;
}

std::vector<std::uint32_t> uids_of(const Snapshot& snapshot) {
    std::vector<std::uint32_t> uids;
    for (const ListedMessage& message : snapshot.messages) uids.push_back(message.uid.value());
    return uids;
}

std::vector<std::string> flags_of(const Snapshot& snapshot) {
    std::vector<std::string> flags;
    for (const ListedMessage& message : snapshot.messages) flags.push_back(snapshot.flags_of(message).to_string());
    return flags;
}

struct History : testing::TestWithParam<const char*> {
    static constexpr int seeds = 40;
    static demo::ServerOptions options() {
        demo::ServerOptions options;
        options.capabilities = demo::capabilities_of(GetParam());
        return options;
    }

    /// A mailbox with gaps, and what a ledger knows of it when all is settled.
    void settle(TwoServers& servers, std::mt19937& random) {
        put_many(servers.from(), "INBOX", 30);
        const demo::Mailbox& mailbox = *servers.from().find("INBOX");
        for (int i = 0; i < 5; ++i) expunge(servers.from(), "INBOX", any_uid(mailbox, random));
        for (const demo::StoredMessage& message : mailbox.messages()) {
            store::Entry entry;
            entry.source = entry.destination = message.uid;
            entry.flags = message.flags;
            entries.push_back(std::move(entry));
        }
        then.source_mod_seq = then.destination_mod_seq = mailbox.highest_mod_seq();
        then.destination_uid_next = imap::Uid(31);
    }

    static std::uint32_t any_uid(const demo::Mailbox& mailbox, std::mt19937& random) {
        return mailbox.messages().at(random() % mailbox.messages().size()).uid.value();
    }

    static void live(TwoServers& servers, std::mt19937& random) {
        const std::vector<imap::FlagSet> flags{{}, {"\\Seen"}, {"\\Flagged", "$Label1"}, {"\\Deleted"}};
        demo::Mailbox& mailbox = *servers.from().find("INBOX");
        const auto changes = random() % 12;
        for (std::uint32_t i = 0; i < changes; ++i) {
            const bool is_empty = mailbox.messages().empty();
            switch (random() % 4) {
                case 0: put(servers.from(), "INBOX", dated(mail(static_cast<int>(100 + i)))); break;
                case 1:
                    if (!is_empty) mailbox.set_flags(imap::Uid(any_uid(mailbox, random)), flags[random() % flags.size()]);
                    break;
                default:
                    if (!is_empty) expunge(servers.from(), "INBOX", any_uid(mailbox, random));
            }
        }
    }

    std::vector<store::Entry> entries;
    store::Settled then;
};

INSTANTIATE_TEST_SUITE_P(Servers, History,
                         testing::Values("IMAP4rev1 UIDPLUS ENABLE CONDSTORE QRESYNC ESEARCH", "IMAP4rev1 UIDPLUS CONDSTORE",
                                         "IMAP4rev1 UIDPLUS CONDSTORE ESEARCH"),
                         [](const testing::TestParamInfo<const char*>& info) { return "n" + std::to_string(info.index); });

TEST_P(History, of_a_source_is_seen_alike_by_its_changes_and_as_a_whole) {
    for (unsigned seed = 0; seed < seeds && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        TwoServers servers(options());
        entries.clear();
        settle(servers, random);
        live(servers, random);
        const auto seen = servers.run(with_error_inside(look_as_source(servers.request.source, entries, then)));
        ASSERT_FALSE(seen.error) << seen.error->describe();
        EXPECT_EQ(uids_of(seen.by_changes), uids_of(seen.whole));
        EXPECT_EQ(flags_of(seen.by_changes), flags_of(seen.whole));
    }
}

TEST_P(History, of_a_destination_is_seen_alike_in_what_a_plan_looks_at) {
    for (unsigned seed = 0; seed < seeds && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        TwoServers servers(options());
        entries.clear();
        settle(servers, random);
        live(servers, random);
        const auto seen = servers.run(with_error_inside(look_as_destination(servers.request.source, entries, then)));
        ASSERT_FALSE(seen.error) << seen.error->describe();
        const Snapshot& by_changes = seen.by_changes;
        const Snapshot& whole = seen.whole;
        EXPECT_EQ(uids_of(by_changes), uids_of(whole));
        for (const ListedMessage& stranger : whole.messages) {
            if (stranger.uid < imap::Uid(31)) continue;
            ASSERT_NE(by_changes.find(stranger.uid), nullptr);
            EXPECT_EQ(by_changes.flags_of(*by_changes.find(stranger.uid)), whole.flags_of(stranger));
        }
    }
}

TEST_P(History, with_expunged_messages_needs_no_list_of_those_that_stay_where_the_server_has_qresync) {
    std::mt19937 random(1);
    TwoServers servers(options());
    settle(servers, random);
    expunge(servers.from(), "INBOX", entries.front().source.value());
    put(servers.from(), "INBOX", dated(mail(100)));
    ASSERT_FALSE(servers.run(with_error_inside(look_as_source(servers.request.source, entries, then))).error);
    const bool has_qresync = options().capabilities.has("QRESYNC");
    EXPECT_EQ(servers.source.counters().count("UID SEARCH"), has_qresync ? 0U : 1U);
    EXPECT_EQ(servers.source.counters().count("ENABLE"), has_qresync ? 1U : 0U);
}

TEST_P(History, older_than_anything_is_no_obstacle) {
    std::mt19937 random(2);
    TwoServers servers(options());
    settle(servers, random);
    live(servers, random);
    then.source_mod_seq = imap::ModSeq{1};
    const auto seen = servers.run(with_error_inside(look_as_source(servers.request.source, entries, then)));
    ASSERT_FALSE(seen.error) << seen.error->describe();
    EXPECT_EQ(uids_of(seen.by_changes), uids_of(seen.whole));
}

TEST_P(History, that_the_ledger_remembers_wrongly_is_looked_at_as_a_whole) {
    std::mt19937 random(3);
    TwoServers servers(options());
    settle(servers, random);
    entries.erase(entries.begin() + 4);  // it is there, unchanged, and unknown
    const auto seen = servers.run(with_error_inside(look_as_source(servers.request.source, entries, then)));
    ASSERT_FALSE(seen.error) << seen.error->describe();
    EXPECT_EQ(uids_of(seen.by_changes), uids_of(seen.whole));
}

}  // namespace
}  // namespace mailhaul::sync
