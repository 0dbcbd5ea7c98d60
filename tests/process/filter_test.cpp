// SPDX-License-Identifier: Apache-2.0
#include "process/filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <optional>

namespace mailhaul::process {
namespace {

using testing::HasSubstr;

struct Printed {
    std::string text;
    std::string why;  ///< empty: it worked
};

Task<std::optional<Printed>> run(std::vector<std::string> words, std::string input, FilterLimits limits) {
    auto message = std::make_shared<const std::string>(std::move(input));
    auto printed = co_await run_filter(std::move(words), std::move(message), limits);
    if (!printed.ok()) co_return Printed{"", printed.error().describe()};
    co_return Printed{std::move(printed).value(), ""};
}

Printed filtered(std::vector<std::string> words, std::string input, FilterLimits limits = {}) {
    asio::io_context loop(1);
    std::optional<Printed> outcome;
    asio::co_spawn(loop, run(std::move(words), std::move(input), limits),
                   [&](const std::exception_ptr& thrown, std::optional<Printed> printed) {
                       if (thrown) std::rethrow_exception(thrown);
                       outcome = std::move(printed);
                   });
    loop.run();
    return *outcome;
}

TEST(Filter, GivesWhatTheCommandPrints) {
    EXPECT_EQ(filtered({"tr", "a-z", "A-Z"}, "hello\r\n").text, "HELLO\r\n");
    EXPECT_EQ(filtered({"/bin/sh", "-c", "cat | sed s/a/b/"}, "aha\n").text, "bha\n");
}

TEST(Filter, PassesLargeMessagesThatTheCommandReadsOrNot) {
    const std::string large(5U << 20, 'x');
    EXPECT_EQ(filtered({"cat"}, large).text, large);
    EXPECT_EQ(filtered({"echo", "short"}, large).text, "short\n");
    EXPECT_EQ(filtered({"head", "-c", "3"}, large).text, "xxx");
}

TEST(Filter, WordsAreNotTouchedByAShell) { EXPECT_EQ(filtered({"echo", "$HOME", "*"}, "").text, "$HOME *\n"); }

TEST(Filter, SaysHowItFailed) {
    EXPECT_THAT(filtered({"false"}, "x").why, HasSubstr("command \"false\" failed with exit status 1"));
    EXPECT_THAT(filtered({"/bin/sh", "-c", "kill -9 $$"}, "x").why, HasSubstr("ended by signal 9"));
    EXPECT_THAT(filtered({"/nowhere/command"}, "x").why, HasSubstr("cannot be started"));
    EXPECT_THAT(filtered({"true"}, "x").why, HasSubstr("printed nothing"));
}

TEST(Filter, EndsWhatTakesTooLongWithAllItBegan) {
    FilterLimits limits;
    limits.time = std::chrono::milliseconds(100);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_THAT(filtered({"/bin/sh", "-c", "sleep 20 | cat"}, "x", limits).why, HasSubstr("took longer than 100 ms"));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST(Filter, EndsWhatPrintsTooMuch) {
    FilterLimits limits;
    limits.octets = 1000;
    EXPECT_THAT(filtered({"yes"}, "x", limits).why, HasSubstr("printed more than 1000 octets"));
}

TEST(Filter, PasswordsAreNotInherited) {
    ::setenv("IMAPSYNC_PASSWORD1", "sesame", 1);
    ::setenv("HARMLESS", "seen", 1);
    EXPECT_EQ(filtered({"/bin/sh", "-c", "echo $HARMLESS $IMAPSYNC_PASSWORD1"}, "").text, "seen\n");
}

}  // namespace
}  // namespace mailhaul::process
