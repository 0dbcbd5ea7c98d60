// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "app/sync_account.hpp"

namespace mailhaul::app {
namespace {

using sync::Ending;

struct Row {
    std::string name;
    Ending ending;
    std::optional<Errc> code;
    int status;
};
class ExitStatus : public testing::TestWithParam<Row> {};

TEST_P(ExitStatus, is_the_documented_one) {
    sync::Report report;
    report.ending = GetParam().ending;
    if (GetParam().code) report.error = Error(*GetParam().code, Scope::account, Retry::later, "words");
    EXPECT_EQ(exit_status(report), GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(table, ExitStatus,
                         testing::Values(Row{"complete", Ending::complete, {}, 0},
                                         Row{"with_exceptions", Ending::complete_with_exceptions, Errc::too_big, 3},
                                         Row{"paused", Ending::paused, Errc::throttled, 4},
                                         Row{"stopped", Ending::paused, Errc::cancelled, 130},
                                         Row{"login", Ending::needs_person, Errc::login_refused, 10},
                                         Row{"quota", Ending::needs_person, Errc::over_quota, 11},
                                         Row{"a_person_for_anything_else", Ending::needs_person, Errc::no_permission, 5},
                                         Row{"refused_deletions", Ending::needs_person, {}, 5},
                                         Row{"certificate", Ending::failed, Errc::certificate_rejected, 12},
                                         Row{"unreachable", Ending::failed, Errc::connect_failed, 13},
                                         Row{"no_such_host", Ending::needs_person, Errc::unknown_host, 15},
                                         Row{"no_such_folder", Ending::needs_person, Errc::mailbox_missing, 16},
                                         Row{"one_account", Ending::needs_person, Errc::same_account, 17},
                                         Row{"ledger", Ending::failed, Errc::store_foreign, 14},
                                         Row{"secret", Ending::needs_person, Errc::credential_unavailable, 66},
                                         Row{"lost", Ending::failed, Errc::connection_lost, 1},
                                         Row{"failed_without_words", Ending::failed, {}, 1}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mailhaul::app
