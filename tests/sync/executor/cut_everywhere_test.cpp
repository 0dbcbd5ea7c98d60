// SPDX-License-Identifier: Apache-2.0
// A connection cut after any octet, in either direction, on either side: nothing is lost, nothing is doubled, and the
// next run ends it. A sample by default; after every single octet where MAILHAUL_TEST_EVERY is set (docs/testing.md).
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "sync/executor/dialogues.hpp"

namespace mailhaul::sync {
namespace {

enum class Where : std::uint8_t { source_sent, source_received, destination_sent, destination_received };

constexpr const char* name_of(Where where) {
    switch (where) {
        case Where::source_sent: return "source_sent";
        case Where::source_received: return "source_received";
        case Where::destination_sent: return "destination_sent";
        case Where::destination_received: return "destination_received";
    }
    return "";
}

void cut(TwoServers& servers, Where where, Octets after) {
    switch (where) {
        case Where::source_sent: servers.source.faults().cut_after_sent(after); break;
        case Where::source_received: servers.source.faults().cut_after_received(after); break;
        case Where::destination_sent: servers.destination.faults().cut_after_sent(after); break;
        case Where::destination_received: servers.destination.faults().cut_after_received(after); break;
    }
}

Octets octets_at(const TwoServers& servers, Where where) {
    switch (where) {
        case Where::source_sent: return servers.source.counters().sent;
        case Where::source_received: return servers.source.counters().received;
        case Where::destination_sent: return servers.destination.counters().sent;
        case Where::destination_received: return servers.destination.counters().received;
    }
    return {};
}

using Case = std::tuple<Kind, Dialogue, Where>;

struct CutAfterOctet : testing::TestWithParam<Case> {};

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
    return std::string(std::get<Kind>(info.param).name) + "_" + name_of(std::get<Dialogue>(info.param)) + "_" +
           name_of(std::get<Where>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Everywhere, CutAfterOctet,
                         testing::Combine(testing::Values(rich, batches_without_uids, singly, poor),
                                          testing::Values(Dialogue::copy, Dialogue::adopt, Dialogue::follow, Dialogue::move),
                                          testing::Values(Where::source_sent, Where::source_received, Where::destination_sent,
                                                          Where::destination_received)),
                         name_of_case);

TEST_P(CutAfterOctet, loses_nothing_doubles_nothing_and_the_next_run_ends_it) {
    const auto& [kind, dialogue, where] = GetParam();
    std::uint64_t all = 0;
    {
        Scene whole(kind, dialogue);
        expect_complete(whole.servers.sync());
        whole.expect_all_there();
        all = octets_at(whole.servers, where).value();
        ASSERT_FALSE(HasFailure()) << "without any cut";
    }
    constexpr std::uint64_t few = 6;
    const std::uint64_t salt = std::hash<std::string>{}(testing::UnitTest::GetInstance()->current_test_info()->name());
    std::uint64_t cuts = 0;
    for (const std::uint64_t after : places_to_break(all, few, salt)) {
        SCOPED_TRACE("cut after octet " + std::to_string(after) + " of " + std::to_string(all));
        Scene scene(kind, dialogue);
        cut(scene.servers, where, Octets(after));
        const Report first = scene.servers.sync();
        scene.expect_nothing_lost_nothing_doubled();
        if (first.ending == Ending::complete) {
            scene.expect_all_there();
        } else {
            EXPECT_TRUE(first.error) << "it tells what happened";
        }
        scene.servers.source.faults().clear();
        scene.servers.destination.faults().clear();
        const Report second = scene.servers.sync();
        expect_complete(second);
        scene.expect_all_there();
        ++cuts;
        if (HasFailure()) {
            std::printf("the cut run: %s\nthe next: %s\n", in_words(first).c_str(), in_words(second).c_str());
            break;
        }
    }
    std::printf("%llu of %llu octets cut after\n", static_cast<unsigned long long>(cuts), static_cast<unsigned long long>(all));
}

}  // namespace
}  // namespace mailhaul::sync
