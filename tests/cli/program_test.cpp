// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "cli/commands.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using testing::HasSubstr;

class Program : public testing::Test {
protected:
    int run(const std::vector<std::string>& arguments, const std::string& name = "mailhaul") {
        return run_program(name, arguments, process.surroundings());
    }
    testkit::FakeProcess process;
};

TEST_F(Program, alone_shows_what_it_can_do_grouped_by_task) {
    EXPECT_EQ(run({}), 0);
    EXPECT_THAT(process.out,
                HasSubstr("\nCopy mail\n  mailhaul sync         Copy what is new in an account, then verify it.\n"));
    EXPECT_THAT(process.out, HasSubstr("mailhaul demo"));
}

TEST_F(Program, says_its_version) {
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_EQ(process.out, "mailhaul " MAILHAUL_VERSION "\n");
}

TEST_F(Program, guesses_a_misspelt_command) {
    EXPECT_EQ(run({"snyc"}), 64);
    EXPECT_THAT(process.err, HasSubstr("unknown command snyc: did you mean sync?"));
}

TEST_F(Program, help_of_a_command_lists_every_option_within_the_width) {
    EXPECT_EQ(run({"help", "sync"}), 0);
    EXPECT_THAT(process.out, HasSubstr("--{source,destination}-password SPEC"));
    EXPECT_THAT(process.out, HasSubstr("--no-subscribe"));
    EXPECT_THAT(process.out, HasSubstr("\n  -n, --dry-run"));
}

TEST_F(Program, reports_all_mistakes_of_a_line_and_where_to_read_on) {
    EXPECT_EQ(run({"sync", "--nonsense"}), 64);
    EXPECT_THAT(process.err, HasSubstr("mailhaul sync: unknown option --nonsense"));
    EXPECT_THAT(process.err, HasSubstr("mailhaul sync: no source"));
    EXPECT_THAT(process.err, testing::EndsWith("mailhaul sync --help explains every option.\n"));
}

TEST_F(Program, mistakes_are_json_as_well_where_that_was_asked_for) {
    EXPECT_EQ(run({"sync", "--json"}), 64);
    EXPECT_THAT(process.out, testing::StartsWith(R"({"type":"usage_error","time":")"));
}

TEST_F(Program, started_as_imapsync_it_is_imapsync) {
    EXPECT_EQ(run({"--version"}, "/usr/bin/imapsync"), 0);
    EXPECT_EQ(process.out, "2.229\n");
}

TEST_F(Program, imapsync_without_options_explains_itself) {
    EXPECT_EQ(run({"imapsync"}), 0);
    EXPECT_THAT(process.out, testing::StartsWith("usage: imapsync"));
}

TEST_F(Program, imapsync_ends_with_its_last_line_even_when_it_refuses) {
    EXPECT_EQ(run({"imapsync", "--nosuch"}), 64);
    EXPECT_THAT(process.err, HasSubstr("Unknown option: nosuch\n"));
    EXPECT_THAT(process.out, HasSubstr("Exiting with return value 64 (EX_USAGE) "));
}

TEST_F(Program, imapsync_masks_passwords_in_its_banner) {
    EXPECT_EQ(run({"imapsync", "--justbanner", "--nolog", "--password1", "hunter2", "--password2=hunter2"}), 0);
    EXPECT_THAT(process.out, testing::Not(HasSubstr("hunter2")));
    EXPECT_THAT(process.out, HasSubstr("--password1 MASKED --password2=MASKED"));
}

}  // namespace
}  // namespace mailhaul::cli
