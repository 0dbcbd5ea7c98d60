// SPDX-License-Identifier: Apache-2.0
// Several accounts in one process, between the same two servers.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "async/task_scope.hpp"
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

constexpr int accounts = 6;

std::string user(int number) { return "user" + std::to_string(number); }

struct ManyAccounts : testing::Test {
    ManyAccounts() {
        for (int i = 0; i < accounts; ++i) {
            servers.source.add_account(user(i), "secret");
            servers.destination.add_account(user(i), "secret");
            demo::MailStore& store = servers.source.store_of(user(i));
            put_many(store, "INBOX", 20);
            for (const char* name : {"A", "B", "C"}) put_many(store, make_mailbox(store, {name}), 20);
        }
    }

    Task<void> sync_one(int number, std::shared_ptr<SharedLimits> shared) {
        app::SyncRequest request = servers.request;
        request.source.user = request.destination.user = user(number);
        request.source.logins = std::make_shared<client::LoginMemory>();
        request.destination.logins = std::make_shared<client::LoginMemory>();
        request.ledger_path += "." + user(number);
        request.shared = std::move(shared);
        reports[static_cast<std::size_t>(number)] =
            co_await app::sync_account(std::move(request), watchers[static_cast<std::size_t>(number)]);
    }
    Task<bool> sync_all() {
        const auto executor = co_await asio::this_coro::executor;
        auto shared = std::make_shared<SharedLimits>(executor, servers.request.budget.value());
        shared->far_above = std::chrono::hours(1);  // however busy the machine is
        TaskScope scope(executor);
        for (int i = 0; i < accounts; ++i) scope.spawn(sync_one(i, shared));
        co_await scope.join();
        co_return true;
    }
    void expect_all_complete() {
        for (int i = 0; i < accounts; ++i) {
            EXPECT_EQ(truth_of(servers.source.store_of(user(i))), truth_of(servers.destination.store_of(user(i)))) << user(i);
            expect_complete(reports[static_cast<std::size_t>(i)]);
        }
    }

    TwoServers servers;
    std::vector<Report> reports{accounts};
    std::vector<Watcher> watchers{accounts};
};

TEST_F(ManyAccounts, share_two_servers_without_a_limit) {
    servers.request.connections.reset();
    EXPECT_TRUE(servers.run(sync_all()));
    expect_all_complete();
    EXPECT_LE(servers.destination.counters().most_connections, 8U) << "near by, more than that only wait for each other";
}

TEST_F(ManyAccounts, the_last_one_takes_over_the_connections_that_others_left) {
    servers.request.connections.reset();
    demo::MailStore& store = servers.source.store_of(user(0));
    for (int i = 0; i < 60; ++i) put_many(store, make_mailbox(store, {"box " + std::to_string(i)}), 20);
    EXPECT_TRUE(servers.run(sync_all()));
    expect_all_complete();
    EXPECT_EQ(reports[0].destination.connections, 2U);
    EXPECT_LE(servers.destination.counters().most_connections, 8U);
}

TEST_F(ManyAccounts, wait_for_each_other_where_a_server_takes_few_connections) {
    servers.destination.options().most_connections = 2;
    EXPECT_TRUE(servers.run(sync_all()));
    expect_all_complete();
    EXPECT_LE(servers.destination.counters().connections, 40U) << "those who wait do not knock all the time";
}

TEST_F(ManyAccounts, wait_for_each_other_where_both_servers_take_one_connection) {
    servers.source.options().most_connections = 1;
    servers.destination.options().most_connections = 1;
    EXPECT_TRUE(servers.run(sync_all()));
    expect_all_complete();
}

TEST_F(ManyAccounts, give_a_server_the_pause_it_asks_for_and_come_back) {
    servers.destination.faults().on("AUTHENTICATE").times(2).no("[UNAVAILABLE] try again in 1 seconds");
    EXPECT_TRUE(servers.run(sync_all()));
    expect_all_complete();
}

TEST_F(ManyAccounts, one_that_is_refused_for_itself_does_not_stop_the_others) {
    servers.source.add_account(user(2), "another");  // anew, with another password than it is asked for with
    EXPECT_TRUE(servers.run(sync_all()));
    EXPECT_EQ(reports[2].ending, Ending::needs_person) << in_words(reports[2]);
    for (const std::size_t i : {0U, 1U, 3U, 4U, 5U}) expect_complete(reports[i]);
}

}  // namespace
}  // namespace mailhaul::sync
