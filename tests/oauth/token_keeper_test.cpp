// SPDX-License-Identifier: Apache-2.0
// When a token is used, renewed, waited for: with a clock that only the test moves.
#include "oauth/token_keeper.hpp"

#include <gtest/gtest.h>

namespace mailhaul::oauth {
namespace {

using namespace std::chrono_literals;
using Step = TokenKeeper::Step;

Tokens token(const char* text, std::optional<std::chrono::seconds> lives) {
    Tokens tokens;
    tokens.access = Secret(text);
    tokens.lives = lives;
    return tokens;
}

TEST(TokenKeeper, asks_once_and_lets_the_others_wait) {
    TokenKeeper keeper;
    EXPECT_EQ(keeper.ask(0s), Step::renew);
    EXPECT_EQ(keeper.ask(0s), Step::wait);
    keeper.renewed(token("a", 3600s), 1s);
    EXPECT_EQ(keeper.ask(1s), Step::use);
    EXPECT_EQ(keeper.access().reveal(), "a");
}

TEST(TokenKeeper, renews_before_the_end_while_the_others_use_what_there_is) {
    TokenKeeper keeper;
    static_cast<void>(keeper.ask(0s));
    keeper.renewed(token("a", 3600s), 0s);
    EXPECT_EQ(keeper.ask(3239s), Step::use);
    EXPECT_EQ(keeper.ask(3240s), Step::renew);  // a tenth of its life
    EXPECT_EQ(keeper.ask(3241s), Step::use);
    EXPECT_EQ(keeper.ask(3600s), Step::wait);  // dead, and somebody asks
    keeper.renewed(token("b", 3600s), 3601s);
    EXPECT_EQ(keeper.ask(3601s), Step::use);
}

TEST(TokenKeeper, renews_a_short_lived_token_at_half_its_life_and_never_one_of_unknown_life) {
    TokenKeeper keeper;
    static_cast<void>(keeper.ask(0s));
    keeper.renewed(token("a", 10s), 0s);
    EXPECT_EQ(keeper.ask(4s), Step::use);
    EXPECT_EQ(keeper.ask(5s), Step::renew);
    keeper.renewed(token("b", std::nullopt), 5s);
    EXPECT_EQ(keeper.ask(1'000'000s), Step::use);
    EXPECT_FALSE(keeper.replace_connection_at());
}

TEST(TokenKeeper, has_connections_replaced_at_nine_tenths_of_the_life) {
    TokenKeeper keeper;
    static_cast<void>(keeper.ask(0s));
    keeper.renewed(token("a", 100s), 10s);
    EXPECT_EQ(keeper.replace_connection_at(), TokenKeeper::Time(100s));
}

TEST(TokenKeeper, uses_the_old_token_after_a_failed_renewal_and_asks_again_after_a_pause) {
    TokenKeeper keeper;
    static_cast<void>(keeper.ask(0s));
    keeper.renewed(token("a", 1000s), 0s);
    EXPECT_EQ(keeper.ask(900s), Step::renew);
    keeper.failed(901s, 30s);
    EXPECT_EQ(keeper.ask(902s), Step::use);
    EXPECT_EQ(keeper.ask(931s), Step::renew);
    keeper.failed(932s, 30s);
    EXPECT_EQ(keeper.ask(1000s), Step::renew);  // it is dead: no pause is long enough
}

TEST(TokenKeeper, believes_a_refusal_of_an_old_token_and_not_of_a_young_one) {
    TokenKeeper keeper;
    static_cast<void>(keeper.ask(0s));
    keeper.renewed(token("a", 3600s), 0s);
    EXPECT_FALSE(keeper.refused(Secret("a"), 59s));
    EXPECT_EQ(keeper.ask(59s), Step::use);
    EXPECT_TRUE(keeper.refused(Secret("a"), 60s));
    EXPECT_EQ(keeper.ask(60s), Step::renew);
    keeper.renewed(token("b", 3600s), 61s);
    EXPECT_TRUE(keeper.refused(Secret("a"), 62s));  // a late word about the one before
    EXPECT_EQ(keeper.ask(62s), Step::use);
}

TEST(TokenKeeper, takes_a_refusal_for_what_it_is_where_the_token_is_past_its_end_however_young) {
    TokenKeeper keeper;
    static_cast<void>(keeper.ask(0s));
    keeper.renewed(token("a", 2s), 0s);
    EXPECT_TRUE(keeper.refused(Secret("a"), 2s));
}

}  // namespace
}  // namespace mailhaul::oauth
