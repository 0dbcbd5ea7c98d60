// SPDX-License-Identifier: Apache-2.0
#include "govern/server_gate.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace mailhaul::govern {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr ServerGate::Time start{std::chrono::hours(1)};

Error too_many() { return {Errc::too_many_connections, Scope::account, Retry::later, "refused", "too many connections"}; }
Error unavailable(const char* words) { return {Errc::server_unavailable, Scope::account, Retry::later, "refused", words}; }

struct ServerGateTest : testing::Test {
    std::shared_ptr<ServerGate> gate = std::make_shared<ServerGate>(seconds(30));
};

TEST_F(ServerGateTest, is_open_as_long_as_nobody_was_refused) {
    const ServerGate::Seat one(gate);
    const ServerGate::Seat two(gate);
    EXPECT_TRUE(gate->is_open(start));
}

TEST_F(ServerGateTest, lets_in_no_more_than_were_there_when_one_was_refused_until_one_leaves) {
    const ServerGate::Seat one(gate);
    std::optional<ServerGate::Seat> two(std::in_place, gate);
    EXPECT_TRUE(gate->note_refusal(too_many(), start));
    EXPECT_FALSE(gate->is_open(start + minutes(5)));
    two.reset();
    EXPECT_TRUE(gate->is_open(start + minutes(5)));
    two.emplace(gate);
    EXPECT_FALSE(gate->is_open(start + minutes(5)));
    EXPECT_TRUE(gate->is_open(start + minutes(10))) << "a wall is not believed for ever";
}

TEST_F(ServerGateTest, waits_for_nobody_where_nobody_of_ours_is_connected) {
    EXPECT_FALSE(gate->note_refusal(too_many(), start));
    EXPECT_TRUE(gate->is_open(start));
}

TEST_F(ServerGateTest, gives_a_server_the_pause_it_names) {
    EXPECT_TRUE(gate->note_refusal(unavailable("try again in 20 seconds"), start));
    EXPECT_FALSE(gate->is_open(start + seconds(19)));
    EXPECT_TRUE(gate->is_open(start + seconds(21)));
}

TEST_F(ServerGateTest, gives_a_server_that_names_none_a_pause_only_where_others_of_ours_are_connected) {
    EXPECT_FALSE(gate->note_refusal(unavailable("busy"), start));
    const ServerGate::Seat one(gate);
    EXPECT_TRUE(gate->note_refusal(unavailable("busy"), start));
    EXPECT_FALSE(gate->is_open(start + seconds(29)));
}

TEST_F(ServerGateTest, a_refusal_for_good_is_no_reason_to_wait) {
    const ServerGate::Seat one(gate);
    EXPECT_FALSE(gate->note_refusal({Errc::login_refused, Scope::account, Retry::never, "wrong password"}, start));
}

TEST_F(ServerGateTest, knows_the_quickest_answer_of_all) {
    using std::chrono::milliseconds;
    EXPECT_GT(gate->quickest(), std::chrono::hours(1)) << "nobody asked yet";
    gate->note_round_trip(milliseconds(12));
    gate->note_round_trip(milliseconds(3));
    gate->note_round_trip(milliseconds(40));
    EXPECT_EQ(gate->quickest(), milliseconds(3));
}

TEST_F(ServerGateTest, tells_that_somebody_waits) {
    EXPECT_FALSE(gate->is_queued_for());
    const ServerGate::Queuing queuing(*gate);
    EXPECT_TRUE(gate->is_queued_for());
}

}  // namespace
}  // namespace mailhaul::govern
