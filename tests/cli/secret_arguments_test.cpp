// SPDX-License-Identifier: Apache-2.0
#include "cli/secret_arguments.hpp"

#include <gmock/gmock.h>

namespace mailhaul::cli {
namespace {

using testing::ElementsAre;

const std::vector<std::string> arguments{
    "imapsync",       "--password1",         "abc", "-PASSWORD2=def", "--passfile1", "file", "--host1",
    "imap://u:ghi@h", "--oauthaccesstoken1", "tok"};

TEST(SecretArguments, are_masked_in_every_form) {
    EXPECT_THAT(masked_arguments(arguments),
                ElementsAre("imapsync", "--password1", "MASKED", "-PASSWORD2=MASKED", "--passfile1", "file", "--host1",
                            "imap://u:MASKED@h", "--oauthaccesstoken1", "MASKED"));
}

TEST(SecretArguments, are_overwritten_in_place) {
    std::vector<std::string> copies = arguments;
    std::vector<char*> pointers;
    for (std::string& copy : copies) pointers.push_back(copy.data());
    hide_secret_arguments(pointers);
    EXPECT_THAT(copies, ElementsAre("imapsync", "--password1", "xxx", "-PASSWORD2=xxx", "--passfile1", "file", "--host1",
                                    "imap://u:xxx@h", "--oauthaccesstoken1", "xxx"));
}

TEST(SecretArguments, an_option_without_its_value_is_harmless) {
    EXPECT_THAT(masked_arguments(std::vector<std::string>{"--password1"}), ElementsAre("--password1"));
}

}  // namespace
}  // namespace mailhaul::cli
