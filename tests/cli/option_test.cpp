// SPDX-License-Identifier: Apache-2.0
#include "cli/option.hpp"

#include <gmock/gmock.h>

#include <array>

namespace mailhaul::cli {
namespace {

constexpr std::array options{
    Option{.name = "folder", .value = "NAME"},
    Option{.name = "dry-run", .letter = 'n'},
    Option{.name = "verbose", .letter = 'v'},
    Option{.name = "subscribe", .negatable = true},
    Option{.name = "password", .value = "SPEC", .per_side = true},
};
constexpr std::array groups{OptionGroup{"all", options}};

ParsedLine parse(std::vector<std::string> arguments) { return parse_native(arguments, groups); }

struct Row {
    std::string name;
    std::vector<std::string> arguments;
    std::vector<Given> given;
    std::vector<std::string> words;
    std::vector<std::string> mistakes;
};

class NativeDialect : public testing::TestWithParam<Row> {};

TEST_P(NativeDialect, reads) {
    const ParsedLine line = parse(GetParam().arguments);
    EXPECT_EQ(line.given, GetParam().given);
    EXPECT_EQ(line.words, GetParam().words);
    EXPECT_EQ(line.mistakes, GetParam().mistakes);
}

INSTANTIATE_TEST_SUITE_P(
    table, NativeDialect,
    testing::Values(
        Row{"value_after_a_blank", {"--folder", "A"}, {{"folder", "", "A"}}, {}, {}},
        Row{"value_after_equals", {"--folder=A=B"}, {{"folder", "", "A=B"}}, {}, {}},
        Row{"an_empty_value", {"--folder="}, {{"folder", "", ""}}, {}, {}},
        Row{"a_value_that_starts_with_a_dash", {"--folder", "-x"}, {{"folder", "", "-x"}}, {}, {}},
        Row{"a_forgotten_value",
            {"--folder", "--dry-run"},
            {{"dry-run", "", "1"}},
            {},
            {"--folder needs a value: write --folder=VALUE"}},
        Row{"no_value_at_the_end", {"--folder"}, {}, {}, {"--folder needs a value: write --folder=VALUE"}},
        Row{"letters_together", {"-nv"}, {{"dry-run", "", "1"}, {"verbose", "", "1"}}, {}, {}},
        Row{"negation", {"--no-subscribe"}, {{"subscribe", "", "0"}}, {}, {}},
        Row{"no_negation_unless_declared", {"--no-verbose"}, {}, {}, {"unknown option --no-verbose: did you mean --verbose?"}},
        Row{"a_flag_takes_no_value", {"--dry-run=yes"}, {}, {}, {"--dry-run takes no value: write it alone"}},
        Row{"words_anywhere", {"a", "-n", "b"}, {{"dry-run", "", "1"}}, {"a", "b"}, {}},
        Row{"the_end_of_options", {"--", "-n"}, {}, {"-n"}, {}}, Row{"a_dash_alone_is_a_word", {"-"}, {}, {"-"}, {}},
        Row{"both_sides", {"--source-password", "env:A"}, {{"source-password", "", "env:A"}}, {}, {}},
        Row{"a_typing_error", {"--foldre=A"}, {}, {}, {"unknown option --foldre: did you mean --folder?"}},
        Row{"two_mistakes_at_once",
            {"--foldre", "--zzzzzzzz"},
            {},
            {},
            {"unknown option --foldre: did you mean --folder?", "unknown option --zzzzzzzz: --help lists what there is"}}),
    [](const auto& info) { return info.param.name; });

TEST(NativeDialectMistakes, never_repeat_a_value) {
    const ParsedLine line = parse({"--passwrod=hunter2"});
    ASSERT_EQ(line.mistakes.size(), 1U);
    EXPECT_THAT(line.mistakes[0], testing::Not(testing::HasSubstr("hunter2")));
}

TEST(ParsedLine, takes_the_last_of_several_values_and_keeps_all) {
    const ParsedLine line = parse({"--folder", "A", "--folder", "B"});
    EXPECT_EQ(line.last("folder"), "B");
    EXPECT_THAT(line.all("folder"), testing::ElementsAre("A", "B"));
    EXPECT_FALSE(line.last("dry-run"));
    EXPECT_TRUE(line.is_on("subscribe", true));
}

TEST(Nearest, forgives_swaps_and_cut_words_but_does_not_guess_wildly) {
    const std::vector<std::string> candidates{"--dry-run", "--delete-source", "--delete-destination"};
    EXPECT_EQ(nearest("--dry-rnu", candidates), "--dry-run");
    EXPECT_EQ(nearest("--delete", candidates), "--delete-source");
    EXPECT_EQ(nearest("--quota", candidates), std::nullopt);
}

}  // namespace
}  // namespace mailhaul::cli
