// SPDX-License-Identifier: Apache-2.0
// Limits that the operator sets are kept over all connections of a run. Only that it is not too fast is tested.
#include <gtest/gtest.h>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using namespace std::chrono_literals;

struct Paced : testing::TestWithParam<const char*> {
    static demo::ServerOptions destination() {
        demo::ServerOptions options = demo::ServerOptions::new_style();
        options.capabilities = demo::capabilities_of(GetParam());
        return options;
    }
    Paced() : servers(demo::ServerOptions::new_style(), destination()) {
        put_many(servers.from(), "INBOX", 20);
        const std::string other = make_mailbox(servers.from(), {"Other"});
        for (int i = 21; i <= 40; ++i) put(servers.from(), other, dated(mail(i)));
    }
    std::chrono::milliseconds time_of_a_run() {
        const auto began = std::chrono::steady_clock::now();
        expect_complete(servers.sync());
        EXPECT_TRUE(servers.equal());
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    }
    TwoServers servers;
};

INSTANTIATE_TEST_SUITE_P(Destinations, Paced, testing::Values("IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS", "IMAP4rev1 LITERAL+"),
                         [](const testing::TestParamInfo<const char*>& info) { return "n" + std::to_string(info.index); });

TEST_P(Paced, stores_no_more_messages_a_second_than_allowed) {
    servers.request.most_messages_a_second = 80;
    EXPECT_GE(time_of_a_run(), 500ms);
}

TEST_P(Paced, reads_no_more_octets_a_second_than_allowed) {
    servers.request.most_octets_a_second = Octets{8'000};  // the messages alone are some 3 kB
    EXPECT_GE(time_of_a_run(), 300ms);
}

}  // namespace
}  // namespace mailhaul::sync
