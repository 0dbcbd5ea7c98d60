// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_options.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

namespace mailhaul::cli {
namespace {

TEST(ImapsyncOptions, are_the_218_of_version_2_229_each_named_once) {
    std::set<std::string> spellings;
    std::size_t options = 0;
    for (const LongOption& option : imapsync_long_options()) {
        ++options;
        for (const std::string& spelling : option.spellings) EXPECT_TRUE(spellings.insert(spelling).second) << spelling;
    }
    EXPECT_EQ(options, 218U);
}

TEST(ImapsyncOptions, that_are_refused_or_told_say_why) {
    for (const ImapsyncSection& section : imapsync_sections())
        for (const ImapsyncOption& option : section.options)
            EXPECT_EQ(option.words.empty(), option.fate == Fate::honoured) << option.specification;
}

TEST(ImapsyncOptions, stand_in_the_document_as_they_stand_in_the_table) {
    std::ifstream file(MAILHAUL_SOURCE_DIR "/docs/imapsync.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_THAT(text.str(), testing::EndsWith(imapsync_options_markdown()))
        << "replace what follows '## Options' in docs/imapsync.md with:\n"
        << imapsync_options_markdown();
}

OptionVerdicts judge(const std::vector<std::string>& arguments) {
    return judge_imapsync_options(parse_getopt_long(arguments, imapsync_long_options()));
}

TEST(ImapsyncOptions, refused_ones_are_named_as_written) {
    EXPECT_THAT(judge({"--memorystress"}).refusals,
                testing::ElementsAre(testing::StartsWith("--memorystress is refused by mailhaul's imapsync mode: memory is")));
}

TEST(ImapsyncOptions, a_value_that_asks_for_nothing_is_accepted) {
    EXPECT_THAT(judge({"--nomemorystress", "--skipsize", "--maxbytespersecond", "0", "--maxmessagespersecond", "4"}).refusals,
                testing::IsEmpty());
}

TEST(ImapsyncOptions, notes_are_made_once_for_each_option) {
    EXPECT_THAT(judge({"--sigexit", "INT", "--sigexit", "TERM"}).notes, testing::SizeIs(1));
}

}  // namespace
}  // namespace mailhaul::cli
