// SPDX-License-Identifier: Apache-2.0
// Gmail's labels between two servers that speak its dialect, from recorded facts; not against Gmail.
#include "demo/labels.hpp"
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::HasSubstr;

constexpr const char* all_mail = "[Gmail]/All Mail";

class EmbeddedGmail : public testing::Test {
protected:
    EmbeddedGmail() : servers(demo::ServerOptions::gmail(), demo::ServerOptions::gmail()) {
        servers.request.rules.labels = {true, true};
        servers.request.mapping.skip_virtual = false;
        servers.request.in_order = true;
        servers.request.connections = 1;
    }
    /// One message with these labels on the source, as Gmail keeps it: once, and shown by each.
    void put_labelled(const std::string& text, const std::vector<std::string>& labels) {
        put(servers.from(), all_mail, dated(text));
        const demo::StoredMessage message = servers.from().find(all_mail)->messages().back();
        ASSERT_TRUE(demo::give_labels(servers.from(), message, labels).ok());
    }
    std::set<std::string> labels_there(std::size_t n) {
        const auto& message = TwoServers::message(servers.to(), all_mail, n);
        const auto labels = demo::labels_of(servers.to(), all_mail, message.octets);
        return {labels.begin(), labels.end()};
    }
    TwoServers servers;
};

TEST_F(EmbeddedGmail, labels_arrive_and_each_message_is_sent_once) {
    put_labelled(mail(1), {"\\Inbox", "Work"});
    put_labelled(mail(2), {"Work", "Work/Deep", "\\Important"});
    put_labelled(mail(3), {});
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_TRUE(servers.equal()) << in_words(report);
    EXPECT_EQ(labels_there(0), (std::set<std::string>{"\\Inbox", "Work"}));
    EXPECT_EQ(labels_there(1), (std::set<std::string>{"Work", "Work/Deep", "\\Important"}));
    EXPECT_EQ(servers.destination.counters().count("APPEND"), 3U) << "each message, not each label";
    EXPECT_EQ(report.totals().copied, 3U);
    EXPECT_EQ(report.totals().labelled, 2U);
}

TEST_F(EmbeddedGmail, a_second_run_copies_nothing_and_brings_labels_that_are_new) {
    put_labelled(mail(1), {"Work"});
    servers.sync();
    const demo::StoredMessage message = TwoServers::message(servers.from(), all_mail, 0);
    ASSERT_TRUE(demo::give_labels(servers.from(), message, {"\\Inbox"}).ok());
    const Report second = servers.sync();
    expect_complete(second);
    EXPECT_EQ(second.totals().copied, 0U) << in_words(second);
    EXPECT_EQ(labels_there(0), (std::set<std::string>{"\\Inbox", "Work"}));
    EXPECT_EQ(servers.sync().totals().labelled, 0U);
}

TEST_F(EmbeddedGmail, a_label_that_the_user_gave_on_the_destination_stays) {
    put_labelled(mail(1), {"Work"});
    servers.sync();
    const demo::StoredMessage message = TwoServers::message(servers.to(), all_mail, 0);
    ASSERT_TRUE(demo::give_labels(servers.to(), message, {"Mine"}).ok());
    expect_complete(servers.sync());
    EXPECT_EQ(labels_there(0), (std::set<std::string>{"Mine", "Work"}));
}

TEST_F(EmbeddedGmail, labels_follow_a_folder_that_goes_elsewhere) {
    put_labelled(mail(1), {"Work"});
    servers.request.mapping.overrides = {{"Work", "Job"}};
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(labels_there(0), (std::set<std::string>{"Job"})) << in_words(report);
    EXPECT_EQ(servers.to().find("Job")->messages().size(), 1U);
}

TEST_F(EmbeddedGmail, only_what_is_copied_gets_labels_where_no_more_is_asked_for) {
    put_labelled(mail(1), {"Work"});
    put(servers.to(), all_mail, dated(mail(1)));
    put_labelled(mail(2), {"Work"});
    servers.request.rules.labels = {true, false};
    servers.request.mapping.folders = {all_mail};
    expect_complete(servers.sync());
    EXPECT_EQ(labels_there(0), std::set<std::string>());
}

TEST(Labels, to_a_server_without_any_are_left_out_and_named_and_the_mail_arrives_by_folder) {
    TwoServers servers(demo::ServerOptions::gmail());
    servers.request.rules.labels = {true, true};
    put(servers.from(), all_mail, dated(mail(1)));
    const demo::StoredMessage message = servers.from().find(all_mail)->messages().back();
    ASSERT_TRUE(demo::give_labels(servers.from(), message, {"Work"}).ok());
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_THAT(in_words(report), HasSubstr("labels are not copied: the destination is no Gmail"));
    EXPECT_EQ(servers.to().find("Work")->messages().size(), 1U);
}

}  // namespace
}  // namespace mailhaul::sync
