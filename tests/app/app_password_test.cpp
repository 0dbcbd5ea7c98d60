// SPDX-License-Identifier: Apache-2.0
#include "app/app_password.hpp"

#include <gtest/gtest.h>

namespace mailhaul::app {
namespace {

TEST(AppPassword, of_google_loses_the_blanks_that_are_only_shown) {
    EXPECT_EQ(as_typed(Secret("abcd efgh ijkl mnop")).reveal(), "abcdefghijklmnop");
}

TEST(AppPassword, that_may_mean_its_blanks_keeps_them) {
    for (const char* password : {"abcdefghijklmnop", "abcd efgh ijkl mnop ", "Abcd efgh ijkl mnop", "abcd efgh ijkl mno1",
                                 "abcd  fgh ijkl mnop", "a b", ""})
        EXPECT_EQ(as_typed(Secret(password)).reveal(), password);
}

TEST(AppPassword, is_one_only_at_google) {
    const client::SecretSource source = [] { return Result<Secret>(Secret("abcd efgh ijkl mnop")); };
    EXPECT_EQ(as_typed_for("imap.gmail.com", source)().value().reveal(), "abcdefghijklmnop");
    EXPECT_EQ(as_typed_for("mail.old.example", source)().value().reveal(), "abcd efgh ijkl mnop");
    EXPECT_FALSE(as_typed_for("imap.gmail.com", client::SecretSource()));
}

}  // namespace
}  // namespace mailhaul::app
