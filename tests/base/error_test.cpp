// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul {
namespace {

Result<int> refused() { return Error{Errc::over_quota, Scope::account, Retry::never, "mailbox full", "NO [OVERQUOTA]"}; }

Result<int> passed_on() {
    MH_TRY(value, refused());
    return value;
}

TEST(Error, reads_from_the_outermost_act_to_the_servers_words) {
    const Error error = refused().error();
    Error told = Error(error).while_doing("APPEND \"Archive\"").while_doing("copying");
    EXPECT_EQ(told.describe(), "copying: APPEND \"Archive\": mailbox full: server said \"NO [OVERQUOTA]\"");
}

TEST(Result, hands_an_error_up_unchanged) {
    const auto result = passed_on();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, Errc::over_quota);
    EXPECT_EQ(result.error().scope, Scope::account);
}

TEST(Error, every_code_has_a_name_of_its_own) {
    std::vector<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Errc::internal); ++code) names.push_back(name_of(static_cast<Errc>(code)));
    std::ranges::sort(names);
    EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

/// What lies in the object itself, where short strings are kept.
std::string octets_of(const Secret& secret) {
    std::string octets(sizeof secret, '\0');
    std::memcpy(octets.data(), static_cast<const void*>(&secret), sizeof secret);
    return octets;
}

TEST(Secret, leaves_nothing_behind_where_it_is_moved_away_or_overwritten) {
    Secret first("hunter2");
    ASSERT_NE(octets_of(first).find("hunter2"), std::string::npos);
    const Secret second(std::move(first));
    EXPECT_EQ(octets_of(first).find("unter2"), std::string::npos);
    EXPECT_EQ(second.reveal(), "hunter2");
    Secret third("longersecret");
    third = second;
    EXPECT_EQ(octets_of(third).find("secret"), std::string::npos);
    EXPECT_EQ(third.reveal(), "hunter2");
    Secret fourth;
    fourth = std::move(third);
    EXPECT_EQ(octets_of(third).find("unter2"), std::string::npos);
    EXPECT_EQ(fourth.reveal(), "hunter2");
}

TEST(Secret, prints_redacted) {
    std::ostringstream out;
    out << Secret("hunter2");
    EXPECT_EQ(out.str(), "<redacted>");
}

}  // namespace
}  // namespace mailhaul
