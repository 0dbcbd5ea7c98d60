// SPDX-License-Identifier: Apache-2.0
// The same operators on the same subjects, by Perl itself. What either refuses may differ; what both take may not.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "perl/operators.hpp"

namespace mailhaul::perl {
namespace {

struct Question {
    std::string code;
    std::string subject;
};

std::string hex(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string spelt;
    for (const char c : text) {
        spelt += digits[static_cast<unsigned char>(c) >> 4U];
        spelt += digits[static_cast<unsigned char>(c) & 15U];
    }
    return spelt;
}

// Reads `hex(code) hex(subject)`, a line each; prints the hex of what the code made of it, or `error`.
constexpr const char* asker = R"(no warnings; binmode STDIN; binmode STDOUT;
while (my $line = <STDIN>) {
    chomp $line;
    my ($code, $subject) = map { pack 'H*', $_ } split / /, $line, -1;
    my $made = $subject;
    my $h1_sep = '/';
    eval "\$made =~ $code; 1" ? print unpack('H*', $made), "\n" : print "error\n";
}
)";

std::vector<std::string> ask_perl(const std::vector<Question>& questions) {
    const auto folder = std::filesystem::temp_directory_path() / ("mailhaul-perl-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "ask.pl") << asker;
    std::ofstream file(folder / "questions");
    for (const Question& question : questions) file << hex(question.code) << ' ' << hex(question.subject) << '\n';
    file.close();
    const std::string command =
        "perl " + (folder / "ask.pl").string() + " <" + (folder / "questions").string() + " 2>/dev/null";
    std::vector<std::string> answers;
    FILE* perl = ::popen(command.c_str(), "r");
    std::string line;
    for (int c = std::fgetc(perl); c != EOF; c = std::fgetc(perl)) {
        if (c != '\n') line += static_cast<char>(c);
        if (c == '\n') answers.push_back(std::exchange(line, {}));
    }
    ::pclose(perl);
    std::filesystem::remove_all(folder);
    return answers;
}

/// Compares where both take the operator; returns how many that were.
std::size_t compare(const std::vector<Question>& questions) {
    const auto answers = ask_perl(questions);
    EXPECT_EQ(answers.size(), questions.size());
    std::size_t taken = 0;
    for (std::size_t i = 0; i < std::min(answers.size(), questions.size()); ++i) {
        const Question& question = questions[i];
        const auto substitution = Substitution::parse("--x", question.code, {{"h1_sep", "/"}});
        if (!substitution.ok() || answers[i] == "error") continue;
        const auto made = substitution.value().apply(question.subject);
        ++taken;
        EXPECT_EQ(made.ok() ? hex(made.value()) : "failed", answers[i]) << question.code << " on " << hex(question.subject);
        if (testing::Test::HasFailure()) return taken;
    }
    return taken;
}

class PerlItself : public testing::Test {
    void SetUp() override {
        if (std::system("perl -e 1 2>/dev/null") != 0) GTEST_SKIP() << "no perl here to compare with";
    }
};

template <typename List>
const auto& any_of(const List& list, std::mt19937& dice) {
    return list[dice() % list.size()];
}

TEST_F(PerlItself, AgreesOnSubstitutions) {
    static const std::vector<std::string> atoms{
        "a",    "b",      "A",       ".",       "[ab]",  "[^a]", "\\s", "\\d",   "\\w", "(a)", "(b|c)",
        "(.)",  "(?:x|)", "^",       "$",       "\\b",   "a*",   "b+?", "(a*)",  "\\.", " ",   "\\K",
        "\\/",  "(?=b)",  "(?<!a)",  "\\x61",   "\\A",   "\\z",  "\\Z", "(?i)B", "x*",  "\\n", "\\Qa.\\E",
        "c{2}", "\\101",  "$h1_sep", "(?<n>c)", "\\xe4", "#",    "\\#", "\\1"};
    static const std::vector<std::string> pieces{"$1",      "$2",  "${1}",  "$&",  "x",      "Y z",   "\\u",  "\\l",
                                                 "\\U",     "\\L", "\\E",   "\\Q", "\\n",    "\\x41", "\\1",  "\\\\",
                                                 "$`",      "$'",  "aB",    "\\.", "\\/",    "\\@",   "-",    "\\t",
                                                 "$h1_sep", "\\$", "\\103", "@ ",  "\\E\\E", "$12",   "ab$2", "\\x{42}"};
    static const std::vector<std::string> modifiers{"", "g", "i", "m", "s", "gi", "gms", "x", "gx", "n"};
    static const std::vector<std::string> letters{"a", "b", "c", "A", "B", ".", " ", "\n", "/", "x", "1", "\xe4", "abc", "-"};
    std::mt19937 dice(20'261);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same questions each time
    std::vector<Question> questions;
    for (int i = 0; i < 6000; ++i) {
        Question question;
        question.code = i % 5 == 0 ? "s{" : "s/";
        for (std::size_t n = dice() % 4; n > 0; --n) question.code += any_of(atoms, dice);
        question.code += i % 5 == 0 ? "} {" : "/";
        for (std::size_t n = dice() % 5; n > 0; --n) question.code += any_of(pieces, dice);
        question.code += (i % 5 == 0 ? "}" : "/") + any_of(modifiers, dice);
        for (std::size_t n = dice() % 9; n > 0; --n) question.subject += any_of(letters, dice);
        if (question.code.starts_with("s//") || question.code.starts_with("s{}")) continue;  // the last pattern that matched
        questions.push_back(std::move(question));
    }
    EXPECT_GT(compare(questions), 4000U);
}

TEST_F(PerlItself, AgreesOnTransliterations) {
    static const std::vector<std::string> atoms{"a",    "b",   "c", "a-c",   "x-z", "\\-", "-",
                                                "\\\\", "\\/", ".", "\\x41", "A-C", "\\n", "\\xe4"};
    static const std::vector<std::string> modifiers{"", "c", "d", "s", "cd", "cs", "ds", "cds", "r"};
    static const std::vector<std::string> letters{"a",  "b", "c", "d",  "x",    "A",  "B", "-",
                                                  "\\", "/", ".", "\n", "\xe4", "aa", "bb"};
    std::mt19937 dice(77);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same questions each time
    std::vector<Question> questions;
    for (int i = 0; i < 4000; ++i) {
        Question question;
        question.code = i % 2 == 0 ? "tr/" : "y/";
        for (std::size_t n = dice() % 4; n > 0; --n) question.code += any_of(atoms, dice);
        question.code += "/";
        for (std::size_t n = dice() % 4; n > 0; --n) question.code += any_of(atoms, dice);
        question.code += "/" + any_of(modifiers, dice);
        for (std::size_t n = dice() % 9; n > 0; --n) question.subject += any_of(letters, dice);
        questions.push_back(std::move(question));
    }
    EXPECT_GT(compare(questions), 3000U);
}

}  // namespace
}  // namespace mailhaul::perl
