// SPDX-License-Identifier: Apache-2.0
// Options that cost people mail in imapsync itself: refused by name before anything is connected to.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "cli/imapsync_request.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

struct Hazard {
    std::string name;
    std::vector<std::string> options;
};

class ImapsyncHazard : public testing::TestWithParam<Hazard> {};

TEST_P(ImapsyncHazard, is_refused_by_name_and_never_ignored) {
    std::vector<std::string> arguments{"--host1", "h1",      "--user1", "u1",          "--password1", "p1",       "--host2",
                                       "h2",      "--user2", "u2",      "--password2", "p2",          "--delete2"};
    const auto& options = GetParam().options;
    arguments.insert(arguments.end(), options.begin(), options.end());
    testkit::FakeProcess process;
    const ImapsyncOrder order = order_imapsync(arguments, process.surroundings());
    ASSERT_FALSE(order.refusals.empty());
    EXPECT_THAT(order.refusals.front().words, testing::HasSubstr(options.front()));
}

INSTANTIATE_TEST_SUITE_P(table, ImapsyncHazard,
                         testing::Values(
                             // What is sent as it stands must not hold a command of its own.
                             Hazard{"a_search_with_a_line_end", {"--search1", "ALL\r\nA1 DELETE x"}},
                             Hazard{"a_search_with_a_literal", {"--search", "SUBJECT {3}"}},
                             // A bare word made every folder of the destination be deleted.
                             Hazard{"folders_chosen_by_a_bare_word", {"--delete2foldersonly", "FooArchiv"}},
                             Hazard{"folders_spared_by_a_bare_word", {"--delete2foldersbutnot", "FooArchiv"}},
                             Hazard{"folders_chosen_by_half_a_match", {"--delete2foldersonly", "/FooArchiv"}},
                             Hazard{"folders_chosen_by_nothing", {"--delete2foldersonly", "//"}},
                             Hazard{"folders_chosen_by_an_open_bracket", {"--delete2foldersonly", "/(/"}},
                             Hazard{"folders_spared_by_code", {"--delete2foldersbutnot", "/x/e"}},
                             // What is cut to nothing is no message.
                             Hazard{"messages_cut_to_nothing", {"--truncmess", "0"}},
                             Hazard{"a_command_with_an_open_quote", {"--pipemess", "sed 's/a/b/"}},
                             // Regular expressions were evaluated as code.
                             Hazard{"code_for_folder_names", {"--regextrans2", "s/a/system(1)/e"}},
                             Hazard{"code_for_messages", {"--regexmess", "s/a/system(1)/e"}},
                             Hazard{"code_for_flags", {"--regexflag", "s/a/b/; system(1)"}},
                             Hazard{"code_that_skips_messages", {"--skipmess", "m/(?{system(1)})/"}}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mailhaul::cli
