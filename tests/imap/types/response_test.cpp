// SPDX-License-Identifier: Apache-2.0
#include "imap/types/response.hpp"

#include <gtest/gtest.h>

namespace mailhaul::imap {
namespace {

TEST(StatusResponse, names_its_code_whatever_type_that_has) {
    StatusResponse response;
    EXPECT_EQ(response.code_name(), "");
    response.code = PlainCode{"OVERQUOTA", ""};
    EXPECT_EQ(response.code_name(), "OVERQUOTA");
    response.code = AppendUidCode{};
    EXPECT_EQ(response.code_name(), "APPENDUID");
    response.code = HighestModSeqCode{};
    EXPECT_EQ(response.code_name(), "HIGHESTMODSEQ");
}

}  // namespace
}  // namespace mailhaul::imap
