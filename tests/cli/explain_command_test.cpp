// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "cli/commands.hpp"
#include "cli/imapsync_meaning.hpp"
#include "cli/imapsync_options.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class Explain : public testing::Test {
protected:
    int explain(std::vector<std::string> options) {
        std::vector<std::string> words{"imapsync", "--host1", "h1", "--user1", "u1",  "--password1",
                                       "sesame",   "--host2", "h2", "--user2", "u 2", "--password2=sesame"};
        words.insert(words.end(), options.begin(), options.end());
        return explain_command(words, process.surroundings());
    }
    testkit::FakeProcess process;
};

TEST_F(Explain, says_what_is_removed_first_and_never_a_password) {
    EXPECT_EQ(explain({"--delete2", "--nosubscribe", "--folder", "it's"}), 0);
    EXPECT_THAT(process.out, HasSubstr("DANGEROUS: what it removes\n  --delete2\n      REMOVES from host2 every message"));
    EXPECT_THAT(process.out, HasSubstr("  --nosubscribe\n      NOT: subscribes"));
    EXPECT_THAT(process.out, HasSubstr("its certificate NOT VERIFIED"));
    EXPECT_THAT(process.out, Not(HasSubstr("sesame")));
}

TEST_F(Explain, says_it_in_own_words_as_a_shell_takes_them) {
    EXPECT_EQ(explain({"--ssl1", "--ssl2", "--folder", "it's", "--dry", "--maxage", "30", "--addheader", "--gmail1"}), 0);
    EXPECT_THAT(
        process.out,
        HasSubstr("mailhaul sync imaps://u1@h1:993 --to imaps://u%202@h2:993 --folder 'it'\\''s' --dry-run --newer-than 30d"));
    EXPECT_THAT(process.out, HasSubstr("without\n  --addheader\n"));
    EXPECT_THAT(process.out, HasSubstr("Options that the presets stand for\n"));
}

TEST_F(Explain, says_why_a_line_is_refused) {
    EXPECT_EQ(explain({"--memorystress"}), 64);
    EXPECT_THAT(process.out, HasSubstr("Why it is refused\n  --memorystress is refused"));
    EXPECT_EQ(explain_command(std::vector<std::string>{"rsync"}, process.surroundings()), 64);
}

TEST(ImapsyncMeanings, are_of_every_option_that_does_something_but_say_who_and_where) {
    for (const ImapsyncSection& section : imapsync_sections()) {
        const bool is_of_the_account = section.title == "Credentials and connection" || section.title == "Authentication" ||
                                       section.title == "Encryption" || section.title == "Debugging";
        if (is_of_the_account) continue;
        for (const ImapsyncOption& option : section.options) {
            const std::string name = read_specification(option.specification).spellings.front();
            if (option.fate == Fate::honoured) EXPECT_TRUE(imapsync_meaning(name)) << name;
        }
    }
}

}  // namespace
}  // namespace mailhaul::cli
