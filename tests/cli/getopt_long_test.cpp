// SPDX-License-Identifier: Apache-2.0
#include "cli/getopt_long.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "cli/imapsync_options.hpp"

namespace mailhaul::cli {
namespace {

struct Row {
    std::string name;
    std::vector<std::string> arguments;
    std::vector<Given> given;
    std::vector<std::string> words;
    std::vector<std::string> mistakes;
};

class ImapsyncDialect : public testing::TestWithParam<Row> {};

TEST_P(ImapsyncDialect, reads) {
    const ParsedLine line = parse_getopt_long(GetParam().arguments, imapsync_long_options());
    EXPECT_EQ(line.given, GetParam().given);
    EXPECT_EQ(line.words, GetParam().words);
    EXPECT_EQ(line.mistakes, GetParam().mistakes);
}

INSTANTIATE_TEST_SUITE_P(
    table, ImapsyncDialect,
    testing::Values(
        Row{"one_dash_or_two", {"-host1", "a", "--host2", "b"}, {{"host1", "", "a"}, {"host2", "", "b"}}, {}, {}},
        Row{"any_case", {"--debugLIST", "--HOST1=a"}, {{"debuglist", "", "1"}, {"host1", "", "a"}}, {}, {}},
        Row{"a_unique_beginning", {"--syncacl", "--justb"}, {{"syncacls", "", "1"}, {"justbanner", "", "1"}}, {}, {}},
        Row{"an_exact_name_wins", {"--search", "ALL"}, {{"search", "", "ALL"}}, {}, {}},
        Row{"ambiguous", {"--justf"}, {}, {}, {"Option justf is ambiguous (justfolderlists, justfolders, justfoldersizes)"}},
        Row{"a_string_swallows_an_option", {"--folder", "--dry"}, {{"folder", "", "--dry"}}, {}, {}},
        Row{"digits_with_underscores", {"--maxsize", "45_000_000"}, {{"maxsize", "", "45000000"}}, {}, {}},
        Row{"not_a_number", {"--maxsize", "abc"}, {}, {}, {"Value \"abc\" invalid for option maxsize (number expected)"}},
        Row{"negation_both_ways", {"--nosubscribe", "--no-dry"}, {{"subscribe", "", "0"}, {"dry", "", "0"}}, {}, {}},
        Row{"another_name", {"--delete", "--expunge"}, {{"delete1", "", "1"}, {"expunge1", "", "1"}}, {}, {}},
        Row{"unknown", {"--nosuch"}, {}, {}, {"Unknown option: nosuch"}},
        Row{"keyed", {"--sslargs1", "SSL_verify_mode=1"}, {{"sslargs1", "SSL_verify_mode", "1"}}, {}, {}},
        Row{"keyed_without_value", {"--sslargs1", "x"}, {}, {}, {"Option sslargs1, key \"x\", requires a value"}},
        Row{"words_and_the_end", {"a", "--dry", "--", "--dry"}, {{"dry", "", "1"}}, {"a", "--dry"}, {}},
        Row{"a_flag_with_a_value", {"--dry=1"}, {}, {}, {"Option dry does not take an argument"}},
        Row{"no_value", {"--host1"}, {}, {}, {"Option host1 requires an argument"}}),
    [](const auto& info) { return info.param.name; });

// --- the original as the judge ---

constexpr char field = '\x1f';
constexpr char record = '\x1e';

// One case per line in: arguments separated by `field`. One line out: given options, words, warnings, each ended by
// `field`, the three lists separated by `record`.
constexpr const char* judge = R"perl(
use strict; use warnings; use Getopt::Long qw(GetOptionsFromArray);
my ($specs, $cases) = @ARGV;
open(my $s, '<', $specs) or die; chomp(my @specs = <$s>);
open(my $c, '<', $cases) or die;
while (my $line = <$c>) {
    chomp $line;
    my @arguments = split(/\x1f/, $line, -1); pop @arguments;
    my (@given, @warned);
    local $SIG{__WARN__} = sub { my $w = shift; chomp $w; push @warned, $w };
    GetOptionsFromArray(\@arguments, map { my $spec = $_; ($spec => sub {
        my ($name, @rest) = @_; push @given, lc("$name") . "|" . join("|", @rest) }) } @specs);
    print join('', map { "$_\x1f" } @given), "\x1e", join('', map { "$_\x1f" } @arguments), "\x1e",
          join('', map { "$_\x1f" } @warned), "\n";
}
)perl";

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += part + field;
    return text;
}

