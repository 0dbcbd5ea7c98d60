// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/labels.hpp"

#include <gmock/gmock.h>

#include <string>

namespace mailhaul::sync {
namespace {

using Labels = std::set<std::string>;

struct Row {
    std::string name;
    Labels source;
    Labels destination;
    std::string opened;
    Labels given;
};

const LabelNames names{{"INBOX", "INBOX"}, {"Work", "Work"},  {"Old", "Archive/Old"}, {"Sent", "[Gmail]/Sent Mail"},
                       {"All", "INBOX"},   {"&AMQ-", "&AMQ-"}};

class LabelsToGive : public testing::TestWithParam<Row> {};

TEST_P(LabelsToGive, are_those_of_the_source_by_their_names_on_the_destination) {
    const Row& row = GetParam();
    EXPECT_EQ(labels_to_give(row.source, row.destination, names, row.opened), row.given);
}

INSTANTIATE_TEST_SUITE_P(
    table, LabelsToGive,
    testing::Values(Row{"nothing", {}, {"Work"}, "INBOX", {}},
                    Row{"what_is_missing", {"Work", "&AMQ-"}, {"Work"}, "INBOX", {"&AMQ-"}},
                    Row{"of_a_folder_that_goes_elsewhere", {"Old"}, {}, "INBOX", {"Archive/Old"}},
                    Row{"of_the_system", {"\\Important", "\\Starred"}, {"\\Starred"}, "INBOX", {"\\Important"}},
                    Row{"of_a_folder_that_is_not_taken", {"Private"}, {}, "INBOX", {}},
                    Row{"of_a_folder_that_becomes_a_role", {"Sent"}, {}, "INBOX", {}},
                    Row{"of_a_folder_that_becomes_the_inbox", {"All"}, {}, "Work", {"\\Inbox"}},
                    Row{"not_of_the_opened_mailbox", {"Work", "\\Inbox"}, {}, "Work", {"\\Inbox"}},
                    Row{"never_away", {}, {"Mine", "\\Important"}, "INBOX", {}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mailhaul::sync
