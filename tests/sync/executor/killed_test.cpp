// SPDX-License-Identifier: Apache-2.0
// A run killed at any write of its ledger: nothing is lost, nothing is doubled, and the next run ends it.
//
// The servers live here and survive; the run is a process of its own, and the kill is SIGKILL. A sample of the writes by
// default; every one, before, in and after it, where MAILHAUL_TEST_EVERY is set (docs/testing.md). Kills at other moments
// are tests/conformance/crash_test.py.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "sync/executor/dialogues.hpp"
#include "sync/executor/fatal_write.hpp"

namespace mailhaul::sync {
namespace {

using Moment = FatalWrite::Moment;

constexpr const char* name_of(Moment moment) {
    switch (moment) {
        case Moment::before: return "before";
        case Moment::halfway: return "halfway";
        case Moment::after: return "after";
    }
    return "";
}

struct Ended {
    bool was_killed = false;
    std::uint32_t writes = 0;  ///< that the run made; only where it was not killed
};

/// One run as a process of its own, killed at write number `fatal` of its ledger; 0: not at all.
Ended run_apart(TwoServers& servers, std::uint32_t fatal, Moment moment) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) {
        close(ends[0]);
        FatalWrite::arm(fatal, moment);
        app::run_sync(servers.request, *servers.watcher);
        const std::uint32_t writes = FatalWrite::seen();
        _exit(write(ends[1], &writes, sizeof writes) == sizeof writes ? 0 : 1);
    }
    close(ends[1]);
    const int copy = dup(ends[0]);
    servers.serve_until_end_of(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    Ended ended;
    ended.was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!ended.was_killed && read(copy, &ended.writes, sizeof ended.writes) != sizeof ended.writes)
        throw std::runtime_error("the run crashed");
    close(copy);
    return ended;
}

using Case = std::tuple<Kind, Dialogue, Moment>;

struct KilledAtWrite : testing::TestWithParam<Case> {};

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
    return std::string(std::get<Kind>(info.param).name) + "_" + name_of(std::get<Dialogue>(info.param)) + "_" +
           name_of(std::get<Moment>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Everywhere, KilledAtWrite,
                         testing::Combine(testing::Values(rich, batches_without_uids, singly, poor),
                                          testing::Values(Dialogue::copy, Dialogue::adopt, Dialogue::follow, Dialogue::move),
                                          testing::Values(Moment::before, Moment::halfway, Moment::after)),
                         name_of_case);

TEST_P(KilledAtWrite, of_the_ledger_a_run_loses_nothing_doubles_nothing_and_the_next_ends_it) {
    const auto& [kind, dialogue, moment] = GetParam();
    std::uint32_t all = 0;
    {
        Scene whole(kind, dialogue);
        all = run_apart(whole.servers, 0, moment).writes;
        whole.expect_all_there();
        ASSERT_GT(all, 0U);
        ASSERT_FALSE(HasFailure()) << "without a kill";
    }
    constexpr std::uint64_t few = 4;
    const std::uint64_t salt = std::hash<std::string>{}(testing::UnitTest::GetInstance()->current_test_info()->name());
    std::uint32_t kills = 0;
    for (const std::uint64_t number : places_to_break(all, few, salt)) {
        SCOPED_TRACE("killed at write " + std::to_string(number) + " of " + std::to_string(all));
        Scene scene(kind, dialogue);
        const Ended ended = run_apart(scene.servers, static_cast<std::uint32_t>(number), moment);
        EXPECT_TRUE(ended.was_killed);
        scene.expect_nothing_lost_nothing_doubled();
        const Report next = scene.servers.sync();
        expect_complete(next);
        scene.expect_all_there();
        const Report last = scene.servers.sync();
        expect_complete(last);
        EXPECT_EQ(last.totals().copied + last.totals().adopted + last.totals().flags_changed, 0U) << "and has nothing left to do";
        scene.expect_all_there();
        ++kills;
        if (HasFailure()) {
            std::printf("the next run: %s\n", in_words(next).c_str());
            break;
        }
    }
    std::printf("killed at %u of %u writes\n", kills, all);
}

}  // namespace
}  // namespace mailhaul::sync
