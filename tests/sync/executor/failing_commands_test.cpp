// SPDX-License-Identifier: Apache-2.0
// Every command of a run, failing in every way: refused, not understood, followed by BYE, cut off, never answered. Once,
// or each time it is sent. Whatever it was, nothing is lost and nothing is doubled, the report names it, and once the
// server is well again the next run ends it. A sample by default; all where MAILHAUL_TEST_EVERY is set (docs/testing.md).
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "sync/executor/dialogues.hpp"

namespace mailhaul::sync {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

enum class Failure : std::uint8_t { no, unavailable, over_quota, bad, bye, cut, lost_answer, freeze };
constexpr std::array failures{Failure::no,  Failure::unavailable, Failure::over_quota,  Failure::bad,
                              Failure::bye, Failure::cut,         Failure::lost_answer, Failure::freeze};

constexpr const char* name_of(Failure failure) {
    switch (failure) {
        case Failure::no: return "no";
        case Failure::unavailable: return "unavailable";
        case Failure::over_quota: return "over_quota";
        case Failure::bad: return "bad";
        case Failure::bye: return "bye";
        case Failure::cut: return "cut";
        case Failure::lost_answer: return "lost_answer";
        case Failure::freeze: return "freeze";
    }
    return "";
}

void fail(demo::FaultRule& rule, Failure failure) {
    switch (failure) {
        case Failure::no: rule.no("the weather is bad"); break;
        case Failure::unavailable: rule.no("[UNAVAILABLE] the weather is bad"); break;
        case Failure::over_quota: rule.no("[OVERQUOTA] the weather is bad"); break;
        case Failure::bad: rule.bad("the weather is bad"); break;
        case Failure::bye: rule.bye("the weather is bad"); break;
        case Failure::cut: rule.cut(); break;
        case Failure::lost_answer: rule.after_executing().cut(); break;
        case Failure::freeze: rule.freeze(); break;
    }
}

/// What the report must say where this ended the run: the server's words where it had any.
bool is_named(const Report& report, Failure failure) {
    const std::string words = in_words(report);
    const auto says = [&](const char* text) { return words.find(text) != std::string::npos; };
    switch (failure) {
        case Failure::cut:
        case Failure::lost_answer: return says("connection") || says("lost") || says("closed");
        case Failure::freeze: return says("answer") || says("silent") || says("time");
        default: return says("the weather is bad");
    }
}

using Case = std::tuple<Kind, Dialogue, SideName, bool, Failure>;

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
    const auto& [kind, dialogue, side, always, failure] = info.param;
    return std::string(kind.name) + "_" + name_of(dialogue) + "_" + std::string(to_string(side)) + "_" + name_of(failure) +
           (always ? "_always" : "_once");
}

struct FailingCommand : testing::TestWithParam<Case> {
    static demo::Server& server_of(Scene& scene) {
        return std::get<SideName>(GetParam()) == SideName::source ? scene.servers.source : scene.servers.destination;
    }
    /// (verb, which of them): the first three of each, for what is broken once; the first alone, for what stays broken.
    static std::vector<std::pair<std::string, std::uint32_t>> moments_of(const std::map<std::string, std::uint64_t>& commands) {
        const auto& [kind, dialogue, side, always, failure] = GetParam();
        std::vector<std::pair<std::string, std::uint32_t>> moments;
        for (const auto& [verb, count] : commands) {
            const std::uint64_t times = always || failure == Failure::freeze ? 1 : std::min<std::uint64_t>(count, 3);
            for (std::uint32_t n = 1; n <= times; ++n) moments.emplace_back(verb, n);
        }
        return moments;
    }
    static void wait_at_most(Scene& scene, std::chrono::milliseconds longest) {
        for (client::Access* access : {&scene.servers.request.source, &scene.servers.request.destination}) {
            client::Deadlines& deadlines = access->deadlines;
            deadlines.greeting = deadlines.command = deadlines.slow = longest;
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Everywhere, FailingCommand,
                         testing::Combine(testing::Values(rich, poor), testing::Values(Dialogue::copy, Dialogue::follow, Dialogue::move),
                                          testing::Values(SideName::source, SideName::destination), testing::Bool(),
                                          testing::ValuesIn(failures)),
                         name_of_case);

TEST_P(FailingCommand, loses_nothing_doubles_nothing_is_named_and_the_next_run_ends_it) {
    const auto& [kind, dialogue, side, always, failure] = GetParam();
    std::map<std::string, std::uint64_t> commands;
    {
        Scene whole(kind, dialogue);
        expect_complete(whole.servers.sync());
        commands = server_of(whole).counters().commands;
    }
    const std::vector<std::pair<std::string, std::uint32_t>> moments = moments_of(commands);
    const std::size_t salt = std::hash<std::string>{}(name_of_case({GetParam(), 0}));
    for (const std::uint64_t moment : places_to_break(moments.size(), 2, salt)) {
        const auto& [verb, n] = moments[moment - 1];
        SCOPED_TRACE(verb + " number " + std::to_string(n));
        Scene scene(kind, dialogue);
        if (failure == Failure::freeze) wait_at_most(scene, std::chrono::milliseconds(200));
        demo::FaultRule& rule = server_of(scene).faults().on(verb).nth(n);
        fail(always ? rule.always() : rule, failure);
        const Report first = scene.servers.sync();
        scene.expect_nothing_lost_nothing_doubled();
        if (first.ending == Ending::complete && first.warnings.empty()) {
            scene.expect_all_there();
        } else {
            EXPECT_TRUE(is_named(first, failure)) << "it tells what happened: " << in_words(first);
        }
        server_of(scene).faults().clear();
        wait_at_most(scene, std::chrono::seconds(10));
        const Report second = scene.servers.sync();
        expect_complete(second);
        scene.expect_all_there();
        if (HasFailure()) {
            std::printf("the failing run: %s\nthe next: %s\n", in_words(first).c_str(), in_words(second).c_str());
            return;
        }
    }
}

}  // namespace
}  // namespace mailhaul::sync