std::vector<std::string> specifications() {
    std::vector<std::string> all;
    for (const ImapsyncSection& section : imapsync_sections())
        for (const ImapsyncOption& option : section.options) all.emplace_back(option.specification);
    return all;
}

class Cases {
public:
    std::vector<std::string> next() {
        std::vector<std::string> arguments;
        for (std::size_t left = pick(6); left > 0; --left) arguments.push_back(argument());
        return arguments;
    }

private:
    std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

    std::string argument() {
        static const std::array<std::string, 12> words{"abc", "5",         "4_5", "-3",  "--",    "-",
                                                       "",    "key=value", "2.5", "007", "INBOX", "=x"};
        if (pick(4) == 0) return words.at(pick(words.size()));
        const LongOption& option = options_[pick(options_.size())];
        std::string name = option.spellings[pick(option.spellings.size())];
        if (pick(3) == 0) name = (pick(2) == 0 ? "no" : "no-") + name;
        if (pick(3) == 0) name.resize(1 + pick(name.size()));
        if (pick(4) == 0 && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
        std::string text = (pick(2) == 0 ? "-" : "--") + name;
        if (pick(4) == 0) text += "=" + words.at(pick(words.size()));
        return text;
    }

    std::mt19937 random_{20261123};
    std::vector<LongOption> options_ = imapsync_long_options();
};

std::string our_answer(const std::vector<std::string>& arguments, const std::vector<LongOption>& options) {
    const ParsedLine line = parse_getopt_long(arguments, options);
    std::string text;
    for (const Given& given : line.given) {
        const bool keyed = std::ranges::find(options, given.name, [](const auto& one) { return one.spellings.front(); })->keyed;
        text += given.name + "|" + (keyed ? given.key + "|" : "") + given.value + field;
    }
    return text + record + joined(line.words) + record + joined(line.mistakes);
}

TEST(ImapsyncDialectAgainstPerl, agrees_with_getopt_long_on_random_lines) {
    if (std::system("perl -MGetopt::Long -e 1 2>/dev/null") != 0) GTEST_SKIP() << "perl is not installed";
    const std::string base = testing::TempDir() + "getopt_long_" + std::to_string(::getpid());
    std::ofstream(base + ".pl") << judge;
    std::ofstream specs(base + ".specs");
    for (const std::string& one : specifications()) specs << one << '\n';
    specs.close();
    std::vector<std::vector<std::string>> cases;
    std::ofstream input(base + ".cases");
    Cases random;
    for (int i = 0; i < 600; ++i) {
        cases.push_back(random.next());
        input << joined(cases.back()) << '\n';
    }
    input.close();
    ASSERT_EQ(std::system(("perl " + base + ".pl " + base + ".specs " + base + ".cases > " + base + ".answers").c_str()), 0);

    std::ifstream answers(base + ".answers");
    const auto options = imapsync_long_options();
    std::size_t disagreements = 0;
    for (const auto& arguments : cases) {
        std::string expected;
        ASSERT_TRUE(std::getline(answers, expected));
        const std::string actual = our_answer(arguments, options);
        if (actual == expected) continue;
        if (++disagreements <= 5)
            ADD_FAILURE() << "line:  " << joined(arguments) << "\nperl:  " << expected << "\nours:  " << actual;
    }
    EXPECT_EQ(disagreements, 0U);
    for (const char* suffix : {".pl", ".specs", ".cases", ".answers"}) std::remove((base + suffix).c_str());
}

}  // namespace
}  // namespace mailhaul::cli
